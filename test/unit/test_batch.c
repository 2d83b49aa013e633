/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The batch of a stock entry grows while its lcore walks often, and shrinks with the idle hand. */

#include <errno.h>

#include <rte_common.h>

#include "eal.h"
#include "group.h"
#include "ration_pvt.h"

#define BATCH 8u
#define MOST 50u /* Not a power of two times BATCH. */

static ration_counter_t
make_growing(const struct fixture *f, uint64_t max)
{
	const struct ration_counter_params params = {.max = max, .batch = BATCH, .batch_max = MOST};
	ration_counter_t c = ration_counter_create(f->d, f->root, "c", &params);

	assert_true(c != RATION_COUNTER_NONE);
	return c;
}

/* The next charge misses, and takes as many units ahead. */
static void
refill_takes(struct fixture *f, ration_counter_t c, uint32_t ahead)
{
	uint32_t stock = units_of(f->lc[0], c);

	charge(f->lc[0], c, stock + 1);
	assert_int_equal(units_of(f->lc[0], c), ahead);
	uncharge(ration_lcore_shared(f->d), c, stock + 1);
}

/* The next uncharge misses, and this is what stays. The units were charged elsewhere. */
static void
trim_keeps(struct fixture *f, ration_counter_t c, uint32_t stock)
{
	uint32_t n = cap_of(f->lc[0], c) - units_of(f->lc[0], c) + 1;

	charge(ration_lcore_shared(f->d), c, n);
	uncharge(f->lc[0], c, n);
	assert_int_equal(units_of(f->lc[0], c), stock);
}

static void
hand_passes(struct fixture *f, ration_counter_t c)
{
	ration_toggle_idle_mark(&f->lc[0]->stocks[(uint32_t)c]);
}

static void
each_refill_doubles_the_batch(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, RATION_UNLIMITED);

	refill_takes(f, c, BATCH);
	refill_takes(f, c, 2 * BATCH);
	refill_takes(f, c, 4 * BATCH);
	refill_takes(f, c, MOST);
	refill_takes(f, c, MOST);
	assert_int_equal(cap_of(f->lc[0], c), 2 * MOST);
	assert_sound(f->d);
}

static void
each_trim_doubles_the_batch(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, RATION_UNLIMITED);

	trim_keeps(f, c, 1); /* The first unit of an entry without stock. */
	assert_int_equal(cap_of(f->lc[0], c), 2 * BATCH);
	trim_keeps(f, c, 2 * BATCH);
	trim_keeps(f, c, 4 * BATCH);
	trim_keeps(f, c, MOST);
	trim_keeps(f, c, MOST);
	assert_sound(f->d);
}

/* A hit changes neither the batch nor the tree. */
static void
without_walks_the_batch_stays(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, RATION_UNLIMITED);
	uint32_t i;

	refill_takes(f, c, BATCH);
	for (i = 0; i < 1000; i++) {
		charge(f->lc[0], c, BATCH);
		uncharge(f->lc[0], c, BATCH);
	}
	assert_int_equal(cap_of(f->lc[0], c), 2 * BATCH);
}

static void
each_pass_of_the_hand_halves_the_batch(void **state)
{
	static const uint32_t caps[] = {MOST, 2 * (MOST / 4), 2 * BATCH, 2 * BATCH};
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, RATION_UNLIMITED);
	uint64_t trims;
	uint32_t i, stock;

	for (i = 0; i < 4; i++)
		refill_takes(f, c, i < 3 ? BATCH << i : MOST);
	charge(ration_lcore_shared(f->d), c, MOST);
	uncharge(f->lc[0], c, MOST - 1);
	for (i = 0; i < RTE_DIM(caps); i++) {
		trims = stats_of(f->lc[0]).trims;
		stock = units_of(f->lc[0], c);
		hand_passes(f, c);
		uncharge(f->lc[0], c, 1);
		assert_int_equal(cap_of(f->lc[0], c), caps[i]);
		/* What exceeds the smaller cap goes back, down to the middle. */
		if (stock > caps[i]) {
			assert_int_equal(units_of(f->lc[0], c), caps[i] / 2 + 1);
			assert_int_equal(stats_of(f->lc[0]).trims, trims + 1);
		} else {
			assert_int_equal(units_of(f->lc[0], c), stock + 1);
			assert_int_equal(stats_of(f->lc[0]).trims, trims);
		}
		charge(f->lc[0], c, 1);
	}
	uncharge(f->lc[0], c, 1);
	assert_sound(f->d);
}

/* A charge that finds the mark may need all units in stock, and no other lcore may take them. */
static void
a_charge_keeps_the_units_that_it_needs(void **state)
{
	struct fixture *f = *state;
	const uint32_t max = 1000;
	ration_counter_t c = make_growing(f, max);
	uint32_t i;

	for (i = 0; i < 4; i++)
		refill_takes(f, c, i < 3 ? BATCH << i : MOST);
	charge(ration_lcore_shared(f->d), c, max - MOST);
	hand_passes(f, c);
	charge(f->lc[0], c, MOST - 1);
	assert_int_equal(units_of(f->lc[0], c), 1);
	assert_int_equal(cap_of(f->lc[0], c), MOST);
	uncharge(f->lc[0], c, max - 1);
	assert_sound(f->d);
}

/* An lcore that only uncharges, slowly: its stock is above the middle, and must shrink too. */
static void
a_slow_consumer_shrinks(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, RATION_UNLIMITED);
	uint32_t i;

	for (i = 0; i < 6; i++)
		trim_keeps(f, c, i == 0 ? 1 : RTE_MIN(BATCH << i, MOST));
	for (i = 0; i < 8; i++) {
		charge(ration_lcore_shared(f->d), c, 1);
		hand_passes(f, c);
		uncharge(f->lc[0], c, 1);
	}
	assert_int_equal(cap_of(f->lc[0], c), 2 * BATCH);
	assert_in_range(units_of(f->lc[0], c), 1, 2 * BATCH);
	assert_int_equal(usage_of(f->d, c), units_of(f->lc[0], c));
	assert_sound(f->d);
}

static void
a_small_margin_keeps_the_batch_small(void **state)
{
	struct fixture *f = *state;
	const uint32_t max = 200;
	ration_counter_t c = make_growing(f, max);
	uint32_t i, stock;

	for (i = 0; i < 20; i++) {
		stock = units_of(f->lc[0], c);
		charge(f->lc[0], c, stock + 1);
		assert_in_range(units_of(f->lc[0], c), 0, (max - i) / 2);
		uncharge(ration_lcore_shared(f->d), c, stock);
	}
	assert_true(units_of(f->lc[0], c) > BATCH);
	uncharge(ration_lcore_shared(f->d), c, i);
	assert_sound(f->d);
}

/* stock_max bounds all stock of an lcore: a busy counter leaves some of it to the others. */
static void
a_growing_batch_leaves_room_to_others(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 8, .max_members = 2, .stock_max = 4096};
	const struct ration_counter_params growing = {.batch = 64, .batch_max = 1024};
	struct ration_domain *d = ration_domain_create("room", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d);
	ration_counter_t busy, others[2];
	uint32_t i;

	(void)state;
	assert_non_null(lc);
	busy = ration_counter_create(d, ration_domain_root(d), "busy", &growing);
	others[0] = ration_counter_create(d, ration_domain_root(d), "0", &growing);
	others[1] = ration_counter_create(d, ration_domain_root(d), "1", &growing);
	for (i = 0; i < 10; i++)
		charge(lc, busy, units_of(lc, busy) + 1);
	assert_in_range(cap_of(lc, busy), 2 * 64 + 1, 1024);
	for (i = 0; i < 2; i++) {
		charge(lc, others[i], 1);
		assert_int_equal(units_of(lc, others[i]), 64);
		uncharge(lc, others[i], 1);
	}
	uncharge(lc, busy, usage_of(d, busy) - units_of(lc, busy));
	assert_sound(d);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
after_a_drain_the_batch_is_the_first_again(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, RATION_UNLIMITED);

	refill_takes(f, c, BATCH);
	refill_takes(f, c, 2 * BATCH);
	drain_all(f->d);
	refill_takes(f, c, BATCH);
}

/* A charge was refused: what an lcore takes ahead stays small for a while. */
static void
a_watched_entry_does_not_grow(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, 1000);

	refill_takes(f, c, BATCH);
	refill_takes(f, c, 2 * BATCH);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1001), -EDQUOT);
	assert_non_null(ration_watch_of(f->lc[0], (uint32_t)c));
	refill_takes(f, c, BATCH);
	refill_takes(f, c, BATCH);
	trim_keeps(f, c, BATCH);
	assert_int_equal(cap_of(f->lc[0], c), 2 * BATCH);
	assert_sound(f->d);
}

/* A cap that has grown before the refusal does not stay. */
static void
a_watched_entry_loses_what_has_grown(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_growing(f, 1000);
	uint32_t i;

	for (i = 0; i < 4; i++)
		refill_takes(f, c, i < 3 ? BATCH << i : MOST);
	charge(ration_lcore_shared(f->d), c, 1000 - MOST);
	assert_int_equal(ration_try_charge(f->lc[0], c, MOST + 1), -EDQUOT);
	assert_non_null(ration_watch_of(f->lc[0], (uint32_t)c));
	for (i = 0; i < 40; i++)
		uncharge(f->lc[0], c, 1);
	assert_in_range(units_of(f->lc[0], c), 0, 2 * BATCH);
	uncharge(f->lc[0], c, 1000 - MOST - 40);
	assert_sound(f->d);
}

static void
the_largest_batch_can_be_changed(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, BATCH);
	struct ration_reading reading;

	refill_takes(f, c, BATCH);
	refill_takes(f, c, BATCH);
	assert_int_equal(ration_counter_set_batch_max(f->d, c, 2 * BATCH), 0);
	refill_takes(f, c, 2 * BATCH);
	refill_takes(f, c, 2 * BATCH);
	/* The bound on what is hidden has changed as well. */
	assert_int_equal(ration_read(f->d, c, &reading), 0);
	assert_true(reading.error >= units_of(f->lc[0], c));
	assert_int_equal(ration_counter_set_batch_max(f->d, c, 0), 0);
	refill_takes(f, c, BATCH);
	/* A batch above batch_max is used as it is, and a batch of 0 is no stock. */
	assert_int_equal(ration_counter_set_batch_max(f->d, c, BATCH - 1), 0);
	refill_takes(f, c, BATCH);
	assert_int_equal(ration_counter_set_batch_max(f->d, c, RATION_BATCH_MAX), 0);
	assert_int_equal(ration_counter_set_batch(f->d, c, 0), 0);
	refill_takes(f, c, 0);
	assert_int_equal(info_of(f->d, c).batch_max, RATION_BATCH_MAX);
	assert_sound(f->d);
}

int
main(void)
{
	const struct CMUnitTest batch[] = {
		with_one_member(each_refill_doubles_the_batch),
		with_one_member(each_trim_doubles_the_batch),
		with_one_member(without_walks_the_batch_stays),
		with_one_member(each_pass_of_the_hand_halves_the_batch),
		with_one_member(a_charge_keeps_the_units_that_it_needs),
		with_one_member(a_slow_consumer_shrinks),
		cmocka_unit_test(a_growing_batch_leaves_room_to_others),
		with_one_member(a_watched_entry_loses_what_has_grown),
		with_one_member(a_small_margin_keeps_the_batch_small),
		with_one_member(after_a_drain_the_batch_is_the_first_again),
		with_one_member(a_watched_entry_does_not_grow),
		with_one_member(the_largest_batch_can_be_changed),
	};

	if (test_eal_start("batch", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(batch, NULL, NULL));
}
