/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Stock: units taken by a refill, units kept, and the number of tree walks (P4, P5). */

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "prng.h"

#define BATCH 64u

/* Number of tree walks that an lcore has made. */
static uint64_t
walks_of(const struct ration_lcore *lc)
{
	struct ration_lcore_stats stats = stats_of(lc);

	return stats.refills + stats.trims + stats.refusals;
}

static void
charge_n(struct ration_lcore *lc, ration_counter_t c, unsigned int times, uint64_t n)
{
	while (times-- > 0)
		assert_int_equal(ration_try_charge(lc, c, n), 0);
}

static void
uncharge_n(struct ration_lcore *lc, ration_counter_t c, unsigned int times, uint64_t n)
{
	while (times-- > 0)
		assert_int_equal(ration_uncharge(lc, c, n), 0);
}

static void
ping_pong_walks_the_tree_once_ever(void **state)
{
	static const uint64_t amounts[] = {1, 2, 31, 63, BATCH};
	struct fixture *f = *state;
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(amounts); i++) {
		ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, BATCH);
		uint64_t before = walks_of(f->lc[0]);

		for (j = 0; j < 100000; j++) {
			charge_n(f->lc[0], c, 1, amounts[i]);
			uncharge_n(f->lc[0], c, 1, amounts[i]);
		}
		assert_int_equal(walks_of(f->lc[0]), before + 1);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	}
}

static void
ping_pong_below_deep_ancestors_is_no_different(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = f->root;
	unsigned int i;

	for (i = 0; i < RATION_DEPTH_MAX; i++)
		c = make_counter(f->d, c, "c", RATION_UNLIMITED, BATCH);
	for (i = 0; i < 100000; i++) {
		charge_n(f->lc[0], c, 1, 1);
		uncharge_n(f->lc[0], c, 1, 1);
	}
	assert_int_equal(walks_of(f->lc[0]), 1);
}

static void
a_charge_only_load_walks_once_for_a_batch(void **state)
{
	static const uint32_t batches[] = {1, 8, BATCH, 1000};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(batches); i++) {
		ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, batches[i]);
		uint64_t before = stats_of(f->lc[0]).refills;

		charge_n(f->lc[0], c, 1000 * batches[i], 1);
		assert_in_range(stats_of(f->lc[0]).refills - before, 1, 1000);
		assert_int_equal(ration_uncharge(f->lc[0], c, 1000 * batches[i]), 0);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	}
}

static void
an_uncharge_only_load_walks_once_for_a_batch(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, BATCH);
	uint64_t before;

	charge_n(f->lc[0], c, 1, 1000 * BATCH);
	before = stats_of(f->lc[1]).trims;
	uncharge_n(f->lc[1], c, 1000 * BATCH, 1);
	assert_in_range(stats_of(f->lc[1]).trims - before, 1, 1000);
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, c), 0);
}

static void
after_a_refill_both_directions_hit(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, BATCH);
	uint64_t walks;
	unsigned int up;

	for (up = 0; up < 2; up++) {
		/* The stock entry is empty, so that the next charge is a refill. */
		charge_n(f->lc[0], c, 1, 1000);
		drain_all(f->d);
		charge_n(f->lc[0], c, 1, 1);
		walks = walks_of(f->lc[0]);
		if (up)
			uncharge_n(f->lc[0], c, BATCH / 2, 1);
		else
			charge_n(f->lc[0], c, BATCH / 2, 1);
		assert_int_equal(walks_of(f->lc[0]), walks);
	}
}

static void
after_a_trim_both_directions_hit(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, BATCH);
	uint64_t trims, walks;
	unsigned int up;

	charge_n(f->lc[0], c, 1, 10000);
	for (up = 0; up < 2; up++) {
		trims = stats_of(f->lc[0]).trims;
		while (stats_of(f->lc[0]).trims == trims)
			uncharge_n(f->lc[0], c, 1, 1);
		walks = walks_of(f->lc[0]);
		if (up)
			uncharge_n(f->lc[0], c, BATCH / 2, 1);
		else
			charge_n(f->lc[0], c, BATCH / 2, 1);
		assert_int_equal(walks_of(f->lc[0]), walks);
	}
}

/* Charges and uncharges of one unit in random order, as packets arrive and leave. */
static void
a_random_walk_hardly_ever_leaves_the_stock(void **state)
{
	static const uint64_t seeds[] = {1, 2, 3, 4, 5};
	const unsigned int steps = 1000000;
	struct fixture *f = *state;
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(seeds); i++) {
		ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, BATCH);
		struct prng prng = {seeds[i]};
		uint64_t held = 0, before = walks_of(f->lc[0]);

		for (j = 0; j < steps; j++) {
			if (held == 0 || prng_below(&prng, 2) == 0) {
				if (ration_try_charge(f->lc[0], c, 1) != 0)
					fail();
				held++;
			} else {
				if (ration_uncharge(f->lc[0], c, 1) != 0)
					fail();
				held--;
			}
		}
		assert_in_range(walks_of(f->lc[0]) - before, 1, steps / 1000);
		assert_int_equal(usage_of(f->d, c) - stock_of(f->d, c), held);
		assert_int_equal(ration_uncharge(f->lc[0], c, held), 0);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	}
}

static void
batch_0_walks_each_time_and_hides_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 0);
	unsigned int i;

	for (i = 1; i <= 100; i++) {
		charge_n(f->lc[0], c, 1, 1);
		assert_int_equal(usage_of(f->d, c), i);
		assert_int_equal(stats_of(f->lc[0]).refills, i);
	}
	for (i = 1; i <= 100; i++) {
		uncharge_n(f->lc[0], c, 1, 1);
		assert_int_equal(usage_of(f->d, c), 100 - i);
		assert_int_equal(stats_of(f->lc[0]).trims, i);
	}
}

static void
stock_never_exceeds_twice_the_batch(void **state)
{
	static const uint32_t batches[] = {0, 1, 2, 3, BATCH, 1000, RATION_BATCH_MAX};
	struct fixture *f = *state;
	struct prng prng = {42};
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(batches); i++) {
		ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, batches[i]);
		uint64_t held = 0, n;

		for (j = 0; j < 2000; j++) {
			n = prng_below(&prng, 3 * (uint64_t)batches[i] + 2);
			if (prng_below(&prng, 2) == 0) {
				charge_n(f->lc[0], c, 1, n);
				held += n;
			} else {
				n = RTE_MIN(n, held);
				uncharge_n(f->lc[0], c, 1, n);
				held -= n;
			}
			assert_in_range(stock_of(f->d, c), 0, 2 * (uint64_t)batches[i]);
			assert_int_equal(usage_of(f->d, c) - stock_of(f->d, c), held);
		}
		uncharge_n(f->lc[0], c, 1, held);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	}
}

/*
 * With two members a refill takes at most a quarter of the remaining room, whichever level limits
 * it.
 */
static void
near_a_limit_a_refill_takes_little(void **state)
{
	static const uint64_t left[] = {400, 256, 200, 100, 50, 20, 8, 4, 3, 2, 1};
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, BATCH);
	ration_counter_t filler = make_counter(f->d, p, "filler", 1000, 0);
	unsigned int i;

	for (i = 0; i < RTE_DIM(left); i++) {
		charge_n(f->lc[1], filler, 1, 1000 - left[i]);
		charge_n(f->lc[0], c, 1, 1);
		assert_in_range(stock_of(f->d, c), 0, RTE_MIN(BATCH, left[i] / 4));
		drain_all(f->d);
		uncharge_n(f->lc[0], c, 1, 1);
		uncharge_n(f->lc[1], filler, 1, 1000 - left[i]);
		drain_all(f->d);
		assert_int_equal(usage_of(f->d, p), 0);
	}
}

static void
far_from_a_limit_a_refill_takes_the_batch(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000000, BATCH);

	charge_n(f->lc[0], c, 1, 1);
	assert_in_range(stock_of(f->d, c), BATCH / 2, BATCH);
}

/* Near the limit a trim must not keep more than a refill would take. */
static void
near_a_limit_uncharges_of_an_exact_counter_hide_little(void **state)
{
	const struct ration_counter_params exact = {
		.max = 1000, .batch = BATCH, .flags = RATION_COUNTER_EXACT};
	struct fixture *f = *state;
	ration_counter_t c = ration_counter_create(f->d, f->root, "c", &exact);
	unsigned int i;

	charge_n(f->lc[0], c, 1, 1000);
	assert_int_equal(stock_of(f->d, c), 0);
	for (i = 0; i < 10; i++)
		uncharge_n(f->lc[1], c, 1, 1);
	/* Ten units are free; another lcore must find at least half of them. */
	assert_in_range(stock_of(f->d, c), 0, 5);
}

static void
two_lcores_can_be_granted_all_of_a_limit(void **state)
{
	static const uint64_t limits[] = {1, 2, 3, 5, 64, 100, 129, 1000, 5000};
	struct fixture *f = *state;
	unsigned int i, refused;

	for (i = 0; i < RTE_DIM(limits); i++) {
		ration_counter_t c = make_counter(f->d, f->root, "c", limits[i], BATCH);
		uint64_t granted[2] = {0, 0};

		/* Charge until both lcores are refused, one after the other. */
		for (refused = 0; refused < 2;) {
			unsigned int lcore = (granted[0] + granted[1] + refused) % 2;

			if (ration_try_charge(f->lc[lcore], c, 1) == 0) {
				granted[lcore]++;
				refused = 0;
			} else {
				refused++;
			}
			assert_true(usage_of(f->d, c) <= limits[i]);
		}
		assert_int_equal(granted[0] + granted[1], limits[i]);
		uncharge_n(f->lc[0], c, 1, granted[0]);
		uncharge_n(f->lc[1], c, 1, granted[1]);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	}
}

/*
 * One lcore has stock and stops polling; the other gets nearly all units, and after a drain the
 * rest.
 */
static void
a_drain_returns_the_stock_of_a_silent_lcore(void **state)
{
	static const uint64_t limits[] = {1, 10, 100, 1000, 5000};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(limits); i++) {
		ration_counter_t c = make_counter(f->d, f->root, "c", limits[i], BATCH);
		uint64_t granted = 1, hidden;

		charge_n(f->lc[0], c, 1, 1);
		hidden = stock_of(f->d, c);
		while (ration_try_charge(f->lc[1], c, 1) == 0)
			granted++;
		assert_int_equal(granted + hidden, limits[i]);
		assert_int_equal(usage_of(f->d, c), limits[i]);
		drain_all(f->d);
		assert_int_equal(usage_of(f->d, c), granted);
		while (ration_try_charge(f->lc[1], c, 1) == 0)
			granted++;
		assert_int_equal(granted, limits[i]);
		uncharge_n(f->lc[1], c, 1, granted);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	}
}

/*
 * A concern from the kernel's mailing lists: one unit used here, the rest hidden, and a large
 * charge elsewhere.
 */
static void
a_big_charge_fits_after_one_drain(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 300, BATCH);
	uint64_t hidden;

	charge_n(f->lc[0], c, 1, 1);
	hidden = stock_of(f->d, c);
	assert_true(hidden > 0);
	assert_int_equal(ration_try_charge(f->lc[1], c, 299), -EDQUOT);
	assert_int_equal(failures_of(f->d, c), 1);
	drain_all(f->d);
	assert_int_equal(ration_try_charge(f->lc[1], c, 299), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(usage_of(f->d, c), 300);
}

/* An lcore uses its own stock first: the stock never causes its own refusal. */
static void
own_stock_counts_towards_a_charge(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 500, BATCH);
	uint64_t stock;

	charge_n(f->lc[0], c, 1, 1);
	stock = stock_of(f->d, c);
	assert_true(stock > 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 500), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 499), 0);
	assert_int_equal(usage_of(f->d, c), 500);
	assert_int_equal(stock_of(f->d, c), 0);
}

int
main(void)
{
	const struct CMUnitTest stock[] = {
		with_one_member(ping_pong_walks_the_tree_once_ever),
		with_one_member(ping_pong_below_deep_ancestors_is_no_different),
		with_one_member(a_charge_only_load_walks_once_for_a_batch),
		with_two_members(an_uncharge_only_load_walks_once_for_a_batch),
		with_one_member(after_a_refill_both_directions_hit),
		with_one_member(after_a_trim_both_directions_hit),
		with_one_member(a_random_walk_hardly_ever_leaves_the_stock),
		with_one_member(batch_0_walks_each_time_and_hides_nothing),
		with_one_member(stock_never_exceeds_twice_the_batch),
		with_two_members(near_a_limit_a_refill_takes_little),
		with_one_member(far_from_a_limit_a_refill_takes_the_batch),
		with_two_members(near_a_limit_uncharges_of_an_exact_counter_hide_little),
		with_two_members(two_lcores_can_be_granted_all_of_a_limit),
		with_two_members(a_drain_returns_the_stock_of_a_silent_lcore),
		with_two_members(a_big_charge_fits_after_one_drain),
		with_one_member(own_stock_counts_towards_a_charge),
	};

	if (test_eal_start("stock", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(stock, NULL, NULL));
}
