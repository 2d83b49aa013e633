/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Stock near a limit (P4): an lcore keeps its share at most, at every level, and gives it back when
 * another one is refused. The numbers are exact.
 */

#include <stdio.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "group.h"
#include "ration_pvt.h"

#define BATCH 64u

/* Return a unit and charge it again, both in the tree, so that the cap is set again. */
static uint32_t
cap_after_a_walk(const struct group *g, struct ration_lcore *lc, ration_counter_t c)
{
	drain_all(g->d);
	uncharge(lc, c, 1);
	drain_all(g->d);
	charge(lc, c, 1);
	return cap_of(lc, c);
}

/* Use up the limit of c, by the first nb lcores, so that they are known to use it. */
static void
use_up(const struct group *g, ration_counter_t c, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++)
		charge(g->lc[i], c, 1);
	drain_all(g->d);
	charge(ration_lcore_shared(g->d), c, info_of(g->d, c).max - usage_of(g->d, c));
	for (i = 0; i < nb; i++)
		cap_after_a_walk(g, g->lc[i], c);
	assert_int_equal(usage_of(g->d, c), info_of(g->d, c).max);
}

static void
an_lcore_keeps_the_limit_divided_by_those_who_use_it(void **state)
{
	static const uint64_t limits[] = {4, 7, 48, 100, 255};
	struct group g;
	ration_counter_t c;
	uint32_t i, nb, k;
	uint64_t share;

	(void)state;
	for (i = 0; i < RTE_DIM(limits); i++) {
		for (nb = 1; nb <= GROUP_MEMBERS; nb++) {
			open_group(&g);
			c = make_counter(g.d, g.root, "c", limits[i], BATCH);
			use_up(&g, c, nb);
			share = RTE_MIN((limits[i] + nb - 1) / nb, UINT64_C(2) * BATCH);
			for (k = 0; k < nb; k++)
				assert_int_equal(cap_after_a_walk(&g, g.lc[k], c), share);
			cap_after_a_walk(&g, g.lc[0], c);
			/* What comes back stays, up to the share. */
			uncharge(g.lc[0], c, share);
			assert_int_equal(units_of(g.lc[0], c), share);
			assert_int_equal(usage_of(g.d, c), limits[i]);
			/* Of more, one half stays if it comes unit by unit. */
			if (limits[i] > share) {
				uncharge(g.lc[0], c, 1);
				assert_int_equal(units_of(g.lc[0], c),
						 share < 8 ? share : share / 2);
				charge(g.lc[0], c, 1);
			}
			if (limits[i] >= 3 * share) {
				drain_all(g.d);
				uncharge(g.lc[0], c, share + share / 4);
				assert_int_equal(units_of(g.lc[0], c), share);
			}
			drain_all(g.d);
			uncharge(g.lc[0], c, usage_of(g.d, c));
			drain_all(g.d);
			close_group(&g);
		}
	}
}

/* Members that are online but do not use the counter do not count, after some walks of others. */
static void
an_lcore_that_stops_using_a_counter_is_forgotten(void **state)
{
	struct group g;
	ration_counter_t c;
	uint32_t i;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 100, BATCH);
	use_up(&g, c, 2);
	assert_int_equal(cap_after_a_walk(&g, g.lc[0], c), 50);
	for (i = 0; i < 200 && cap_after_a_walk(&g, g.lc[0], c) != 100; i++)
		;
	assert_int_equal(cap_of(g.lc[0], c), 100);
	assert_in_range(i, GROUP_MEMBERS, 199);
	drain_all(g.d);
	uncharge(g.lc[0], c, 100);
	close_group(&g);
}

/* What exceeds a share goes back in one walk, and what is needed again is in stock. */
static void
a_burst_that_fits_into_the_share_does_not_walk(void **state)
{
	ration_counter_t burst[32];
	uint8_t granted[RTE_DIM(burst)];
	struct ration_lcore_stats before, after;
	struct group g;
	ration_counter_t c;
	uint32_t i, k;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 48, BATCH);
	for (i = 0; i < RTE_DIM(burst); i++)
		burst[i] = c;
	for (i = 0; i < 20; i++) {
		before = stats_of(g.lc[0]);
		k = ration_try_charge_burst(g.lc[0], burst, NULL, RTE_DIM(burst), granted);
		assert_int_equal(ration_uncharge_burst(g.lc[0], burst, NULL, k), k);
		k = ration_try_charge_burst(g.lc[1], burst, NULL, RTE_DIM(burst), granted);
		assert_int_equal(ration_uncharge_burst(g.lc[1], burst, NULL, k), k);
		after = stats_of(g.lc[0]);
	}
	assert_int_equal(after.refills + after.trims, before.refills + before.trims);
	assert_int_equal(units_of(g.lc[0], c) + units_of(g.lc[1], c), 48);
	close_group(&g);
}

/*
 * The limit of a parent belongs to one counter below it, if an lcore has no stock of others. If it
 * has, the limit is divided by the largest caps that the counters below can have.
 */
static void
the_share_holds_at_every_level(void **state)
{
	ration_counter_t parent, c[8];
	struct group g;
	char name[8];
	uint32_t i;

	(void)state;
	open_group(&g);
	parent = make_counter(g.d, g.root, "parent", 160, BATCH);
	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "%u", i);
		c[i] = make_counter(g.d, parent, name, RATION_UNLIMITED, BATCH);
	}
	charge(ration_lcore_shared(g.d), c[0], 160 - RTE_DIM(c));
	for (i = 0; i < RTE_DIM(c); i++) {
		charge(g.lc[0], c[i], 1);
		drain_all(g.d);
	}
	for (i = 0; i < RTE_DIM(c); i++) {
		uncharge(g.lc[0], c[i], 1);
		drain_all(g.d);
		charge(g.lc[0], c[i], 1);
		assert_int_equal(cap_of(g.lc[0], c[i]), 2 * BATCH);
	}
	drain_all(g.d);
	for (i = 0; i < RTE_DIM(c); i++) {
		uncharge(ration_lcore_shared(g.d), c[i], 1);
		charge(g.lc[0], c[i], 1);
		assert_int_equal(cap_of(g.lc[0], c[i]), i == 0	 ? 2 * BATCH
							: i == 1 ? 160 - 2 * BATCH
								 : 160 / RTE_DIM(c));
	}
	/* The first one must share with the others from its next walk on. */
	uncharge(g.lc[0], c[0], 130);
	assert_int_equal(units_of(g.lc[0], c[0]), 160 / RTE_DIM(c));
	for (i = 0; i < RTE_DIM(c); i++)
		uncharge(g.lc[0], c[i], i == 0 ? 160 - RTE_DIM(c) + 1 - 130 : 1);
	close_group(&g);
}

/* One refusal, one quiescent point of each lcore that hides units: they are back (P4). */
static void
what_was_refused_comes_back_after_one_quiescent_point(void **state)
{
	struct group g;
	ration_counter_t c;
	uint32_t i;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 120, BATCH);
	use_up(&g, c, 3);
	for (i = 0; i < 3; i++)
		uncharge(g.lc[i], c, 40);
	assert_int_equal(stock_of(g.d, c), 120);
	assert_int_equal(ration_try_charge(g.lc[3], c, 120), -EDQUOT);
	for (i = 0; i < 3; i++)
		ration_quiescent(g.lc[i]);
	assert_int_equal(stock_of(g.d, c), 0);
	charge(g.lc[3], c, 120);
	uncharge(g.lc[3], c, 120);
	drain_all(g.d);
	close_group(&g);
}

/* A limit that was lowered below usage: all that comes back goes to the tree. */
static void
above_a_limit_nothing_is_kept(void **state)
{
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 100, BATCH);
	use_up(&g, c, 1);
	assert_int_equal(ration_counter_set_max(g.d, c, 50, 0), 0);
	drain_all(g.d);
	uncharge(g.lc[0], c, 30);
	assert_int_equal(units_of(g.lc[0], c), 0);
	assert_int_equal(usage_of(g.d, c), 70);
	uncharge(g.lc[0], c, 70);
	drain_all(g.d);
	close_group(&g);
}

/* A forced charge is a debt: what its own lcore returns brings usage down, too. */
static void
after_a_forced_charge_nothing_is_kept(void **state)
{
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 100, BATCH);
	use_up(&g, c, 1);
	drain_all(g.d);
	assert_int_equal(ration_charge_force(g.lc[0], c, 50), 0);
	assert_int_equal(usage_of(g.d, c), 150);
	uncharge(g.lc[0], c, 30);
	assert_int_equal(usage_of(g.d, c), 120);
	uncharge(g.lc[0], c, 120);
	drain_all(g.d);
	close_group(&g);
}

/* The flag holds for the counter and for those below it, whichever limit is near. */
static void
an_exact_counter_keeps_nothing_near_a_limit(void **state)
{
	const struct ration_counter_params exact = {
		.max = 100, .batch = BATCH, .flags = RATION_COUNTER_EXACT};
	ration_counter_t c[2];
	struct group g;
	uint32_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		open_group(&g);
		c[0] = ration_counter_create(g.d, g.root, "exact", &exact);
		assert_int_equal(info_of(g.d, c[0]).flags, RATION_COUNTER_EXACT);
		c[1] = i == 0 ? c[0] : make_counter(g.d, c[0], "below", 100, BATCH);
		charge(g.lc[0], c[1], 100);
		uncharge(g.lc[0], c[1], 1);
		assert_int_equal(cap_of(g.lc[0], c[1]), 0);
		assert_int_equal(usage_of(g.d, c[1]), 99);
		/* What there is room for is granted to anyone. */
		charge(g.lc[1], c[1], 1);
		uncharge(g.lc[1], c[1], 100);
		drain_all(g.d);
		close_group(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest share[] = {
		cmocka_unit_test(an_lcore_keeps_the_limit_divided_by_those_who_use_it),
		cmocka_unit_test(an_lcore_that_stops_using_a_counter_is_forgotten),
		cmocka_unit_test(a_burst_that_fits_into_the_share_does_not_walk),
		cmocka_unit_test(the_share_holds_at_every_level),
		cmocka_unit_test(what_was_refused_comes_back_after_one_quiescent_point),
		cmocka_unit_test(above_a_limit_nothing_is_kept),
		cmocka_unit_test(after_a_forced_charge_nothing_is_kept),
		cmocka_unit_test(an_exact_counter_keeps_nothing_near_a_limit),
	};

	if (test_eal_start("share", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(share, NULL, NULL));
}
