/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Limits, batches and watermarks changed at run time. */

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"

static void
a_limit_can_be_raised_and_lowered(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 11), -EDQUOT);
	assert_int_equal(ration_counter_set_max(f->d, c, 11, 0), 0);
	assert_int_equal(info_of(f->d, c).max, 11);
	assert_int_equal(ration_try_charge(f->lc[0], c, 11), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 6), 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 6, 0), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 2), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
}

static void
limits_of_ancestors_hold_from_the_moment_they_are_set(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 100, 64);

	assert_int_equal(ration_counter_set_max(f->d, p, 20, 0), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 21), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 20), 0);
	assert_int_equal(ration_counter_set_max(f->d, f->root, 30, 0), 0);
	assert_int_equal(ration_counter_set_max(f->d, p, 100, 0), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 11), -EDQUOT);
	assert_int_equal(failures_of(f->d, f->root), 1);
	assert_int_equal(ration_try_charge(f->lc[0], c, 10), 0);
	assert_int_equal(usage_of(f->d, f->root), 30);
}

static void
clamp_takes_effect_below_usage(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 60), 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 40, 0), 0);
	assert_int_equal(usage_of(f->d, c), 60);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(ration_uncharge(f->lc[0], c, 20), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(usage_of(f->d, c), 40);
	assert_sound(f->d);
}

static void
clamp_leaves_stock_where_it_is(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint64_t usage, stock, i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	usage = usage_of(f->d, c);
	stock = stock_of(f->d, c);
	assert_true(stock > 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 0, 0), 0);
	assert_int_equal(usage_of(f->d, c), usage);
	/* The stock is charged already, so the lcore may use it, but no more units. */
	for (i = 0; i < stock; i++)
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(usage_of(f->d, c), usage);
	assert_sound(f->d);
}

static void
strict_is_refused_while_units_are_granted(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 60), 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 59, RATION_MAX_STRICT), -EBUSY);
	assert_int_equal(info_of(f->d, c).max, 100);
	assert_int_equal(ration_try_charge(f->lc[0], c, 40), 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 100, RATION_MAX_STRICT), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 41), 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 59, RATION_MAX_STRICT), 0);
	assert_int_equal(info_of(f->d, c).max, 59);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
}

static void
strict_drains_stock_that_is_in_its_way(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 0);
	ration_counter_t a = make_counter(f->d, p, "a", 100000, 64);
	ration_counter_t b = make_counter(f->d, p, "b", 100000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], a, 5), 0);
	assert_int_equal(ration_try_charge(f->lc[1], b, 6), 0);
	assert_true(usage_of(f->d, p) > 11);
	assert_int_equal(ration_counter_set_max(f->d, p, 10, RATION_MAX_STRICT), -EBUSY);
	assert_int_equal(info_of(f->d, p).max, 100000);
	assert_int_equal(ration_try_charge(f->lc[1], a, 6), 0);
	assert_int_equal(ration_uncharge(f->lc[1], a, 6), 0);
	assert_int_equal(ration_counter_set_max(f->d, p, 11, RATION_MAX_STRICT), 0);
	assert_int_equal(usage_of(f->d, p), 11);
	assert_int_equal(ration_try_charge(f->lc[0], a, 1), -EDQUOT);
}

static void
strict_raises_without_a_drain(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint64_t stock;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	stock = stock_of(f->d, c);
	assert_int_equal(ration_counter_set_max(f->d, c, 200000, RATION_MAX_STRICT), 0);
	assert_int_equal(stock_of(f->d, c), stock);
}

static void
limits_out_of_range_are_refused(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);

	assert_int_equal(ration_counter_set_max(f->d, c, RATION_UNLIMITED + 1, 0), -EINVAL);
	assert_int_equal(ration_counter_set_max(f->d, c, UINT64_MAX, RATION_MAX_STRICT), -EINVAL);
	assert_int_equal(ration_counter_set_max(f->d, c, 5, RATION_MAX_STRICT << 1), -EINVAL);
	assert_int_equal(ration_counter_set_max(f->d, c, 5, UINT32_MAX), -EINVAL);
	assert_int_equal(info_of(f->d, c).max, 10);
	assert_int_equal(ration_counter_set_max(f->d, c, RATION_UNLIMITED, 0), 0);
	assert_int_equal(ration_counter_set_max(f->d, c, 0, 0), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
}

static void
a_batch_out_of_range_is_refused(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 7);

	assert_int_equal(ration_counter_set_batch(f->d, c, RATION_BATCH_MAX + 1), -EINVAL);
	assert_int_equal(ration_counter_set_batch(f->d, c, RATION_BATCH_ZERO), -EINVAL);
	assert_int_equal(info_of(f->d, c).batch, 7);
	assert_int_equal(ration_counter_set_batch(f->d, c, RATION_BATCH_MAX), 0);
	assert_int_equal(info_of(f->d, c).batch, RATION_BATCH_MAX);
}

static void
a_new_batch_holds_from_the_next_refill(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 8);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_in_range(stock_of(f->d, c), 1, 16);
	assert_int_equal(ration_counter_set_batch(f->d, c, 1000), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 17), 0);
	assert_in_range(stock_of(f->d, c), 500, 2000);
}

static void
batch_0_ends_stock_at_the_next_trim(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 64);
	uint64_t stock, refills;
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 500), 0);
	assert_true(stock_of(f->d, c) > 0);
	assert_int_equal(ration_counter_set_batch(f->d, c, 0), 0);
	/* More than the stock entry can hold, so that the lcore must trim. */
	assert_int_equal(ration_uncharge(f->lc[0], c, 200), 0);
	stock = stock_of(f->d, c);
	assert_int_equal(stock, 0);
	refills = stats_of(f->lc[0]).refills;
	for (i = 0; i < 10; i++)
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(stats_of(f->lc[0]).refills, refills + 10);
	assert_int_equal(usage_of(f->d, c), 310);
}

static void
the_watermark_is_the_highest_usage(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 100, 0);
	ration_counter_t e = make_counter(f->d, p, "e", 100, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 30), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 20), 0);
	assert_int_equal(ration_try_charge(f->lc[0], e, 50), 0);
	assert_int_equal(info_of(f->d, c).watermark, 30);
	assert_int_equal(info_of(f->d, e).watermark, 50);
	assert_int_equal(info_of(f->d, p).watermark, 60);
	assert_int_equal(info_of(f->d, f->root).watermark, 60);
	assert_int_equal(ration_uncharge(f->lc[0], e, 50), 0);
	assert_int_equal(info_of(f->d, p).watermark, 60);
	assert_int_equal(ration_charge_force(f->lc[0], c, 95), 0);
	assert_int_equal(info_of(f->d, c).watermark, 105);
	assert_int_equal(info_of(f->d, p).watermark, 105);
}

static void
the_watermark_counts_stock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(info_of(f->d, c).watermark, usage_of(f->d, c));
	assert_int_equal(info_of(f->d, f->root).watermark, usage_of(f->d, c));
}

static void
a_reset_watermark_starts_at_the_present_usage(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 40), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 30), 0);
	assert_int_equal(ration_counter_reset_watermark(f->d, c), 0);
	assert_int_equal(info_of(f->d, c).watermark, 10);
	/* Each counter has a watermark of its own. */
	assert_int_equal(info_of(f->d, f->root).watermark, 40);
	assert_int_equal(ration_try_charge(f->lc[0], c, 5), 0);
	assert_int_equal(info_of(f->d, c).watermark, 15);
	assert_int_equal(info_of(f->d, f->root).watermark, 40);
}

int
main(void)
{
	const struct CMUnitTest limits[] = {
		with_one_member(a_limit_can_be_raised_and_lowered),
		with_one_member(limits_of_ancestors_hold_from_the_moment_they_are_set),
		with_one_member(clamp_takes_effect_below_usage),
		with_one_member(clamp_leaves_stock_where_it_is),
		with_one_member(strict_is_refused_while_units_are_granted),
		with_two_members(strict_drains_stock_that_is_in_its_way),
		with_one_member(strict_raises_without_a_drain),
		with_one_member(limits_out_of_range_are_refused),
		with_one_member(a_batch_out_of_range_is_refused),
		with_one_member(a_new_batch_holds_from_the_next_refill),
		with_one_member(batch_0_ends_stock_at_the_next_trim),
		with_one_member(the_watermark_is_the_highest_usage),
		with_one_member(the_watermark_counts_stock),
		with_one_member(a_reset_watermark_starts_at_the_present_usage),
	};

	if (test_eal_start("limits", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(limits, NULL, NULL));
}
