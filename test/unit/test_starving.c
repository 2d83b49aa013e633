/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Nobody is refused for ever because of units that others have in stock, also if they use these
 * units all the time (P3, P4). In each case one lcore uses all that it can get, and another one, or
 * a thread without registration, wants some.
 */

#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "group.h"
#include "ration_pvt.h"

#define BATCH 64u
#define TURNS 2000
#define CROWD 32

/* Charge n units at once and return them. @return whether they were granted */
static uint32_t
use(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	if (ration_try_charge(lc, c, n) != 0)
		return 0;
	uncharge(lc, c, n);
	return 1;
}

static void
threads_without_registration_are_granted_units(void **state)
{
	uint32_t turn, ok = 0;
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 48, BATCH);
	for (turn = 0; turn < TURNS; turn++) {
		use_packets(g.lc[0], c, 64);
		ration_quiescent(g.lc[0]);
		ok += use(ration_lcore_shared(g.d), c, 1);
	}
	assert_in_range(ok, TURNS / 4, TURNS);
	close_group(&g);
}

/* Whichever of many members has the units. */
static void
every_member_is_asked(void **state)
{
	static const uint32_t crowds[] = {9, 25, CROWD};
	const struct ration_domain_params params = {.max_counters = 8, .max_members = CROWD};
	struct ration_lcore *lc[CROWD];
	struct ration_domain *d;
	uint32_t i, k, greedy, turn, ok;
	ration_counter_t c;

	(void)state;
	for (k = 0; k < RTE_DIM(crowds); k++) {
		d = ration_domain_create("crowd", &params);
		assert_non_null(d);
		c = make_counter(d, ration_domain_root(d), "c", 64, BATCH);
		for (i = 0; i < crowds[k]; i++)
			lc[i] = ration_lcore_register_extra(d);
		for (greedy = 1; greedy < crowds[k]; greedy++) {
			ok = 0;
			for (turn = 0; turn < TURNS / 10; turn++) {
				use_packets(lc[greedy], c, 128);
				for (i = 0; i < crowds[k]; i++)
					ration_quiescent(lc[i]);
				ok += use_packets(lc[0], c, 32);
			}
			assert_in_range(ok, TURNS / 10 * 4, TURNS / 10 * 32);
		}
		for (i = 0; i < crowds[k]; i++)
			assert_int_equal(ration_lcore_unregister(lc[i]), 0);
		assert_int_equal(ration_domain_free(d), 0);
	}
}

/*
 * It is larger than the share, and the other one leaves less than that all the time. So it is
 * granted now and then. Also with the limit at a parent.
 */
static void
a_large_charge_is_granted(void **state)
{
	ration_counter_t parent, c[2];
	uint32_t turn, ok = 0, below = 0;
	struct group g;

	(void)state;
	open_group(&g);
	c[0] = make_counter(g.d, g.root, "c", 100, BATCH);
	for (turn = 0; turn < TURNS; turn++) {
		use_packets(g.lc[0], c[0], 50);
		ration_quiescent(g.lc[0]);
		ok += use(g.lc[1], c[0], 51);
		ration_quiescent(g.lc[1]);
	}
	assert_in_range(ok, TURNS / 32, TURNS);
	parent = make_counter(g.d, g.root, "parent", 48, BATCH);
	c[0] = make_counter(g.d, parent, "a", 48, BATCH);
	c[1] = make_counter(g.d, parent, "b", 48, BATCH);
	for (turn = 0; turn < TURNS; turn++) {
		use_packets(g.lc[0], c[0], 48);
		ration_quiescent(g.lc[0]);
		below += use(g.lc[1], c[1], 40);
		ration_quiescent(g.lc[1]);
	}
	assert_in_range(below, TURNS / 32, TURNS);
	close_group(&g);
}

/* Small ones are granted all the time: that is no answer to a large one. */
static void
a_large_charge_among_small_ones_is_granted(void **state)
{
	uint32_t turn, ok = 0;
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 100, BATCH);
	for (turn = 0; turn < TURNS; turn++) {
		use_packets(g.lc[0], c, 50);
		ration_quiescent(g.lc[0]);
		use_packets(g.lc[1], c, 8);
		ok += use(g.lc[1], c, 60);
		ration_quiescent(g.lc[1]);
	}
	assert_in_range(ok, TURNS / 100, TURNS);
	close_group(&g);
}

/* Fewer units than lcores: each gets its turn. */
static void
fewer_units_than_lcores_go_around(void **state)
{
	static const uint64_t limits[] = {1, 2, 3};
	uint32_t i, k, turn, ok[GROUP_MEMBERS];
	struct group g;
	ration_counter_t c;

	(void)state;
	for (i = 0; i < RTE_DIM(limits); i++) {
		open_group(&g);
		c = make_counter(g.d, g.root, "c", limits[i], BATCH);
		memset(ok, 0, sizeof(ok));
		for (turn = 0; turn < TURNS; turn++) {
			for (k = 0; k < GROUP_MEMBERS; k++) {
				ok[k] += use(g.lc[k], c, 1);
				ration_quiescent(g.lc[k]);
			}
		}
		for (k = 0; k < GROUP_MEMBERS; k++)
			assert_in_range(ok[k], TURNS / 10, TURNS);
		close_group(&g);
	}
}

/* It holds more than its share, of which only a part is in stock at any time. */
static void
granted_units_of_others_do_not_keep_their_stock(void **state)
{
	uint32_t turn, ok = 0, held[4] = {0};
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 150, BATCH);
	for (turn = 0; turn < TURNS; turn++) {
		uncharge(g.lc[0], c, held[turn % 4]);
		for (held[turn % 4] = 0; held[turn % 4] < 32; held[turn % 4]++) {
			if (ration_try_charge(g.lc[0], c, 1) != 0)
				break;
		}
		ration_quiescent(g.lc[0]);
		if (turn < 100) /* It has all by then. */
			continue;
		ok += use_packets(g.lc[1], c, 32);
		ration_quiescent(g.lc[1]);
	}
	for (turn = 0; turn < 4; turn++)
		uncharge(g.lc[0], c, held[turn]);
	assert_in_range(ok, (TURNS - 100) * 8, (TURNS - 100) * 32);
	close_group(&g);
}

static void
an_exact_counter_keeps_nothing_that_others_want(void **state)
{
	const struct ration_counter_params exact = {
		.max = 16, .batch = BATCH, .flags = RATION_COUNTER_EXACT};
	uint32_t turn, ok = 0;
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = ration_counter_create(g.d, g.root, "c", &exact);
	for (turn = 0; turn < TURNS; turn++) {
		use_packets(g.lc[0], c, 3);
		ration_quiescent(g.lc[0]);
		ok += use(g.lc[1], c, 14);
		ration_quiescent(g.lc[1]);
		assert_false(ration_is_watched(g.lc[0], (uint32_t)c));
		assert_false(ration_is_watched(g.lc[1], (uint32_t)c));
	}
	assert_in_range(ok, TURNS / 4, TURNS);
	close_group(&g);
}

/* More units are in stock than are charged: the excess is found and counted, the rest goes back. */
static void
misuse_does_not_freeze_a_watched_entry(void **state)
{
	uint32_t turn, ok = 0;
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 48, BATCH);
	use_packets(g.lc[0], c, 64);
	assert_true(ration_is_watched(g.lc[0], (uint32_t)c));
	charge(g.lc[0], c, 1);
	uncharge(g.lc[0], c, 1);
	ration_store(&g.lc[0]->stocks[(uint32_t)c].units, units_of(g.lc[0], c) + 1, relaxed);
	for (turn = 0; turn < TURNS; turn++) {
		ration_quiescent(g.lc[0]);
		ok += use(g.lc[1], c, 40);
		ration_quiescent(g.lc[1]);
	}
	assert_in_range(ok, TURNS / 2, TURNS);
	assert_int_equal(info_of(g.d, c).rejected, 1);
	close_group(&g);
}

/* Both use all that they have: after some quiescent points that is no more than the new limit. */
static void
a_lowered_limit_reaches_what_is_in_use(void **state)
{
	uint32_t turn, i, bursts = 0, ok;
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 48, BATCH);
	for (turn = 0; turn < TURNS; turn++) {
		if (turn == TURNS / 2)
			assert_int_equal(ration_counter_set_max(g.d, c, 10, 0), 0);
		for (i = 0; i < 2; i++) {
			ok = use_packets(g.lc[i], c, 32);
			bursts += turn >= TURNS / 2 && ok > 10;
			ration_quiescent(g.lc[i]);
		}
	}
	assert_in_range(bursts, 0, 2 * RATION_WATCH_TURNS * (RATION_WATCH_LOOKS + 1));
	assert_in_range(usage_of(g.d, c), 0, 10);
	close_group(&g);
}

int
main(void)
{
	const struct CMUnitTest starving[] = {
		cmocka_unit_test(threads_without_registration_are_granted_units),
		cmocka_unit_test(every_member_is_asked),
		cmocka_unit_test(a_large_charge_is_granted),
		cmocka_unit_test(a_large_charge_among_small_ones_is_granted),
		cmocka_unit_test(fewer_units_than_lcores_go_around),
		cmocka_unit_test(granted_units_of_others_do_not_keep_their_stock),
		cmocka_unit_test(an_exact_counter_keeps_nothing_that_others_want),
		cmocka_unit_test(misuse_does_not_freeze_a_watched_entry),
		cmocka_unit_test(a_lowered_limit_reaches_what_is_in_use),
	};

	if (test_eal_start("starving", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(starving, NULL, NULL));
}
