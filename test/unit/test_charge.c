/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Charges, forced charges and uncharges against limits: exact to the unit at every level (P1, P8).
 */

#include <stdio.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"

/* A chain of counters from the root down, path[0] being the root. */
struct chain {
	ration_counter_t path[RATION_DEPTH_MAX + 1];
	ration_counter_t leaf;
};

static struct chain
make_chain(const struct fixture *f, uint64_t max, uint32_t batch)
{
	struct chain chain = {.path = {f->root}};
	unsigned int i;

	for (i = 1; i <= RATION_DEPTH_MAX; i++)
		chain.path[i] = make_counter(f->d, chain.path[i - 1], "c", max, batch);
	chain.leaf = chain.path[RATION_DEPTH_MAX];
	return chain;
}

static uint64_t
failures_in(const struct fixture *f, const struct chain *chain)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i <= RATION_DEPTH_MAX; i++)
		sum += failures_of(f->d, chain->path[i]);
	return sum;
}

/* Number of units that can be charged one by one before the first refusal. */
static uint64_t
charge_all(struct ration_lcore *lc, ration_counter_t c)
{
	uint64_t n = 0;

	while (ration_try_charge(lc, c, 1) == 0)
		n++;
	return n;
}

static void
a_limit_is_granted_to_the_unit(void **state)
{
	static const uint64_t limits[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 1000};
	static const uint32_t batches[] = {0, 1, 2, 64, 1000, RATION_BATCH_MAX};
	struct fixture *f = *state;
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(limits); i++) {
		for (j = 0; j < RTE_DIM(batches); j++) {
			ration_counter_t c =
				make_counter(f->d, f->root, "c", limits[i], batches[j]);

			assert_int_equal(charge_all(f->lc[0], c), limits[i]);
			assert_int_equal(usage_of(f->d, c), limits[i]);
			assert_int_equal(failures_of(f->d, c), 1);
			assert_int_equal(ration_uncharge(f->lc[0], c, limits[i]), 0);
			assert_int_equal(ration_try_charge(f->lc[0], c, limits[i]), 0);
			assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
			assert_int_equal(ration_uncharge(f->lc[0], c, limits[i]), 0);
			assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
		}
	}
}

static void
one_unit_too_many_is_refused_in_one_piece(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 64);

	assert_int_equal(ration_try_charge(f->lc[0], c, 101), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, UINT32_MAX), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, (uint64_t)UINT32_MAX + 2), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, UINT64_MAX), -EDQUOT);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(failures_of(f->d, c), 4);
	assert_int_equal(stats_of(f->lc[0]).refusals, 4);
	assert_int_equal(ration_try_charge(f->lc[0], c, 100), 0);
}

static void
huge_amounts_do_not_wrap(void **state)
{
	static const uint64_t huge[] = {RATION_UNLIMITED, RATION_UNLIMITED + 1, UINT64_MAX - 1,
					UINT64_MAX};
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 64);
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 5), 0);
	drain_all(f->d);
	for (i = 0; i < RTE_DIM(huge); i++) {
		assert_int_equal(ration_try_charge(f->lc[0], c, huge[i]), -EDQUOT);
		assert_int_equal(usage_of(f->d, c), 5);
	}
	assert_int_equal(ration_uncharge(f->lc[0], c, 5), 0);
	drain_all(f->d);
	assert_int_equal(ration_try_charge(f->lc[0], c, RATION_UNLIMITED), 0);
	assert_int_equal(usage_of(f->d, f->root), RATION_UNLIMITED);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(ration_uncharge(f->lc[0], c, RATION_UNLIMITED), 0);
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, f->root), 0);
}

static void
nothing_is_always_granted_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t none = make_counter(f->d, f->root, "none", 0, 64);
	ration_counter_t some = make_counter(f->d, f->root, "some", 1000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], none, 0), 0);
	assert_int_equal(ration_charge_force(f->lc[0], none, 0), 0);
	assert_int_equal(ration_uncharge(f->lc[0], none, 0), 0);
	assert_int_equal(usage_of(f->d, none), 0);
	assert_int_equal(ration_try_charge(f->lc[0], some, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], some, 0), 0);
	assert_int_equal(ration_uncharge(f->lc[0], some, 0), 0);
	assert_int_equal(usage_of(f->d, some) - stock_of(f->d, some), 1);
	assert_int_equal(stats_of(f->lc[0]).rejected, 0);
}

static void
amounts_beyond_the_batch_are_granted_in_one_piece(void **state)
{
	static const uint64_t amounts[] = {63, 64, 65, 128, 129, 130, 1000, (uint64_t)1 << 33};
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 64);
	uint64_t granted = 0;
	unsigned int i;

	for (i = 0; i < RTE_DIM(amounts); i++) {
		assert_int_equal(ration_try_charge(f->lc[0], c, amounts[i]), 0);
		granted += amounts[i];
		assert_int_equal(usage_of(f->d, c) - stock_of(f->d, c), granted);
	}
	for (i = 0; i < RTE_DIM(amounts); i++) {
		assert_int_equal(ration_uncharge(f->lc[0], c, amounts[i]), 0);
		granted -= amounts[i];
		assert_int_equal(usage_of(f->d, c) - stock_of(f->d, c), granted);
	}
}

static void
every_ancestor_is_charged_and_uncharged(void **state)
{
	struct fixture *f = *state;
	struct chain chain = make_chain(f, 1000, 0);
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], chain.leaf, 7), 0);
	for (i = 0; i <= RATION_DEPTH_MAX; i++)
		assert_int_equal(usage_of(f->d, chain.path[i]), 7);
	assert_int_equal(ration_try_charge(f->lc[0], chain.path[3], 5), 0);
	for (i = 0; i <= RATION_DEPTH_MAX; i++)
		assert_int_equal(usage_of(f->d, chain.path[i]), i <= 3 ? 12 : 7);
	assert_int_equal(ration_uncharge(f->lc[0], chain.leaf, 6), 0);
	for (i = 0; i <= RATION_DEPTH_MAX; i++)
		assert_int_equal(usage_of(f->d, chain.path[i]), i <= 3 ? 6 : 1);
	assert_int_equal(ration_uncharge(f->lc[0], chain.path[3], 5), 0);
	assert_int_equal(ration_uncharge(f->lc[0], chain.leaf, 1), 0);
	for (i = 0; i <= RATION_DEPTH_MAX; i++)
		assert_int_equal(usage_of(f->d, chain.path[i]), 0);
}

static void
the_limit_of_each_ancestor_holds(void **state)
{
	static const uint32_t batches[] = {0, 64};
	struct fixture *f = *state;
	unsigned int level, i, j;

	for (j = 0; j < RTE_DIM(batches); j++) {
		struct chain chain = make_chain(f, 1000, batches[j]);

		for (level = 0; level <= RATION_DEPTH_MAX; level++) {
			assert_int_equal(ration_counter_set_max(f->d, chain.path[level], 10, 0), 0);
			assert_int_equal(charge_all(f->lc[0], chain.leaf), 10);
			for (i = 0; i <= RATION_DEPTH_MAX; i++)
				assert_int_equal(usage_of(f->d, chain.path[i]), 10);
			assert_int_equal(ration_uncharge(f->lc[0], chain.leaf, 10), 0);
			drain_all(f->d);
			assert_int_equal(usage_of(f->d, f->root), 0);
			assert_int_equal(ration_counter_set_max(f->d, chain.path[level], 1000, 0),
					 0);
		}
		for (i = RATION_DEPTH_MAX; i > 0; i--)
			assert_int_equal(ration_counter_destroy(f->d, chain.path[i], 0), 0);
	}
}

static void
a_refusal_counts_at_the_level_without_room(void **state)
{
	struct fixture *f = *state;
	struct chain chain = make_chain(f, 1000, 64);
	unsigned int level;

	for (level = 0; level <= RATION_DEPTH_MAX; level++) {
		uint64_t sum = failures_in(f, &chain), here = failures_of(f->d, chain.path[level]);

		assert_int_equal(ration_counter_set_max(f->d, chain.path[level], 10, 0), 0);
		assert_int_equal(ration_try_charge(f->lc[0], chain.leaf, 11), -EDQUOT);
		assert_int_equal(failures_of(f->d, chain.path[level]), here + 1);
		assert_int_equal(failures_in(f, &chain), sum + 1);
		assert_int_equal(usage_of(f->d, f->root), 0);
		assert_int_equal(ration_counter_set_max(f->d, chain.path[level], 1000, 0), 0);
	}
	assert_int_equal(stats_of(f->lc[0]).refusals, RATION_DEPTH_MAX + 1);
}

static void
of_several_levels_without_room_the_lowest_counts(void **state)
{
	struct fixture *f = *state;
	struct chain chain = make_chain(f, 1000, 64);
	unsigned int low, high;

	for (low = 1; low <= RATION_DEPTH_MAX; low++) {
		for (high = 0; high < low; high++) {
			uint64_t sum = failures_in(f, &chain);
			uint64_t here = failures_of(f->d, chain.path[low]);

			assert_int_equal(ration_counter_set_max(f->d, chain.path[low], 10, 0), 0);
			assert_int_equal(ration_counter_set_max(f->d, chain.path[high], 5, 0), 0);
			assert_int_equal(ration_try_charge(f->lc[0], chain.leaf, 11), -EDQUOT);
			assert_int_equal(failures_of(f->d, chain.path[low]), here + 1);
			assert_int_equal(failures_in(f, &chain), sum + 1);
			assert_int_equal(ration_counter_set_max(f->d, chain.path[low], 1000, 0), 0);
			assert_int_equal(ration_counter_set_max(f->d, chain.path[high], 1000, 0),
					 0);
		}
	}
}

static void
a_refused_charge_leaves_no_trace_but_its_count(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 20, 64);
	struct ration_counter_info before, after;

	assert_int_equal(ration_try_charge(f->lc[0], c, 20), 0);
	before = info_of(f->d, p);
	assert_int_equal(ration_try_charge(f->lc[0], c, 500), -EDQUOT);
	after = info_of(f->d, p);
	assert_same_info(&before, &after);
	assert_int_equal(info_of(f->d, c).usage, 20);
	assert_int_equal(info_of(f->d, c).watermark, 20);
	assert_int_equal(info_of(f->d, f->root).watermark, 20);
}

/* The extra units of a refill are optional: a refill that gets fewer is no failure. */
static void
a_refill_that_gets_less_is_no_failure(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 30, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 64);
	unsigned int i;

	for (i = 0; i < 30; i++)
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(failures_of(f->d, c), 0);
	assert_int_equal(failures_of(f->d, p), 0);
	assert_int_equal(stats_of(f->lc[0]).refusals, 0);
}

static void
siblings_share_what_their_parent_has(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100, 0);
	ration_counter_t a = make_counter(f->d, p, "a", 80, 0);
	ration_counter_t b = make_counter(f->d, p, "b", 80, 0);

	assert_int_equal(ration_try_charge(f->lc[0], a, 60), 0);
	assert_int_equal(ration_try_charge(f->lc[0], b, 41), -EDQUOT);
	assert_int_equal(failures_of(f->d, p), 1);
	assert_int_equal(failures_of(f->d, b), 0);
	assert_int_equal(ration_try_charge(f->lc[0], b, 40), 0);
	assert_int_equal(ration_uncharge(f->lc[0], a, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], b, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], a, 1), -EDQUOT);
	assert_int_equal(usage_of(f->d, a), 59);
	assert_int_equal(usage_of(f->d, b), 41);
	assert_int_equal(usage_of(f->d, p), 100);
}

static void
interior_counters_and_the_root_can_be_charged(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 50, 64);
	ration_counter_t c = make_counter(f->d, p, "c", 50, 64);

	assert_int_equal(ration_try_charge(f->lc[0], f->root, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[0], p, 20), 0);
	assert_int_equal(usage_of(f->d, f->root), 23);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 31), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 30), 0);
	assert_int_equal(ration_uncharge(f->lc[0], p, 20), 0);
	assert_int_equal(ration_uncharge(f->lc[0], f->root, 3), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 30), 0);
}

/*
 * Stock is kept only at the counter that is charged; a counter with children has none and is exact.
 */
static void
the_root_and_interior_counters_hold_no_stock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 5000, 64);
	unsigned int i;

	make_counter(f->d, p, "c", 50, 64);
	for (i = 1; i <= 10; i++) {
		assert_int_equal(ration_try_charge(f->lc[0], f->root, 1), 0);
		assert_int_equal(ration_try_charge(f->lc[0], p, 1), 0);
		assert_int_equal(usage_of(f->d, p), i);
		assert_int_equal(usage_of(f->d, f->root), 2 * i);
	}
	assert_int_equal(ration_uncharge(f->lc[0], p, 10), 0);
	assert_int_equal(ration_uncharge(f->lc[0], f->root, 10), 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
}

static void
a_direct_counter_keeps_stock_beside_its_children(void **state)
{
	const struct ration_counter_params params = {
		.max = 10000, .batch = 64, .flags = RATION_COUNTER_DIRECT};
	struct fixture *f = *state;
	ration_counter_t p = ration_counter_create(f->d, f->root, "p", &params), c;
	uint64_t refills, stock;

	assert_int_equal(ration_try_charge(f->lc[0], p, 1), 0);
	stock = stock_of(f->d, p);
	assert_true(stock > 0);
	c = make_counter(f->d, p, "c", 10000, 64);
	assert_int_equal(stock_of(f->d, p), stock);
	refills = stats_of(f->lc[0]).refills;
	assert_int_equal(ration_try_charge(f->lc[0], p, 1), 0);
	assert_int_equal(stats_of(f->lc[0]).refills, refills);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(usage_of(f->d, p) - stock_of(f->d, p), 3);
	assert_int_equal(usage_of(f->d, c) - stock_of(f->d, c), 1);
}

static void
the_first_child_ends_the_stock_of_its_parent(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 10000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], p, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[1], p, 4), 0);
	assert_true(usage_of(f->d, p) > 7);
	make_counter(f->d, p, "c", 10000, 64);
	assert_int_equal(usage_of(f->d, p), 7);
	assert_int_equal(usage_of(f->d, f->root), 7);
	assert_int_equal(ration_try_charge(f->lc[0], p, 1), 0);
	assert_int_equal(usage_of(f->d, p), 8);
	assert_int_equal(ration_uncharge(f->lc[1], p, 8), 0);
	assert_int_equal(usage_of(f->d, p), 0);
}

/* An empty stock entry is still active: it must not take units after the first child exists. */
static void
the_first_child_ends_empty_stock_entries_too(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 10000, 64);
	uint64_t stock;

	assert_int_equal(ration_try_charge(f->lc[1], p, 1), 0);
	stock = stock_of(f->d, p);
	assert_int_equal(ration_try_charge(f->lc[1], p, stock), 0);
	assert_int_equal(ration_uncharge(f->lc[0], p, 1 + stock), 0);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	assert_int_equal(usage_of(f->d, p), 0);
	make_counter(f->d, p, "c", 10000, 64);
	assert_int_equal(ration_lcore_online(f->lc[0]), 0);
	assert_int_equal(ration_try_charge(f->lc[0], p, 10), 0);
	assert_int_equal(ration_uncharge(f->lc[1], p, 10), 0);
	assert_int_equal(usage_of(f->d, p), 0);
	assert_int_equal(stock_of(f->d, p), 0);
}

static void
units_may_come_back_on_another_lcore(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10000, 64);
	unsigned int i;

	for (i = 0; i < 5000; i++)
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	for (i = 0; i < 5000; i++)
		assert_int_equal(ration_uncharge(f->lc[1], c, 1), 0);
	assert_int_equal(usage_of(f->d, c), stock_of(f->d, c));
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_int_equal(info_of(f->d, c).rejected, 0);
}

int
main(void)
{
	const struct CMUnitTest charge[] = {
		with_one_member(a_limit_is_granted_to_the_unit),
		with_one_member(one_unit_too_many_is_refused_in_one_piece),
		with_one_member(huge_amounts_do_not_wrap),
		with_one_member(nothing_is_always_granted_and_changes_nothing),
		with_one_member(amounts_beyond_the_batch_are_granted_in_one_piece),
		with_one_member(every_ancestor_is_charged_and_uncharged),
		with_one_member(the_limit_of_each_ancestor_holds),
		with_one_member(a_refusal_counts_at_the_level_without_room),
		with_one_member(of_several_levels_without_room_the_lowest_counts),
		with_one_member(a_refused_charge_leaves_no_trace_but_its_count),
		with_one_member(a_refill_that_gets_less_is_no_failure),
		with_one_member(siblings_share_what_their_parent_has),
		with_one_member(interior_counters_and_the_root_can_be_charged),
		with_one_member(the_root_and_interior_counters_hold_no_stock),
		with_one_member(a_direct_counter_keeps_stock_beside_its_children),
		with_two_members(the_first_child_ends_the_stock_of_its_parent),
		with_two_members(the_first_child_ends_empty_stock_entries_too),
		with_two_members(units_may_come_back_on_another_lcore),
	};

	if (test_eal_start("charge", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(charge, NULL, NULL));
}
