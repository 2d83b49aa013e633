/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Forced charges, and uncharges of more than the granted units: counted, never hidden (P8). */

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"

static void
a_forced_charge_goes_over_every_limit(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 10, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 5, 0);

	assert_int_equal(ration_charge_force(f->lc[0], c, 25), 0);
	assert_int_equal(usage_of(f->d, c), 25);
	assert_int_equal(usage_of(f->d, p), 25);
	assert_int_equal(usage_of(f->d, f->root), 25);
	assert_int_equal(info_of(f->d, c).watermark, 25);
	assert_int_equal(info_of(f->d, p).watermark, 25);
	assert_sound(f->d);
	assert_int_equal(ration_uncharge(f->lc[0], c, 25), 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_sound(f->d);
}

static void
only_counters_over_their_own_limit_count_it(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 10, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 100, 0);

	assert_int_equal(ration_charge_force(f->lc[0], c, 10), 0);
	assert_int_equal(info_of(f->d, p).forced, 0);
	assert_int_equal(stats_of(f->lc[0]).forced, 0);
	assert_int_equal(ration_charge_force(f->lc[0], c, 1), 0);
	assert_int_equal(info_of(f->d, p).forced, 1);
	assert_int_equal(info_of(f->d, c).forced, 0);
	assert_int_equal(info_of(f->d, f->root).forced, 0);
	assert_int_equal(stats_of(f->lc[0]).forced, 1);
	/* The charge was granted: no refusal is counted. */
	assert_int_equal(failures_of(f->d, p), 0);
	assert_int_equal(stats_of(f->lc[0]).refusals, 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 11), 0);
}

static void
a_level_that_is_just_full_is_not_over(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 10, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 11, 0);

	assert_int_equal(ration_charge_force(f->lc[0], c, 11), 0);
	assert_int_equal(info_of(f->d, p).forced, 1);
	assert_int_equal(info_of(f->d, c).forced, 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 11), 0);
}

static void
charges_are_refused_until_usage_is_back_below(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 64);
	unsigned int i;

	assert_int_equal(ration_charge_force(f->lc[0], c, 15), 0);
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, c), 15);
	for (i = 15; i > 9; i--) {
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
		assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
		drain_all(f->d);
		assert_int_equal(usage_of(f->d, c), i - 1);
	}
	assert_int_equal(ration_try_charge(f->lc[0], c, 2), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(usage_of(f->d, c), 10);
}

static void
a_forced_charge_takes_from_stock_first(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);
	uint64_t usage;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	usage = usage_of(f->d, c);
	assert_true(stock_of(f->d, c) >= 1);
	assert_int_equal(ration_charge_force(f->lc[0], c, 1), 0);
	assert_int_equal(usage_of(f->d, c), usage);
	assert_int_equal(usage - stock_of(f->d, c), 2);
	assert_int_equal(info_of(f->d, c).forced, 0);
}

static void
a_forced_charge_over_the_limit_hides_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 64);

	assert_int_equal(ration_charge_force(f->lc[0], c, 30), 0);
	assert_int_equal(usage_of(f->d, c), 30);
	assert_int_equal(stock_of(f->d, c), 0);
	assert_int_equal(ration_charge_force(f->lc[0], c, 1), 0);
	assert_int_equal(usage_of(f->d, c), 31);
	assert_int_equal(info_of(f->d, c).forced, 2);
}

static void
a_forced_charge_never_wraps(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 10, 0);
	ration_counter_t b = make_counter(f->d, f->root, "b", 10, 0);

	assert_int_equal(ration_charge_force(f->lc[0], a, UINT64_MAX), -EOVERFLOW);
	assert_int_equal(ration_charge_force(f->lc[0], a, RATION_UNLIMITED + 1), -EOVERFLOW);
	assert_int_equal(usage_of(f->d, a), 0);
	assert_int_equal(ration_charge_force(f->lc[0], a, RATION_UNLIMITED), 0);
	assert_int_equal(ration_charge_force(f->lc[0], a, 1), -EOVERFLOW);
	/* The parent has the sum, so the sibling has no room either, and no level stays charged. */
	assert_int_equal(ration_charge_force(f->lc[0], b, 1), -EOVERFLOW);
	assert_int_equal(usage_of(f->d, b), 0);
	assert_int_equal(usage_of(f->d, a), RATION_UNLIMITED);
	assert_int_equal(usage_of(f->d, f->root), RATION_UNLIMITED);
	assert_int_equal(ration_uncharge(f->lc[0], a, RATION_UNLIMITED), 0);
	assert_int_equal(ration_charge_force(f->lc[0], b, 1), 0);
	assert_int_equal(usage_of(f->d, f->root), 1);
}

static void
too_large_an_uncharge_changes_nothing_and_counts(void **state)
{
	static const uint64_t amounts[] = {6, 7, 1000, UINT32_MAX, RATION_UNLIMITED, UINT64_MAX};
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 0);
	ration_counter_t e = make_counter(f->d, p, "e", 1000, 0);
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 5), 0);
	assert_int_equal(ration_try_charge(f->lc[0], e, 500), 0);
	for (i = 0; i < RTE_DIM(amounts); i++) {
		assert_int_equal(ration_uncharge(f->lc[0], c, amounts[i]), -ERANGE);
		assert_int_equal(usage_of(f->d, c), 5);
		assert_int_equal(usage_of(f->d, p), 505);
		assert_int_equal(usage_of(f->d, f->root), 505);
		assert_int_equal(info_of(f->d, c).rejected, i + 1);
		assert_int_equal(stats_of(f->lc[0]).rejected, i + 1);
	}
	assert_int_equal(info_of(f->d, p).rejected, 0);
	assert_int_equal(info_of(f->d, e).rejected, 0);
	assert_sound(f->d);
	assert_int_equal(ration_uncharge(f->lc[0], c, 5), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), -ERANGE);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(usage_of(f->d, p), 500);
}

static void
too_large_an_uncharge_of_a_stocked_counter_is_refused(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10000, 64);
	uint64_t usage;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	usage = usage_of(f->d, c);
	assert_int_equal(ration_uncharge(f->lc[0], c, 5000), -ERANGE);
	assert_int_equal(ration_uncharge(f->lc[0], c, UINT64_MAX), -ERANGE);
	/*
	 * More than the stock entry holds, but not more than usage; most of usage is the lcore's
	 * own stock.
	 */
	assert_int_equal(ration_uncharge(f->lc[0], c, usage), -ERANGE);
	assert_int_equal(usage_of(f->d, c), usage);
	assert_int_equal(usage - stock_of(f->d, c), 1);
	assert_int_equal(info_of(f->d, c).rejected, 3);
	assert_sound(f->d);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
}

/*
 * An excess uncharge that fits in the stock is not detected at once, because a hit reads the stock
 * entry only. It must be detected when the stock is returned, and must not change other counters.
 */
static void
an_unseen_uncharge_is_found_at_the_drain(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 100000, 64);
	ration_counter_t e = make_counter(f->d, p, "e", 100000, 0);

	assert_int_equal(ration_try_charge(f->lc[0], e, 500), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 31), 0);
	drain_all(f->d);
	assert_true(info_of(f->d, c).rejected > 0);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(usage_of(f->d, e), 500);
	assert_int_equal(usage_of(f->d, p), 500);
	assert_int_equal(usage_of(f->d, f->root), 500);
	assert_sound(f->d);
}

/*
 * Only the units charged to an interior counter itself can be uncharged from it; the rest of its
 * usage belongs to its children.
 */
static void
children_s_units_cannot_be_uncharged_from_their_parent(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 0);

	assert_int_equal(ration_try_charge(f->lc[0], p, 5), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 500), 0);
	assert_int_equal(ration_uncharge(f->lc[0], p, 6), -ERANGE);
	assert_int_equal(ration_uncharge(ration_lcore_shared(f->d), p, 100), -ERANGE);
	assert_int_equal(ration_uncharge(f->lc[0], f->root, 1), -ERANGE);
	assert_int_equal(usage_of(f->d, p), 505);
	assert_int_equal(usage_of(f->d, f->root), 505);
	assert_sound(f->d);
	assert_int_equal(ration_uncharge(f->lc[0], p, 5), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 500), 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
}

/* The same for a parent with stock: detected at the drain, without a change of other counters. */
static void
an_unseen_uncharge_of_a_parent_costs_its_children_nothing(void **state)
{
	const struct ration_counter_params params = {
		.max = 100000, .batch = 64, .flags = RATION_COUNTER_DIRECT};
	struct fixture *f = *state;
	ration_counter_t p = ration_counter_create(f->d, f->root, "p", &params);
	ration_counter_t c = make_counter(f->d, p, "c", 100000, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 500), 0);
	assert_int_equal(ration_try_charge(f->lc[0], p, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], p, 31), 0);
	drain_all(f->d);
	assert_true(info_of(f->d, p).rejected > 0);
	assert_int_equal(usage_of(f->d, c), 500);
	assert_int_equal(usage_of(f->d, p), 500);
	assert_int_equal(usage_of(f->d, f->root), 500);
	assert_sound(f->d);
}

static void
unregistered_threads_are_refused_alike(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *shared = ration_lcore_shared(f->d);
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 64);

	assert_int_equal(ration_try_charge(shared, c, 11), -EDQUOT);
	assert_int_equal(ration_try_charge(shared, c, 10), 0);
	assert_int_equal(ration_charge_force(shared, c, 1), 0);
	assert_int_equal(ration_uncharge(shared, c, 12), -ERANGE);
	assert_int_equal(ration_uncharge(shared, c, 11), 0);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(stats_of(shared).refusals, 1);
	assert_int_equal(stats_of(shared).forced, 1);
	assert_int_equal(stats_of(shared).rejected, 1);
}

int
main(void)
{
	const struct CMUnitTest forced[] = {
		with_one_member(a_forced_charge_goes_over_every_limit),
		with_one_member(only_counters_over_their_own_limit_count_it),
		with_one_member(a_level_that_is_just_full_is_not_over),
		with_one_member(charges_are_refused_until_usage_is_back_below),
		with_one_member(a_forced_charge_takes_from_stock_first),
		with_one_member(a_forced_charge_over_the_limit_hides_nothing),
		with_one_member(a_forced_charge_never_wraps),
		with_one_member(too_large_an_uncharge_changes_nothing_and_counts),
		with_one_member(too_large_an_uncharge_of_a_stocked_counter_is_refused),
		with_one_member(an_unseen_uncharge_is_found_at_the_drain),
		with_one_member(children_s_units_cannot_be_uncharged_from_their_parent),
		with_one_member(an_unseen_uncharge_of_a_parent_costs_its_children_nothing),
		in_domain(unregistered_threads_are_refused_alike),
	};

	if (test_eal_start("forced", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(forced, NULL, NULL));
}
