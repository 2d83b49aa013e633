/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The report of a drain: as many rows as the caller has room for, the important ones first. */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "eal.h"
#include "fixture.h"

/* Row that no drain has written. */
#define UNTOUCHED 0xabababab

static struct ration_drain_row rows[RATION_MEMBERS_MAX + 1];

static void
charge_one(struct ration_lcore *lc, void *arg)
{
	const ration_counter_t *c = arg;

	assert_int_equal(ration_try_charge(lc, *c, 1), 0);
}

/* A member that has stock and reports no quiescent point. */
static uint32_t
start_silent(struct fixture *f, ration_counter_t c)
{
	struct actor *a = &f->actors[0];

	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	actor_poll(a, false);
	assert_true(actor_do(a, charge_one, &c));
	return a->lc->member_id;
}

static struct ration_drain_report
report_of(uint32_t max_rows)
{
	memset(rows, 0xab, sizeof(rows));
	return (struct ration_drain_report){.rows = rows, .max_rows = max_rows, .nb_rows = 77};
}

static void
a_short_array_has_the_members_that_timed_out(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct ration_drain_report report = report_of(1);
	uint32_t silent = start_silent(f, c);

	assert_true(f->lc[0]->member_id < silent);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_drain(f->d, c, 0, &report), -ETIMEDOUT);
	assert_int_equal(report.nb_members, 3);
	assert_int_equal(report.nb_timedout, 1);
	assert_int_equal(report.nb_rows, 1);
	assert_int_equal(rows[0].member_id, silent);
	assert_int_equal(rows[0].status, RATION_DRAIN_TIMEDOUT);
	assert_int_equal(rows[1].member_id, UNTOUCHED);
	/* Where there is room left, the others follow. */
	report = report_of(2);
	assert_int_equal(ration_drain(f->d, c, 0, &report), -ETIMEDOUT);
	assert_int_equal(report.nb_rows, 2);
	assert_int_equal(rows[0].member_id, silent);
	assert_int_equal(rows[1].member_id, f->lc[0]->member_id);
	assert_int_equal(rows[2].member_id, UNTOUCHED);
}

static void
a_long_array_has_all_members_in_order(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct ration_drain_report report = report_of(RTE_DIM(rows));
	uint32_t silent = start_silent(f, c), i;

	assert_int_equal(ration_drain(f->d, c, 0, &report), -ETIMEDOUT);
	assert_int_equal(report.nb_members, 3);
	assert_int_equal(report.nb_rows, 3);
	for (i = 1; i < report.nb_rows; i++)
		assert_true(rows[i - 1].member_id < rows[i].member_id);
	assert_int_equal(rows[2].member_id, silent);
	assert_int_equal(rows[3].member_id, UNTOUCHED);
}

static void
without_an_array_the_sums_are_reported(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct ration_drain_report report = {.rows = NULL};
	uint64_t stock;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	stock = stock_of(f->d, c);
	assert_true(stock > 0);
	assert_int_equal(ration_drain(f->d, c, 0, &report), 0);
	assert_int_equal(report.nb_rows, 0);
	assert_int_equal(report.nb_members, 2);
	assert_int_equal(report.nb_rounds, 1);
	assert_int_equal(report.units, stock);
	assert_true(report.cycles > 0);
	/* An array of no rows, and a length without an array, are none. */
	report = report_of(0);
	assert_int_equal(ration_drain(f->d, c, 0, &report), 0);
	assert_int_equal(rows[0].member_id, UNTOUCHED);
	report = (struct ration_drain_report){.rows = NULL, .max_rows = 8};
	assert_int_equal(ration_drain(f->d, c, 0, &report), 0);
	assert_int_equal(report.nb_rows, 0);
}

static void
a_drain_that_does_not_start_reports_nothing(void **state)
{
	struct fixture *f = *state;
	struct ration_drain_report report = report_of(RTE_DIM(rows));

	report.units = 5;
	assert_int_equal(ration_drain(f->d, RATION_COUNTER_NONE, 0, &report), -ESTALE);
	assert_int_equal(report.nb_rows, 0);
	assert_int_equal(report.nb_members, 0);
	assert_int_equal(report.nb_rounds, 0);
	assert_int_equal(report.units, 0);
	assert_int_equal(rows[0].member_id, UNTOUCHED);
}

static void
an_exact_charge_reports_the_members_that_timed_out(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 64);
	struct ration_drain_report report = report_of(1);
	uint32_t silent = start_silent(f, c);

	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 100, 0, &report), -ETIMEDOUT);
	assert_int_equal(report.nb_members, 3);
	assert_int_equal(report.nb_rows, 1);
	assert_int_equal(rows[0].member_id, silent);
	assert_int_equal(rows[0].reason, RATION_DRAIN_REASON_SILENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_two_members(a_short_array_has_the_members_that_timed_out),
		with_two_members(a_long_array_has_all_members_in_order),
		with_two_members(without_an_array_the_sums_are_reported),
		with_two_members(a_drain_that_does_not_start_reports_nothing),
		with_two_members(an_exact_charge_reports_the_members_that_timed_out),
	};

	if (test_eal_start("report", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
