/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Concurrent drains, and charges and control calls during a drain. */

#include <sched.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"
#include "prng.h"

#define SECOND 1000000u
#define MINUTE (60 * SECOND)
#define ROUNDS 30

/* False after the deadline of a wait for an event that must occur. */
static bool
not_too_late(uint64_t *end)
{
	if (*end == 0)
		*end = rte_get_timer_cycles() + 20 * rte_get_timer_hz();
	sched_yield();
	return rte_get_timer_cycles() < *end;
}

/* A drain that an actor makes. */
struct order {
	struct ration_domain *d;
	ration_counter_t c;
	uint32_t timeout_us;
	uint32_t times;
	int rc;
	/** The lcore area of the actor's second member. */
	struct ration_lcore *also;
};

static void
drain(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;
	uint32_t i;

	for (i = 0; i < order->times; i++) {
		/* Take stock, so that each drain returns some. */
		if (lc != NULL && ration_try_charge(lc, order->c, 1) == 0)
			ration_uncharge(lc, order->c, 1);
		order->rc = ration_drain(order->d, order->c, order->timeout_us, NULL);
		if (order->rc != 0)
			return;
	}
}

static void
destroy(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;

	(void)lc;
	order->rc = ration_counter_destroy(order->d, order->c, 0);
}

static void
charge_one(struct ration_lcore *lc, void *arg)
{
	*(ration_counter_t *)arg =
		ration_try_charge(lc, *(ration_counter_t *)arg, 1) == 0 ? 0 : RATION_COUNTER_NONE;
}

static void
poll_once(struct ration_lcore *lc, void *arg)
{
	(void)arg;
	ration_quiescent(lc);
}

/* Register with a second domain as well. */
static void
register_too(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;

	(void)lc;
	order->also = ration_lcore_register(order->d);
}

static void
unregister_too(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;

	(void)lc;
	order->rc = ration_lcore_unregister(order->also);
}

/* Number of actors that have completed their drains of the other domain. */
static RATION_ATOMIC(uint32_t) nb_drained;

static void
drain_elsewhere(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;

	/* Do not charge in the other domain: its stock is not the subject of the test. */
	drain(NULL, order);
	ration_fetch_add(&nb_drained, 1, acq_rel);
	while (ration_load(&nb_drained, acquire) < 2) {
		ration_quiescent(lc);
		ration_quiescent(order->also);
		sched_yield();
	}
}

/*
 * A member that does not poll until the test lets it, so the test decides how long a drain lasts.
 */
static struct actor *
start_silent(struct fixture *f)
{
	struct actor *a = &f->actors[FIXTURE_ACTORS - 1];

	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	actor_poll(a, false);
	assert_true(actor_do(a, poll_once, NULL));
	return a;
}

/* Poll until another drain request has arrived: from then on its round is open. */
static void
await_request(struct ration_lcore *lc, uint64_t drains_before)
{
	uint64_t end = 0;

	while (stats_of(lc).drains == drains_before && not_too_late(&end))
		ration_quiescent(lc);
	assert_int_equal(stats_of(lc).drains, drains_before + 1);
}

static void
lcores_that_drain_each_other_do_not_deadlock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct order orders[FIXTURE_ACTORS];
	unsigned int i;

	for (i = 0; i < FIXTURE_ACTORS; i++) {
		orders[i] = (struct order){f->d, i % 2 ? c : f->root, MINUTE, ROUNDS, -1, NULL};
		assert_int_equal(
			actor_start(&f->actors[i], f->d, i == 0 ? ACTOR_WORKER : ACTOR_THREAD, 1),
			0);
		assert_true(actor_register(&f->actors[i]));
	}
	for (i = 0; i < FIXTURE_ACTORS; i++)
		actor_post(&f->actors[i], drain, &orders[i]);
	for (i = 0; i < FIXTURE_ACTORS; i++) {
		assert_true(actor_wait(&f->actors[i]));
		assert_int_equal(orders[i].rc, 0);
	}
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, f->root), 0);
}

/* As above, but each drainer waits in one domain for a thread that waits in the other. */
static void
lcores_that_drain_different_domains_do_not_deadlock(void **state)
{
	struct fixture *f = *state, *other;
	struct order orders[2];
	unsigned int i;
	void *more;

	assert_int_equal(fixture_setup(&more), 0);
	other = more;
	nb_drained = 0;
	for (i = 0; i < 2; i++) {
		struct actor *a = &f->actors[i];

		orders[i] = (struct order){other->d, other->root, MINUTE, ROUNDS, -1, NULL};
		assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
		assert_true(actor_register(a));
		assert_true(actor_do(a, register_too, &orders[i]));
		assert_non_null(orders[i].also);
	}
	/* One actor drains this domain, one the other. */
	orders[1].d = f->d;
	orders[1].c = f->root;
	for (i = 0; i < 2; i++)
		actor_post(&f->actors[i], drain_elsewhere, &orders[i]);
	for (i = 0; i < 2; i++) {
		assert_true(actor_wait(&f->actors[i]));
		assert_int_equal(orders[i].rc, 0);
		assert_true(actor_do(&f->actors[i], unregister_too, &orders[i]));
		assert_int_equal(orders[i].rc, 0);
	}
	assert_int_equal(fixture_teardown(&more), 0);
}

static void
unregistered_threads_drain_at_the_same_time(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct order orders[3];
	struct actor *member = &f->actors[3];
	unsigned int i;

	assert_int_equal(actor_start(member, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(member));
	for (i = 0; i < RTE_DIM(orders); i++) {
		orders[i] = (struct order){f->d, c, MINUTE, ROUNDS, -1, NULL};
		assert_int_equal(actor_start(&f->actors[i], f->d, ACTOR_THREAD, 0), 0);
		actor_post(&f->actors[i], drain, &orders[i]);
	}
	for (i = 0; i < RTE_DIM(orders); i++) {
		assert_true(actor_wait(&f->actors[i]));
		assert_int_equal(orders[i].rc, 0);
	}
}

/* Until the silent lcore polls, other drains neither end nor wait for each other. */
static void
a_drain_does_not_make_others_wait_for_its_own(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 100000, 64);
	struct actor *silent = start_silent(f), *drainer = &f->actors[0];
	struct order order = {f->d, f->root, MINUTE, 1, -1, NULL};
	uint64_t drains;

	drains = stats_of(f->lc[0]).drains;
	assert_int_equal(actor_start(drainer, f->d, ACTOR_THREAD, 0), 0);
	actor_post(drainer, drain, &order);
	/* The drainer's request reaches the test's thread, too. */
	await_request(f->lc[0], drains);
	assert_int_equal(ration_try_charge(f->lc[0], a, 1), 0);
	assert_int_equal(ration_drain(f->d, a, 0, NULL), -ETIMEDOUT);
	assert_int_equal(usage_of(f->d, a), 1);
	assert_false(actor_idle(drainer));
	actor_poll(silent, true);
	assert_true(actor_wait(drainer));
	assert_int_equal(order.rc, 0);
}

/* Below a counter that is being drained no units are hidden; elsewhere stock works as usual. */
static void
while_a_drain_runs_charges_below_it_are_exact(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", RATION_UNLIMITED, 0);
	ration_counter_t c = make_counter(f->d, p, "c", RATION_UNLIMITED, 64);
	ration_counter_t e = make_counter(f->d, f->root, "e", RATION_UNLIMITED, 64);
	ration_counter_t other = make_counter(f->d, f->root, "other", RATION_UNLIMITED, 64);
	struct actor *silent = start_silent(f), *drainer = &f->actors[0];
	struct order order = {f->d, p, MINUTE, 1, -1, NULL};
	uint64_t drains, refills;
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], e, 1), 0);
	assert_true(stock_of(f->d, e) > 40);
	drains = stats_of(f->lc[0]).drains;
	assert_int_equal(actor_start(drainer, f->d, ACTOR_THREAD, 0), 0);
	actor_post(drainer, drain, &order);
	await_request(f->lc[0], drains);

	for (i = 1; i <= 100; i++) {
		refills = stats_of(f->lc[0]).refills;
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
		assert_int_equal(stats_of(f->lc[0]).refills, refills + 1);
		assert_int_equal(usage_of(f->d, p), i);
		ration_quiescent(f->lc[0]);
	}
	for (i = 1; i <= 100; i++) {
		assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
		assert_int_equal(usage_of(f->d, p), 100 - i);
	}
	refills = stats_of(f->lc[0]).refills;
	for (i = 0; i < 40; i++)
		assert_int_equal(ration_try_charge(f->lc[0], e, 1), 0);
	assert_int_equal(stats_of(f->lc[0]).refills, refills);
	assert_int_equal(ration_try_charge(f->lc[0], other, 1), 0);
	assert_int_equal(stock_of(f->d, other), 64);
	assert_false(actor_idle(drainer));

	actor_poll(silent, true);
	assert_true(actor_wait(drainer));
	assert_int_equal(order.rc, 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_true(stock_of(f->d, c) > 0);
}

/* An lcore that comes online during a drain gets no request, so it must check the gate. */
static void
an_lcore_that_comes_online_during_a_drain_hides_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 64);
	struct actor *silent = start_silent(f), *drainer = &f->actors[0];
	struct order order = {f->d, c, MINUTE, 1, -1, NULL};
	uint64_t drains;

	assert_int_equal(ration_lcore_offline(f->lc[1]), 0);
	drains = stats_of(f->lc[0]).drains;
	assert_int_equal(actor_start(drainer, f->d, ACTOR_THREAD, 0), 0);
	actor_post(drainer, drain, &order);
	await_request(f->lc[0], drains);
	assert_int_equal(ration_lcore_online(f->lc[1]), 0);
	f->lc[2] = ration_lcore_register_extra(f->d);
	assert_non_null(f->lc[2]);
	assert_int_equal(ration_try_charge(f->lc[1], c, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[2], c, 4), 0);
	assert_int_equal(usage_of(f->d, c), 7);
	assert_int_equal(ration_uncharge(f->lc[1], c, 4), 0);
	assert_int_equal(ration_uncharge(f->lc[2], c, 3), 0);
	assert_int_equal(usage_of(f->d, c), 0);
	actor_poll(silent, true);
	assert_true(actor_wait(drainer));
	assert_int_equal(order.rc, 0);
}

/* Stock of many counters below one, which takes long to return, and of another counter. */
struct larder {
	ration_counter_t many[900];
	ration_counter_t one;
	uint32_t failed;
};

static void
fill(struct ration_lcore *lc, void *arg)
{
	struct larder *larder = arg;
	unsigned int i;

	for (i = 0; i < RTE_DIM(larder->many); i++)
		if (ration_try_charge(lc, larder->many[i], 1) != 0 ||
		    ration_uncharge(lc, larder->many[i], 1) != 0)
			larder->failed++;
	if (ration_try_charge(lc, larder->one, 1) != 0 || ration_uncharge(lc, larder->one, 1) != 0)
		larder->failed++;
}

/*
 * A drain that starts while an lcore serves an older one must not accept that lcore's older answer.
 */
static void
an_answer_covers_only_earlier_requests(void **state)
{
	struct fixture *f = *state;
	struct actor *member = &f->actors[0], *drainer = &f->actors[1];
	ration_counter_t p = make_counter(f->d, f->root, "p", RATION_UNLIMITED, 0);
	struct order order = {f->d, p, MINUTE, 1, -1, NULL};
	static struct larder larder;
	struct prng prng = {3};
	char name[RATION_COUNTER_NAMESIZE];
	unsigned int i;

	larder.one = make_counter(f->d, f->root, "one", RATION_UNLIMITED, 64);
	for (i = 0; i < RTE_DIM(larder.many); i++) {
		snprintf(name, sizeof(name), "%u", i);
		larder.many[i] = make_counter(f->d, p, name, RATION_UNLIMITED, 64);
	}
	assert_int_equal(actor_start(member, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(member));
	assert_int_equal(actor_start(drainer, f->d, ACTOR_THREAD, 0), 0);
	for (i = 0; i < 300; i++) {
		assert_true(actor_do(member, fill, &larder));
		assert_int_equal(larder.failed, 0);
		assert_true(usage_of(f->d, larder.one) > 0);
		actor_post(drainer, drain, &order);
		rte_delay_us_block(prng_below(&prng, 50));
		assert_int_equal(ration_drain(f->d, larder.one, MINUTE, NULL), 0);
		assert_int_equal(usage_of(f->d, larder.one), 0);
		assert_true(actor_wait(drainer));
		assert_int_equal(order.rc, 0);
		assert_int_equal(usage_of(f->d, f->root), 0);
	}
}

static void
more_than_32_drains_get_eagain(void **state)
{
	static struct actor drainers[32];
	static struct order orders[RTE_DIM(drainers)];
	struct fixture *f = *state;
	struct actor *silent = start_silent(f);
	uint64_t end = 0;
	unsigned int i;
	int rc;

	for (i = 0; i < RTE_DIM(drainers); i++) {
		orders[i] = (struct order){f->d, f->root, MINUTE, 1, -1, NULL};
		assert_int_equal(actor_start(&drainers[i], f->d, ACTOR_THREAD, 0), 0);
		actor_post(&drainers[i], drain, &orders[i]);
	}
	/* Once all of them drain, there is no free bit for another drainer. */
	do
		rc = ration_drain(f->d, f->root, 0, NULL);
	while (rc == -ETIMEDOUT && not_too_late(&end));
	assert_int_equal(rc, -EAGAIN);
	actor_poll(silent, true);
	for (i = 0; i < RTE_DIM(drainers); i++) {
		assert_true(actor_wait(&drainers[i]));
		actor_return(&drainers[i]);
		assert_int_equal(orders[i].rc, 0);
	}
	drain_all(f->d);
}

/* A counter that is being destroyed refuses charges, but accepts uncharges until the end. */
static void
a_dying_counter_refuses_charges_and_takes_uncharges(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct actor *silent = start_silent(f), *destroyer = &f->actors[0];
	struct order order = {.d = f->d, .c = c, .rc = -1};
	uint64_t end = 0;
	int rc;

	assert_int_equal(ration_try_charge(f->lc[0], c, 500), 0);
	assert_int_equal(actor_start(destroyer, f->d, ACTOR_THREAD, 0), 0);
	/*
	 * The destroy is refused because of granted units, after it has waited for the silent lcore
	 * or before.
	 */
	assert_int_equal(ration_uncharge(f->lc[0], c, 499), 0);
	actor_post(destroyer, destroy, &order);
	do {
		ration_quiescent(f->lc[0]);
		rc = ration_try_charge(f->lc[0], c, 1);
		if (rc == 0)
			rc = ration_uncharge(f->lc[0], c, 1);
	} while (rc == 0 && !actor_idle(destroyer) && not_too_late(&end));
	if (rc != 0) {
		assert_int_equal(rc, -ENOENT);
		assert_int_equal(ration_charge_force(f->lc[0], c, 1), -ENOENT);
		assert_int_equal(ration_try_charge(ration_lcore_shared(f->d), c, 1), -ENOENT);
		assert_int_equal(info_of(f->d, c).failures, 0);
		assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
		assert_int_equal(usage_of(f->d, c), 0);
	}
	actor_poll(silent, true);
	end = 0;
	while (!actor_idle(destroyer) && not_too_late(&end))
		ration_quiescent(f->lc[0]);
	assert_true(actor_wait(destroyer));
	assert_int_equal(order.rc, rc == 0 ? -EBUSY : 0);
	if (rc != 0)
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), -ESTALE);
}

/* Two control calls wait for each other's lcores, which are both members. */
static void
control_calls_of_members_do_not_deadlock(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	struct order order;
	unsigned int i;

	f->lc[2] = ration_lcore_register(f->d);
	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	for (i = 0; i < ROUNDS; i++) {
		ration_counter_t mine = make_counter(f->d, f->root, "mine", 100000, 64);
		ration_counter_t theirs = make_counter(f->d, f->root, "theirs", 100000, 64);
		ration_counter_t stocked = theirs;

		assert_int_equal(ration_try_charge(f->lc[2], theirs, 1), 0);
		assert_int_equal(ration_uncharge(f->lc[2], theirs, 1), 0);
		assert_true(actor_do(a, charge_one, &stocked));
		order = (struct order){.d = f->d, .c = mine, .rc = -1};
		actor_post(a, destroy, &order);
		/*
		 * The actor holds one unit, so this call fails after its drain, or waits for the
		 * lock.
		 */
		assert_int_equal(ration_counter_destroy(f->d, theirs, 0), -EBUSY);
		while (!actor_idle(a))
			ration_quiescent(f->lc[2]);
		assert_int_equal(order.rc, 0);
		assert_int_equal(ration_uncharge(f->lc[2], theirs, 1), 0);
		assert_int_equal(ration_counter_destroy(f->d, theirs, 0), 0);
	}
}

/* An answer from before the round number wrapped does not count. */
static void
the_round_number_may_wrap(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint32_t i;

	/* The state after about 2^32 drains. */
	ration_store(&f->d->round, (uint64_t)(UINT32_MAX - 1) << 32, seq_cst);
	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	actor_poll(a, false);
	for (i = 0; i < 4; i++)
		assert_int_equal(ration_drain(f->d, c, 0, NULL), -ETIMEDOUT);
	assert_true(actor_do(a, poll_once, NULL));
	actor_poll(a, true);
	assert_int_equal(ration_drain(f->d, c, MINUTE, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest rounds[] = {
		in_domain(lcores_that_drain_each_other_do_not_deadlock),
		in_domain(lcores_that_drain_different_domains_do_not_deadlock),
		in_domain(unregistered_threads_drain_at_the_same_time),
		with_one_member(a_drain_does_not_make_others_wait_for_its_own),
		with_one_member(while_a_drain_runs_charges_below_it_are_exact),
		with_two_members(an_lcore_that_comes_online_during_a_drain_hides_nothing),
		in_domain(an_answer_covers_only_earlier_requests),
		in_domain(more_than_32_drains_get_eagain),
		with_one_member(a_dying_counter_refuses_charges_and_takes_uncharges),
		in_domain(control_calls_of_members_do_not_deadlock),
		in_domain(the_round_number_may_wrap),
	};

	if (test_eal_start("rounds", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(rounds, NULL, NULL));
}
