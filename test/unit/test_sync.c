/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Charges with an exact refusal, and the return requests of plain refusals. */

#include <sched.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

#define SECOND 1000000u
#define MINUTE (60 * SECOND)

/* A charge that an actor makes. */
struct order {
	ration_counter_t c;
	uint64_t n;
	int rc;
	uint32_t nb_rounds;
};

static void
charge(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;

	order->rc = ration_try_charge(lc, order->c, order->n);
}

static void
charge_sync(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};

	order->rc = ration_try_charge_sync(lc, order->c, order->n, MINUTE, &report);
	order->nb_rounds = report.nb_rounds;
}

static void
quiet(struct ration_lcore *lc, void *arg)
{
	(void)arg;
	ration_quiescent(lc);
}

static void
go_offline(struct ration_lcore *lc, void *arg)
{
	(void)arg;
	ration_lcore_offline(lc);
}

/* Start an actor that charges 1, which hides a batch. */
static void
start_hider(struct fixture *f, struct actor *a, ration_counter_t c)
{
	struct order one = {.c = c, .n = 1, .rc = -1};

	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	assert_true(actor_do(a, charge, &one));
	assert_int_equal(one.rc, 0);
	assert_int_not_equal(stock_of(f->d, c), 0);
}

static void
free_units_are_granted_without_a_round(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 64);
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};

	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 60, 0, &report), 0);
	assert_int_equal(report.nb_rounds, 0);
	assert_int_equal(report.nb_rows, 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 60), 0);
}

/* This is also the first charge of the kernel's LTP test memcontrol03 (concern V). */
static void
hidden_units_come_after_exactly_one_round(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};

	start_hider(f, &f->actors[0], c);
	assert_int_equal(ration_try_charge(f->lc[0], c, 999), -EDQUOT);
	assert_int_equal(failures_of(f->d, c), 1);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 999, MINUTE, &report), 0);
	assert_int_equal(report.nb_rounds, 1);
	assert_int_equal(report.nb_timedout, 0);
	assert_int_equal(usage_of(f->d, c), 1000);
	assert_int_equal(failures_of(f->d, c), 1);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1000), 0);
}

static void
a_sync_refusal_is_counted_once_and_nothing_is_hidden_then(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", RATION_UNLIMITED, 64);
	ration_counter_t sibling = make_counter(f->d, p, "sibling", RATION_UNLIMITED, 64);

	start_hider(f, &f->actors[0], sibling);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 1000, MINUTE, NULL), -EDQUOT);
	assert_int_equal(failures_of(f->d, p), 1);
	assert_int_equal(stats_of(f->lc[0]).refusals, 1);
	assert_int_equal(stock_of(f->d, p), 0);
	assert_int_equal(usage_of(f->d, p), 1);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 999, MINUTE, NULL), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 999), 0);
	assert_int_equal(ration_uncharge(f->lc[0], sibling, 1), 0);
}

static void
only_the_subtree_that_lacks_room_is_drained(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 64);
	ration_counter_t other = make_counter(f->d, f->root, "other", RATION_UNLIMITED, 64);
	uint64_t stock;

	assert_int_equal(ration_try_charge(f->lc[0], other, 1), 0);
	stock = stock_of(f->d, other);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 11, MINUTE, NULL), -EDQUOT);
	assert_int_equal(stock_of(f->d, other), stock);
	assert_int_equal(ration_uncharge(f->lc[0], other, 1), 0);
}

/* The first round drains the counter, the second one its parent, which lacks room then. */
static void
a_refusal_higher_up_drains_higher_up(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 2000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 64);
	ration_counter_t sibling = make_counter(f->d, p, "sibling", RATION_UNLIMITED, 64);
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};

	start_hider(f, &f->actors[0], c);
	start_hider(f, &f->actors[1], sibling);
	/*
	 * c: 1 granted, the rest of usage in stock; p: 998 more units are free only after both
	 * drains.
	 */
	assert_int_equal(ration_try_charge(f->lc[0], sibling, 1000), 0);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 998, MINUTE, &report), 0);
	assert_in_range(report.nb_rounds, 1, 2);
	assert_int_equal(ration_uncharge(f->lc[0], c, 999), 0);
	assert_int_equal(ration_uncharge(f->lc[0], sibling, 1001), 0);
}

static void
an_lcore_that_does_not_answer_is_named(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint32_t i, named = 0;

	start_hider(f, &f->actors[0], c);
	actor_poll(&f->actors[0], false);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 999, 1000, &report), -ETIMEDOUT);
	assert_int_equal(report.nb_timedout, 1);
	for (i = 0; i < report.nb_rows; i++) {
		if (report.rows[i].status != RATION_DRAIN_TIMEDOUT)
			continue;
		assert_int_equal(report.rows[i].member_id, f->actors[0].lc->member_id);
		assert_int_equal(report.rows[i].reason, RATION_DRAIN_REASON_SILENT);
		named++;
	}
	assert_int_equal(named, 1);
	/* The refusal is temporary: later the same charge is granted. */
	actor_poll(&f->actors[0], true);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 999, MINUTE, NULL), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1000), 0);
}

static void
an_offline_lcore_does_not_keep_a_sync_charge_waiting(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);

	start_hider(f, &f->actors[0], c);
	actor_poll(&f->actors[0], false);
	assert_true(actor_do(&f->actors[0], go_offline, NULL));
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 1000, MINUTE, NULL), -EDQUOT);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 999, MINUTE, NULL), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1000), 0);
}

/* A walk that does not end: the test acts as an lcore that was preempted inside a walk. */
static void
a_walk_that_does_not_end_is_named(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint32_t i, token = ration_walk_begin(f->lc[1]);

	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 11, 20000, &report), -ETIMEDOUT);
	for (i = 0; i < report.nb_rows; i++) {
		if (report.rows[i].member_id == f->lc[1]->member_id)
			assert_int_equal(report.rows[i].reason, RATION_DRAIN_REASON_WALK);
	}
	ration_walk_end(f->lc[1], token);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 11, MINUTE, &report), -EDQUOT);
}

static void
bad_handles_are_refused_at_once(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);

	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 1, 0, NULL), -ESTALE);
	assert_int_equal(ration_try_charge_sync(f->lc[0], RATION_COUNTER_NONE, 1, 0, NULL),
			 -ESTALE);
}

static void
unregistered_threads_get_exact_answers_too(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);
	struct ration_lcore *shared = ration_lcore_shared(f->d);

	start_hider(f, &f->actors[0], c);
	assert_int_equal(ration_try_charge(shared, c, 999), -EDQUOT);
	assert_int_equal(ration_try_charge_sync(shared, c, 1000, MINUTE, NULL), -EDQUOT);
	assert_int_equal(ration_try_charge_sync(shared, c, 999, MINUTE, NULL), 0);
	assert_int_equal(ration_uncharge(shared, c, 1000), 0);
}

/* Wait until all actors have completed their tasks. */
static void
wait_for_actors(struct fixture *f)
{
	uint32_t i;

	for (i = 0; i < FIXTURE_ACTORS; i++)
		assert_true(actor_wait(&f->actors[i]));
}

static void
at_the_last_unit_exactly_one_wins(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1, 64);
	struct order orders[FIXTURE_ACTORS];
	uint32_t round, i, granted;

	for (i = 0; i < FIXTURE_ACTORS; i++) {
		assert_int_equal(actor_start(&f->actors[i], f->d, ACTOR_THREAD, 0), 0);
		assert_true(actor_register(&f->actors[i]));
	}
	for (round = 0; round < 200; round++) {
		for (i = 0; i < FIXTURE_ACTORS; i++) {
			orders[i] = (struct order){.c = c, .n = 1};
			actor_post(&f->actors[i], charge_sync, &orders[i]);
		}
		wait_for_actors(f);
		granted = 0;
		for (i = 0; i < FIXTURE_ACTORS; i++) {
			granted += orders[i].rc == 0;
			if (orders[i].rc != 0)
				assert_int_equal(orders[i].rc, -EDQUOT);
		}
		assert_int_equal(granted, 1);
		assert_int_equal(ration_uncharge(ration_lcore_shared(f->d), c, 1), 0);
	}
}

/* Charges that always fail, after they have held units at the parent. */
static void
hold_in_vain(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;
	uint32_t i;

	for (i = 0; i < 20000; i++) {
		order->rc = ration_try_charge(lc, order->c, order->n);
		ration_quiescent(lc);
	}
}

/*
 * The charge of big exceeds its own max and walks through p, where the charge of small just fits.
 */
static void
failing_charges_of_others_do_not_refuse_a_charge_that_fits(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100, 0);
	ration_counter_t big = make_counter(f->d, p, "big", 90, 0);
	ration_counter_t small = make_counter(f->d, p, "small", RATION_UNLIMITED, 0);
	struct order order = {.c = big, .n = 80};
	int rc;

	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(&f->actors[0]));
	assert_int_equal(ration_try_charge(f->lc[0], big, 20), 0);
	actor_post(&f->actors[0], hold_in_vain, &order);
	while (!actor_idle(&f->actors[0])) {
		rc = ration_try_charge_sync(f->lc[0], small, 80, MINUTE, NULL);
		assert_int_equal(rc, 0);
		assert_int_equal(ration_uncharge(f->lc[0], small, 80), 0);
	}
	assert_true(actor_wait(&f->actors[0]));
	assert_int_equal(order.rc, -EDQUOT);
	assert_int_equal(ration_uncharge(f->lc[0], big, 20), 0);
}

/* A walk without registration that will fail further down: it holds all units of p meanwhile. */
static void
hold_until_refused(struct ration_lcore *lc, void *arg)
{
	const struct order *order = arg;
	struct ration_domain *d = ration_domain_of(lc);
	struct counter *p = ration_counter_at(d, (uint32_t)order->c);
	uint32_t phase = ration_load(&d->inflight_index, seq_cst), token;

	token = ration_walk_begin(ration_lcore_shared(d));
	ration_fetch_add(&p->usage, order->n, seq_cst);
	/*
	 * The other thread has tried while the gate was open, and waits for the walks of that time.
	 */
	while (ration_load(&d->inflight_index, seq_cst) == phase)
		ration_quiescent(lc);
	ration_fetch_sub(&p->usage, order->n, seq_cst);
	ration_fetch_add(&p->rollbacks, 1, seq_cst);
	ration_walk_end(ration_lcore_shared(d), token);
}

static void
units_held_in_vain_do_not_refuse_for_certain(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100, 0);
	ration_counter_t c = make_counter(f->d, p, "c", RATION_UNLIMITED, 0);
	struct order hold = {.c = p, .n = 100};
	struct counter *held = ration_counter_at(f->d, (uint32_t)p);

	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(&f->actors[0]));
	actor_post(&f->actors[0], hold_until_refused, &hold);
	while (ration_load(&held->usage, seq_cst) == 0)
		sched_yield();
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 1, MINUTE, NULL), 0);
	assert_true(actor_wait(&f->actors[0]));
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
}

static void
stock_returns(struct fixture *f, ration_counter_t hidden_in, ration_counter_t c, uint64_t n)
{
	actor_poll(&f->actors[0], false);
	start_hider(f, &f->actors[0], hidden_in);
	actor_poll(&f->actors[0], false);
	assert_int_equal(ration_try_charge(f->lc[0], c, n), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, n), -EDQUOT);
	assert_true(actor_do(&f->actors[0], quiet, NULL));
	assert_int_equal(ration_try_charge(f->lc[0], c, n), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, n), 0);
	assert_int_equal(ration_uncharge(f->lc[0], hidden_in, 1), 0);
}

static void
a_plain_refusal_requests_the_stock_of_others(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);

	stock_returns(f, c, c, 999);
}

static void
a_plain_refusal_requests_stock_below_the_level_that_lacks_room(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", RATION_UNLIMITED, 64);
	ration_counter_t sibling = make_counter(f->d, p, "sibling", RATION_UNLIMITED, 64);

	stock_returns(f, sibling, c, 999);
}

static void
many_refusals_leave_one_request(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);
	uint64_t drains;
	uint32_t i, nb = 0;

	start_hider(f, &f->actors[0], c);
	actor_poll(&f->actors[0], false);
	drains = stats_of(f->actors[0].lc).drains;
	for (i = 0; i < 100; i++)
		assert_int_equal(ration_try_charge(f->lc[0], c, 1000), -EDQUOT);
	for (i = 0; i < RATION_REQUESTS_MAX; i++)
		nb += f->actors[0].lc->requests[i] != 0;
	assert_int_equal(nb, 1);
	assert_true(actor_do(&f->actors[0], quiet, NULL));
	assert_true(actor_do(&f->actors[0], quiet, NULL));
	assert_int_equal(stats_of(f->actors[0].lc).drains, drains + 1);
	assert_int_equal(stock_of(f->d, c), 0);
	/* No units are hidden: no request is posted. */
	assert_int_equal(ration_try_charge(f->lc[0], c, 1000), -EDQUOT);
	assert_int_equal(f->actors[0].lc->pending, 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
}

static void
requests_beyond_the_mailbox_are_served_in_the_end(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c[3 * RATION_REQUESTS_MAX];
	struct order one = {.n = 1};
	char name[16];
	uint32_t i, left, turns;

	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(&f->actors[0]));
	actor_poll(&f->actors[0], false);
	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "c%u", i);
		c[i] = make_counter(f->d, f->root, name, 1000, 64);
		one.c = c[i];
		assert_true(actor_do(&f->actors[0], charge, &one));
	}
	for (turns = 0, left = RTE_DIM(c); left > 0; turns++) {
		assert_in_range(turns, 0, 3);
		for (i = 0, left = 0; i < RTE_DIM(c); i++) {
			if (ration_try_charge(f->lc[0], c[i], 999) != 0)
				left++;
			else
				assert_int_equal(ration_uncharge(f->lc[0], c[i], 999), 0);
		}
		ration_quiescent(f->lc[0]);
		assert_true(actor_do(&f->actors[0], quiet, NULL));
	}
	for (i = 0; i < RTE_DIM(c); i++)
		assert_int_equal(ration_uncharge(f->lc[0], c[i], 1), 0);
}

struct grab {
	ration_counter_t c;
	uint32_t granted;
};

static void
grab_all(struct ration_lcore *lc, void *arg)
{
	struct grab *grab = arg;

	for (grab->granted = 0; ration_try_charge(lc, grab->c, 1) == 0; grab->granted++)
		;
}

/* So close to the limit a refill takes no extra units: plain charges are exact. */
static void
all_at_the_limit_are_granted_exactly_max(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 7, 64);
	struct grab grabs[FIXTURE_ACTORS];
	uint32_t round, i, granted;

	for (i = 0; i < FIXTURE_ACTORS; i++) {
		assert_int_equal(actor_start(&f->actors[i], f->d, ACTOR_THREAD, 0), 0);
		assert_true(actor_register(&f->actors[i]));
	}
	for (round = 0; round < 10000; round++) {
		for (i = 0; i < FIXTURE_ACTORS; i++) {
			grabs[i].c = c;
			actor_post(&f->actors[i], grab_all, &grabs[i]);
		}
		wait_for_actors(f);
		for (i = 0, granted = 0; i < FIXTURE_ACTORS; i++)
			granted += grabs[i].granted;
		assert_int_equal(granted, 7);
		assert_int_equal(ration_uncharge(ration_lcore_shared(f->d), c, 7), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest sync[] = {
		with_one_member(free_units_are_granted_without_a_round),
		with_one_member(hidden_units_come_after_exactly_one_round),
		with_one_member(a_sync_refusal_is_counted_once_and_nothing_is_hidden_then),
		with_one_member(only_the_subtree_that_lacks_room_is_drained),
		with_one_member(a_refusal_higher_up_drains_higher_up),
		with_one_member(an_lcore_that_does_not_answer_is_named),
		with_one_member(an_offline_lcore_does_not_keep_a_sync_charge_waiting),
		with_two_members(a_walk_that_does_not_end_is_named),
		with_one_member(bad_handles_are_refused_at_once),
		with_one_member(unregistered_threads_get_exact_answers_too),
		in_domain(at_the_last_unit_exactly_one_wins),
		in_domain(all_at_the_limit_are_granted_exactly_max),
		with_one_member(failing_charges_of_others_do_not_refuse_a_charge_that_fits),
		with_one_member(units_held_in_vain_do_not_refuse_for_certain),
		with_one_member(a_plain_refusal_requests_the_stock_of_others),
		with_one_member(a_plain_refusal_requests_stock_below_the_level_that_lacks_room),
		with_one_member(many_refusals_leave_one_request),
		with_one_member(requests_beyond_the_mailbox_are_served_in_the_end),
	};

	if (test_eal_start("sync", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(sync, NULL, NULL));
}
