/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Drains of lcores that poll, that wait for work, and that do not answer. */

#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "eal.h"
#include "fixture.h"

#define SECOND 1000000u
#define MOMENT 20000u /* in microseconds: waits that are expected to time out */

static struct ration_drain_row rows[RATION_MEMBERS_MAX];
static struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};

/* A charge that an actor makes. */
struct order {
	ration_counter_t c;
	uint64_t n;
	int rc;
};

static void
charge(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;

	order->rc = ration_try_charge(lc, order->c, order->n);
}

static void
uncharge(struct ration_lcore *lc, void *arg)
{
	struct order *order = arg;

	order->rc = ration_uncharge(lc, order->c, order->n);
}

static void
poll_once(struct ration_lcore *lc, void *arg)
{
	(void)arg;
	ration_quiescent(lc);
}

static void
must_do(struct actor *a, actor_task task, ration_counter_t c, uint64_t n)
{
	struct order order = {.c = c, .n = n, .rc = -1};

	assert_true(actor_do(a, task, &order));
	assert_int_equal(order.rc, 0);
}

/* Start an actor that is a member, polls, and has n units of c granted. */
static void
start_charged(struct fixture *f, struct actor *a, enum actor_kind kind, ration_counter_t c,
	      uint64_t n)
{
	assert_int_equal(actor_start(a, f->d, kind, 1), 0);
	assert_true(actor_register(a));
	must_do(a, charge, c, n);
}

static int
drain(const struct fixture *f, ration_counter_t c, uint32_t timeout_us)
{
	memset(rows, 0xff, sizeof(rows));
	return ration_drain(f->d, c, timeout_us, &report);
}

static const struct ration_drain_row *
row_of(const struct actor *a)
{
	unsigned int i;

	assert_in_range(report.nb_rows, 1, RATION_MEMBERS_MAX);
	for (i = 0; i < report.nb_rows; i++)
		if (report.rows[i].member_id == a->lc->member_id)
			return &report.rows[i];
	fail_msg("no row for member %u", a->lc->member_id);
	return NULL;
}

static void
a_polling_lcore_gives_its_stock_back(void **state)
{
	static const enum actor_kind kinds[] = {ACTOR_THREAD, ACTOR_WORKER};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(kinds); i++) {
		struct actor *a = &f->actors[i];
		ration_counter_t c = make_counter(f->d, f->root, i ? "1" : "0", 100000, 64);
		const struct ration_drain_row *row;
		uint64_t stock;

		start_charged(f, a, kinds[i], c, 5);
		stock = stock_of(f->d, c);
		assert_true(stock > 0);
		assert_int_equal(drain(f, c, 10 * SECOND), 0);
		row = row_of(a);
		assert_int_equal(row->engine, RATION_DRAIN_MAILBOX);
		assert_int_equal(row->status, RATION_DRAIN_DONE);
		assert_int_equal(row->units, stock);
		assert_int_equal(row->lcore_id, kinds[i] == ACTOR_WORKER ? 1 : LCORE_ID_ANY);
		assert_int_equal(report.units, stock);
		assert_int_equal(usage_of(f->d, c), 5);
		assert_int_equal(stats_of(a->lc).drained, stock);
		assert_true(stats_of(a->lc).drains >= 1);
	}
}

static void
all_members_are_drained_and_summed_up(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint64_t stock, sum = 0;
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	for (i = 0; i < FIXTURE_ACTORS; i++)
		start_charged(f, &f->actors[i], ACTOR_THREAD, c, 1);
	stock = stock_of(f->d, c);
	assert_int_equal(drain(f, f->root, 10 * SECOND), 0);
	assert_int_equal(report.nb_rows, 1 + FIXTURE_ACTORS);
	for (i = 0; i < report.nb_rows; i++)
		sum += report.rows[i].units;
	assert_int_equal(sum, stock);
	assert_int_equal(report.units, stock);
	assert_int_equal(usage_of(f->d, c), 1 + FIXTURE_ACTORS);
	assert_int_equal(usage_of(f->d, f->root), 1 + FIXTURE_ACTORS);
}

static void
a_worker_in_wait_is_drained_by_launch(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint64_t stock;

	start_charged(f, a, ACTOR_WORKER, c, 5);
	stock = stock_of(f->d, c);
	actor_return(a);
	assert_int_equal(rte_eal_get_lcore_state(1), WAIT);
	assert_int_equal(drain(f, c, 10 * SECOND), 0);
	assert_int_equal(row_of(a)->engine, RATION_DRAIN_LAUNCH);
	assert_int_equal(row_of(a)->status, RATION_DRAIN_DONE);
	assert_int_equal(row_of(a)->units, stock);
	assert_int_equal(row_of(a)->lcore_id, 1);
	assert_int_equal(usage_of(f->d, c), 5);
	assert_int_equal(drain(f, c, 10 * SECOND), 0);
	assert_int_equal(row_of(a)->status, RATION_DRAIN_EMPTY);
	/* The lcore is ready for work as before, and still the same member. */
	assert_int_equal(rte_eal_get_lcore_state(1), WAIT);
	assert_int_equal(actor_start(a, f->d, ACTOR_WORKER, 1), 0);
	assert_true(actor_register(a));
	must_do(a, uncharge, c, 5);
}

static int
answer(void *arg)
{
	return ration_lcore_register(arg) != NULL ? 42 : -1;
}

/* The application may still fetch the result of a function that it has launched. */
static void
a_drain_by_launch_leaves_the_worker_s_result(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];

	assert_int_equal(test_launch(answer, f->d, 1), 0);
	assert_int_equal(test_wait(1), 42);
	assert_int_equal(drain(f, f->root, 10 * SECOND), 0);
	assert_int_equal(report.rows[0].engine, RATION_DRAIN_LAUNCH);
	assert_int_equal(test_wait(1), 42);
	assert_int_equal(actor_start(a, f->d, ACTOR_WORKER, 1), 0);
	assert_true(actor_register(a));
}

/* Only the main lcore can drain by rte_eal_remote_launch(). */
static void
drain_from_thread(struct ration_lcore *lc, void *arg)
{
	struct fixture *f = arg;

	(void)lc;
	memset(rows, 0xff, sizeof(rows));
	if (ration_drain(f->d, f->root, MOMENT, &report) != -ETIMEDOUT)
		report.nb_timedout = 0;
}

static void
a_worker_in_wait_times_out_for_other_threads(void **state)
{
	struct fixture *f = *state;
	struct actor *worker = &f->actors[0], *thread = &f->actors[1];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	start_charged(f, worker, ACTOR_WORKER, c, 5);
	actor_return(worker);
	assert_int_equal(actor_start(thread, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_do(thread, drain_from_thread, f));
	assert_int_equal(report.nb_timedout, 1);
	assert_int_equal(row_of(worker)->status, RATION_DRAIN_TIMEDOUT);
	assert_int_equal(row_of(worker)->lcore_id, 1);
	assert_true(stock_of(f->d, c) > 0);
	/* The main lcore can drain it. */
	assert_int_equal(drain(f, f->root, 10 * SECOND), 0);
	assert_int_equal(usage_of(f->d, c), 5);
	assert_int_equal(actor_start(worker, f->d, ACTOR_WORKER, 1), 0);
	assert_true(actor_register(worker));
}

static void
go_offline(struct ration_lcore *lc, void *arg)
{
	*(int *)arg = ration_lcore_offline(lc);
}

static void
go_online(struct ration_lcore *lc, void *arg)
{
	*(int *)arg = ration_lcore_online(lc);
}

static void
an_offline_lcore_is_not_waited_for(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	int rc = -1;

	start_charged(f, a, ACTOR_WORKER, c, 5);
	actor_poll(a, false);
	assert_true(actor_do(a, go_offline, &rc));
	assert_int_equal(rc, 0);
	assert_int_equal(usage_of(f->d, c), 5);
	assert_int_equal(drain(f, c, 10 * SECOND), 0);
	assert_int_equal(report.nb_timedout, 0);
	assert_int_equal(row_of(a)->status, RATION_DRAIN_EMPTY);
	assert_int_equal(row_of(a)->units, 0);
	assert_true(actor_do(a, go_online, &rc));
	assert_int_equal(rc, 0);
	must_do(a, charge, c, 1);
	assert_true(stock_of(f->d, c) > 0);
}

static void
a_silent_lcore_is_named_and_its_stock_left_alone(void **state)
{
	struct fixture *f = *state;
	struct actor *quiet = &f->actors[0], *loud = &f->actors[1];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint64_t stock;

	start_charged(f, quiet, ACTOR_WORKER, c, 5);
	actor_poll(quiet, false);
	assert_true(actor_do(quiet, poll_once, NULL));
	stock = stock_of(f->d, c);
	assert_true(stock > 0);
	start_charged(f, loud, ACTOR_THREAD, c, 7);
	assert_int_equal(drain(f, c, MOMENT), -ETIMEDOUT);
	assert_int_equal(report.nb_timedout, 1);
	assert_int_equal(report.nb_rows, 2);
	assert_int_equal(row_of(quiet)->status, RATION_DRAIN_TIMEDOUT);
	assert_int_equal(row_of(quiet)->units, 0);
	assert_int_equal(row_of(quiet)->lcore_id, 1);
	assert_int_equal(row_of(loud)->status, RATION_DRAIN_DONE);
	assert_int_equal(stock_of(f->d, c), stock);
	assert_int_equal(usage_of(f->d, c), 12 + stock);
	/* The silent lcore can use its stock: a hit reads only the stock entry. */
	must_do(quiet, charge, c, 1);
	assert_int_equal(stock_of(f->d, c), stock - 1);
}

/* Like the stuck flag of the kernel: a drain without an answer must not block later drains. */
static void
a_silent_lcore_can_be_drained_when_it_polls_again(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	unsigned int i, round;

	start_charged(f, a, ACTOR_THREAD, c, 5);
	for (round = 0; round < 3; round++) {
		actor_poll(a, false);
		assert_true(actor_do(a, poll_once, NULL));
		must_do(a, charge, c, 1);
		assert_true(stock_of(f->d, c) > 0);
		/* Many more requests than its mailbox holds. */
		for (i = 0; i < 10 * RATION_REQUESTS_MAX; i++)
			assert_int_equal(drain(f, i % 2 ? c : f->root, 0), -ETIMEDOUT);
		actor_poll(a, true);
		assert_int_equal(drain(f, c, 10 * SECOND), 0);
		assert_int_equal(row_of(a)->engine, RATION_DRAIN_MAILBOX);
		assert_int_equal(usage_of(f->d, c), 6 + round);
	}
}

/* The stock of a silent lcore comes back later. */
static void
a_late_answer_gives_back_the_requested_stock(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	start_charged(f, a, ACTOR_THREAD, c, 5);
	actor_poll(a, false);
	assert_true(actor_do(a, poll_once, NULL));
	must_do(a, charge, c, 1);
	assert_int_equal(drain(f, c, MOMENT), -ETIMEDOUT);
	assert_true(usage_of(f->d, c) > 6);
	assert_true(actor_do(a, poll_once, NULL));
	assert_int_equal(usage_of(f->d, c), 6);
	assert_int_equal(usage_of(f->d, f->root), 6);
	/* Then the lcore may have stock again: the drain has ended. */
	must_do(a, charge, c, 1);
	assert_true(stock_of(f->d, c) > 0);
}

static void
timeout_0_requests_and_does_not_wait(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	start_charged(f, a, ACTOR_THREAD, c, 5);
	actor_poll(a, false);
	assert_true(actor_do(a, poll_once, NULL));
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(drain(f, c, 0), -ETIMEDOUT);
	assert_int_equal(report.nb_timedout, 1);
	/* The caller's own stock has come back, and the request to the other lcore remains. */
	assert_int_equal(stock_of(f->d, c), usage_of(f->d, c) - 6);
	assert_true(actor_do(a, poll_once, NULL));
	assert_int_equal(usage_of(f->d, c), 6);
}

static void
drain_all_of(struct ration_lcore *lc, void *arg)
{
	struct fixture *f = arg;

	(void)lc;
	memset(rows, 0xff, sizeof(rows));
	if (ration_drain(f->d, f->root, 10 * SECOND, &report) != 0)
		report.nb_timedout = 99;
}

static void
an_unregistered_thread_can_drain(void **state)
{
	struct fixture *f = *state;
	struct actor *member = &f->actors[0], *stranger = &f->actors[1];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	start_charged(f, member, ACTOR_THREAD, c, 5);
	assert_int_equal(actor_start(stranger, f->d, ACTOR_THREAD, 0), 0);
	actor_post(stranger, drain_all_of, f);
	assert_true(actor_wait(stranger));
	assert_int_equal(report.nb_timedout, 0);
	assert_int_equal(report.nb_rows, 1);
	assert_int_equal(row_of(member)->status, RATION_DRAIN_DONE);
	assert_int_equal(usage_of(f->d, c), 5);
	assert_ptr_equal(ration_lcore_self(f->d), ration_lcore_shared(f->d));
}

static void
unrelated_stock_of_a_polling_lcore_stays(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	ration_counter_t e = make_counter(f->d, f->root, "e", 100000, 64);
	uint64_t stock, refills;

	start_charged(f, a, ACTOR_THREAD, c, 5);
	must_do(a, charge, e, 1);
	stock = stock_of(f->d, e);
	assert_int_equal(drain(f, c, 10 * SECOND), 0);
	assert_int_equal(usage_of(f->d, c), 5);
	assert_int_equal(stock_of(f->d, e), stock);
	refills = stats_of(a->lc).refills;
	must_do(a, charge, e, stock);
	assert_int_equal(stats_of(a->lc).refills, refills);
}

static void
an_unregistered_member_has_no_row(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	start_charged(f, a, ACTOR_THREAD, c, 5);
	actor_stop(a);
	assert_int_equal(usage_of(f->d, c), 5);
	assert_int_equal(drain(f, c, 10 * SECOND), 0);
	assert_int_equal(report.nb_rows, 0);
	assert_int_equal(report.units, 0);
}

static void
create_drains_the_parent_on_polling_lcores(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 64);

	start_charged(f, a, ACTOR_THREAD, p, 5);
	assert_true(stock_of(f->d, p) > 0);
	make_counter(f->d, p, "c", 100000, 64);
	assert_int_equal(usage_of(f->d, p), 5);
	must_do(a, charge, p, 1);
	assert_int_equal(usage_of(f->d, p), 6);
	must_do(a, uncharge, p, 6);
	assert_int_equal(usage_of(f->d, p), 0);
}

static void
calls_that_drain_give_up_at_the_domain_s_timeout(void **state)
{
	const struct ration_domain_params params = {.timeout_us = MOMENT};
	struct fixture f = {.d = ration_domain_create("timeout", &params)};
	struct actor *a = &f.actors[0];
	const uint64_t end = rte_get_timer_cycles() + 20 * rte_get_timer_hz();
	ration_counter_t p, c;
	int rc;

	(void)state;
	f.root = ration_domain_root(f.d);
	p = make_counter(f.d, f.root, "p", 100000, 64);
	start_charged(&f, a, ACTOR_THREAD, p, 5);
	actor_poll(a, false);
	assert_true(actor_do(a, poll_once, NULL));
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f.d, p, "c", NULL), ETIMEDOUT);
	assert_int_equal(info_of(f.d, p).nb_children, 0);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f.d, "p/c"), ENOENT);
	assert_int_equal(ration_counter_set_max(f.d, p, 5, RATION_MAX_STRICT), -EBUSY);
	assert_int_equal(info_of(f.d, p).max, 100000);
	must_do(a, uncharge, p, 5);
	assert_int_equal(ration_counter_destroy(f.d, p, 0), -ETIMEDOUT);
	/* The counter is unchanged: it can be found, charged and uncharged, and has stock. */
	assert_true(ration_counter_find(f.d, "p") == p);
	actor_poll(a, true);
	must_do(a, charge, p, 500);
	must_do(a, uncharge, p, 500);
	/* With this short timeout an lcore that was preempted may answer too late. */
	while ((c = ration_counter_create(f.d, p, "c", NULL)) == RATION_COUNTER_NONE)
		assert_true(rte_errno == ETIMEDOUT && rte_get_timer_cycles() < end);
	while ((rc = ration_counter_destroy(f.d, c, 0)) != 0)
		assert_true(rc == -ETIMEDOUT && rte_get_timer_cycles() < end);
	while ((rc = ration_counter_destroy(f.d, p, 0)) != 0)
		assert_true(rc == -ETIMEDOUT && rte_get_timer_cycles() < end);
	actor_stop(a);
	assert_int_equal(ration_domain_free(f.d), 0);
}

int
main(void)
{
	const struct CMUnitTest engines[] = {
		in_domain(a_polling_lcore_gives_its_stock_back),
		with_one_member(all_members_are_drained_and_summed_up),
		in_domain(a_worker_in_wait_is_drained_by_launch),
		in_domain(a_drain_by_launch_leaves_the_worker_s_result),
		in_domain(a_worker_in_wait_times_out_for_other_threads),
		in_domain(an_offline_lcore_is_not_waited_for),
		in_domain(a_silent_lcore_is_named_and_its_stock_left_alone),
		in_domain(a_silent_lcore_can_be_drained_when_it_polls_again),
		in_domain(a_late_answer_gives_back_the_requested_stock),
		with_one_member(timeout_0_requests_and_does_not_wait),
		in_domain(an_unregistered_thread_can_drain),
		in_domain(unrelated_stock_of_a_polling_lcore_stays),
		in_domain(an_unregistered_member_has_no_row),
		in_domain(create_drains_the_parent_on_polling_lcores),
		cmocka_unit_test(calls_that_drain_give_up_at_the_domain_s_timeout),
	};

	if (test_eal_start("engines", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(engines, NULL, NULL));
}
