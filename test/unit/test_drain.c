/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Drains of lcores that no other thread uses: the units that come back, the units that stay, and
 * the report.
 */

#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"

#define SECOND 1000000u

/* Too large for a stack frame. */
static struct ration_drain_row rows[RATION_MEMBERS_MAX];
static struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};

static int
drain(const struct fixture *f, ration_counter_t c, uint32_t timeout_us)
{
	memset(rows, 0xff, sizeof(rows));
	return ration_drain(f->d, c, timeout_us, &report);
}

/* The row of a member, which must be there exactly once. */
static const struct ration_drain_row *
row_of(uint32_t member_id)
{
	const struct ration_drain_row *row = NULL;
	unsigned int i;

	assert_in_range(report.nb_rows, 1, RATION_MEMBERS_MAX);
	for (i = 0; i < report.nb_rows; i++) {
		if (report.rows[i].member_id != member_id)
			continue;
		assert_null(row);
		row = &report.rows[i];
	}
	assert_non_null(row);
	return row;
}

static void
lcores_of_the_caller_are_drained_in_place(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 0);
	ration_counter_t a = make_counter(f->d, p, "a", 100000, 64);
	ration_counter_t b = make_counter(f->d, p, "b", 100000, 64);
	uint64_t first, second, third;

	assert_int_equal(ration_try_charge(f->lc[0], a, 3), 0);
	first = stock_of(f->d, a);
	assert_int_equal(ration_try_charge(f->lc[1], a, 4), 0);
	second = stock_of(f->d, a) - first;
	assert_int_equal(ration_try_charge(f->lc[1], b, 5), 0);
	third = stock_of(f->d, b);
	assert_true(first > 0 && second > 0 && third > 0);
	assert_int_equal(drain(f, p, SECOND), 0);
	assert_int_equal(usage_of(f->d, a), 7);
	assert_int_equal(usage_of(f->d, b), 5);
	assert_int_equal(usage_of(f->d, p), 12);
	assert_int_equal(usage_of(f->d, f->root), 12);
	assert_int_equal(report.nb_rows, 2);
	assert_int_equal(report.nb_timedout, 0);
	assert_int_equal(report.units, first + second + third);
	assert_true(report.cycles > 0);
	assert_int_equal(row_of(f->lc[0]->member_id)->units, first);
	assert_int_equal(row_of(f->lc[1]->member_id)->units, second + third);
	assert_int_equal(row_of(f->lc[0]->member_id)->engine, RATION_DRAIN_SELF);
	assert_int_equal(row_of(f->lc[0]->member_id)->status, RATION_DRAIN_DONE);
	assert_int_equal(row_of(f->lc[1]->member_id)->engine, RATION_DRAIN_SELF);
	assert_int_equal(stats_of(f->lc[0]).drained, first);
	assert_int_equal(stats_of(f->lc[1]).drained, second + third);
}

static void
a_second_drain_finds_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], c, 3), 0);
	assert_int_equal(drain(f, c, SECOND), 0);
	assert_true(report.units > 0);
	assert_int_equal(drain(f, c, SECOND), 0);
	assert_int_equal(report.units, 0);
	assert_int_equal(report.nb_rows, 1);
	assert_int_equal(row_of(f->lc[0]->member_id)->status, RATION_DRAIN_EMPTY);
	assert_int_equal(row_of(f->lc[0]->member_id)->units, 0);
	assert_int_equal(usage_of(f->d, c), 3);
}

static void
a_domain_without_members_is_drained(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(drain(f, f->root, SECOND), 0);
	assert_int_equal(report.nb_rows, 0);
	assert_int_equal(report.units, 0);
	assert_int_equal(report.nb_timedout, 0);
	assert_int_equal(ration_drain(f->d, f->root, SECOND, NULL), 0);
}

static void
only_the_subtree_is_drained(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 0);
	ration_counter_t q = make_counter(f->d, f->root, "q", 100000, 0);
	ration_counter_t p1 = make_counter(f->d, p, "1", 100000, 64);
	ration_counter_t p2 = make_counter(f->d, p, "2", 100000, 64);
	ration_counter_t q1 = make_counter(f->d, q, "1", 100000, 64);
	uint64_t kept, refills;

	assert_int_equal(ration_try_charge(f->lc[0], p1, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], p2, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], q1, 1), 0);
	kept = stock_of(f->d, q1);
	assert_int_equal(ration_drain(f->d, p1, SECOND, NULL), 0);
	assert_int_equal(usage_of(f->d, p1), 1);
	assert_true(stock_of(f->d, p2) > 0);
	assert_int_equal(ration_drain(f->d, p, SECOND, NULL), 0);
	assert_int_equal(usage_of(f->d, p), 2);
	assert_int_equal(stock_of(f->d, q1), kept);
	assert_int_equal(usage_of(f->d, f->root), 3 + kept);
	/* The stock works again: the next charge hits. */
	refills = stats_of(f->lc[0]).refills;
	assert_int_equal(ration_try_charge(f->lc[0], q1, kept), 0);
	assert_int_equal(stats_of(f->lc[0]).refills, refills);
	assert_int_equal(ration_try_charge(f->lc[0], p1, 1), 0);
	assert_int_equal(stats_of(f->lc[0]).refills, refills + 1);
}

static void
stock_works_as_before_after_a_drain(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	unsigned int i;

	for (i = 1; i <= 100; i++) {
		assert_int_equal(ration_try_charge(f->lc[0], c, 2), 0);
		assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
		assert_true(stock_of(f->d, c) > 0);
		assert_int_equal(ration_drain(f->d, f->root, SECOND, NULL), 0);
		assert_int_equal(usage_of(f->d, c), i);
	}
}

/* The stock entry is inactive after a drain, so an uncharge takes the slow path. */
static void
an_uncharge_after_a_drain_is_not_lost(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], c, 10), 0);
	assert_int_equal(ration_drain(f->d, c, SECOND, NULL), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 4), 0);
	assert_int_equal(usage_of(f->d, c) - stock_of(f->d, c), 6);
	assert_int_equal(ration_drain(f->d, c, SECOND, NULL), 0);
	assert_int_equal(usage_of(f->d, c), 6);
	assert_int_equal(usage_of(f->d, f->root), 6);
}

static void
many_counters_come_back_to_the_unit(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p[10], c[1000];
	uint64_t granted[10] = {0};
	char name[RATION_COUNTER_NAMESIZE];
	unsigned int i;

	for (i = 0; i < RTE_DIM(p); i++) {
		snprintf(name, sizeof(name), "p%u", i);
		p[i] = make_counter(f->d, f->root, name, RATION_UNLIMITED, 0);
	}
	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "c%u", i);
		c[i] = make_counter(f->d, p[i % 10], name, RATION_UNLIMITED, 1 + i);
		assert_int_equal(ration_try_charge(f->lc[i % 2], c[i], i), 0);
		granted[i % 10] += i;
	}
	assert_int_equal(ration_drain(f->d, p[3], SECOND, NULL), 0);
	assert_int_equal(usage_of(f->d, p[3]), granted[3]);
	assert_true(usage_of(f->d, p[4]) > granted[4]);
	assert_int_equal(ration_drain(f->d, f->root, SECOND, NULL), 0);
	for (i = 0; i < RTE_DIM(p); i++)
		assert_int_equal(usage_of(f->d, p[i]), granted[i]);
	for (i = 0; i < RTE_DIM(c); i++)
		assert_int_equal(usage_of(f->d, c[i]), i);
}

static void
an_offline_lcore_has_no_stock_to_drain(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	const struct ration_drain_row *row;

	assert_int_equal(ration_try_charge(f->lc[0], c, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[1], c, 3), 0);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	assert_int_equal(drain(f, c, SECOND), 0);
	assert_int_equal(usage_of(f->d, c), 6);
	assert_int_equal(report.nb_timedout, 0);
	row = row_of(f->lc[0]->member_id);
	assert_int_equal(row->units, 0);
	assert_int_equal(row->status, RATION_DRAIN_EMPTY);
	assert_true(row->engine != RATION_DRAIN_MAILBOX && row->engine != RATION_DRAIN_LAUNCH);
	/* The drain has not changed its state. */
	assert_int_equal(ration_lcore_online(f->lc[0]), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 6), 0);
}

static void
timeout_0_drains_lcores_of_the_caller(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], c, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[1], c, 3), 0);
	assert_int_equal(drain(f, c, 0), 0);
	assert_int_equal(usage_of(f->d, c), 6);
	assert_int_equal(ration_drain(f->d, c, UINT32_MAX, NULL), 0);
}

static void
a_stale_counter_cannot_be_drained(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	ration_counter_t e = make_counter(f->d, f->root, "e", 100000, 64);
	uint64_t stock;

	assert_int_equal(ration_try_charge(f->lc[0], e, 3), 0);
	stock = stock_of(f->d, e);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(ration_drain(f->d, c, SECOND, NULL), -ESTALE);
	assert_int_equal(ration_drain(f->d, RATION_COUNTER_NONE, SECOND, &report), -ESTALE);
	assert_int_equal(stock_of(f->d, e), stock);
}

/* A drain of the root works with limits below usage, too. */
static void
a_drain_brings_usage_below_a_lowered_limit(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], c, 3), 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 3, 0), 0);
	assert_true(usage_of(f->d, c) > 3);
	assert_int_equal(ration_drain(f->d, c, SECOND, NULL), 0);
	assert_int_equal(usage_of(f->d, c), 3);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
}

/* The gate is closed after the drain: the next refill takes a batch again. */
static void
refills_take_a_batch_again_after_a_drain(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 64);
	uint64_t refills;
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	drain_all(f->d);
	refills = stats_of(f->lc[0]).refills;
	for (i = 0; i < 64; i++)
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(stats_of(f->lc[0]).refills, refills + 1);
}

int
main(void)
{
	const struct CMUnitTest drains[] = {
		with_two_members(lcores_of_the_caller_are_drained_in_place),
		with_one_member(a_second_drain_finds_nothing),
		in_domain(a_domain_without_members_is_drained),
		with_one_member(only_the_subtree_is_drained),
		with_one_member(stock_works_as_before_after_a_drain),
		with_one_member(an_uncharge_after_a_drain_is_not_lost),
		with_two_members(many_counters_come_back_to_the_unit),
		with_two_members(an_offline_lcore_has_no_stock_to_drain),
		with_two_members(timeout_0_drains_lcores_of_the_caller),
		with_one_member(a_stale_counter_cannot_be_drained),
		with_one_member(a_drain_brings_usage_below_a_lowered_limit),
		with_one_member(refills_take_a_batch_again_after_a_drain),
	};

	if (test_eal_start("drain", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(drains, NULL, NULL));
}
