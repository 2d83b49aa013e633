/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Watched stock (P4, P9): at a limit that several lcores meet, what an lcore uses stays in its
 * stock, what it does not use goes back at its next quiescent point, and nobody needs to ask. The
 * numbers are exact.
 */

#include <stdio.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "group.h"
#include "ration_pvt.h"

#define BATCH 64u
#define MAX 48u
#define BURST 32u

/* The quiescent intervals in which the use of a watched entry is measured. */
static void
pass_window(struct ration_lcore *lc)
{
	uint32_t i;

	for (i = 0; i < RATION_WATCH_TURNS; i++)
		ration_quiescent(lc);
}

static bool
is_asked(const struct ration_lcore *lc)
{
	return ration_load(&lc->pending, relaxed) != 0;
}

/* lc[0] has all units in stock; then lc[1] was refused, and lc[0] has returned them. */
static ration_counter_t
open_watching(struct group *g)
{
	ration_counter_t c;

	open_group(g);
	c = make_counter(g->d, g->root, "c", MAX, BATCH);
	assert_false(ration_is_watched(g->lc[0], (uint32_t)c));
	assert_int_equal(use_packets(g->lc[0], c, MAX + 1), MAX);
	assert_int_equal(units_of(g->lc[0], c), MAX);
	assert_int_equal(ration_try_charge(g->lc[1], c, 1), -EDQUOT);
	assert_true(is_asked(g->lc[0]));
	pass_window(g->lc[0]);
	assert_int_equal(units_of(g->lc[0], c), 0);
	assert_int_equal(usage_of(g->d, c), 0);
	assert_true(ration_is_watched(g->lc[0], (uint32_t)c));
	return c;
}

static void
what_is_used_stays_and_the_rest_goes_back(void **state)
{
	static const uint16_t needs[] = {20, 20, 7, 7, 12, 3, 0};
	/* The first walk takes 3 units ahead. They were not in stock when the time began. */
	static const uint32_t left[] = {23, 20, 7, 7, 12, 3, 0};
	struct group g;
	ration_counter_t c;
	uint32_t i;

	(void)state;
	c = open_watching(&g);
	for (i = 0; i < RTE_DIM(needs); i++) {
		assert_int_equal(use_packets(g.lc[0], c, needs[i]), needs[i]);
		pass_window(g.lc[0]);
		assert_int_equal(units_of(g.lc[0], c), left[i]);
		assert_int_equal(usage_of(g.d, c), left[i]);
	}
	close_group(&g);
}

/* Also if the units are charged one by one, and if others are charged meanwhile. */
static void
single_units_are_used_as_well(void **state)
{
	ration_counter_t c, other;
	struct group g;
	uint32_t i, k;

	(void)state;
	c = open_watching(&g);
	other = make_counter(g.d, g.root, "other", RATION_UNLIMITED, BATCH);
	use_packets(g.lc[0], c, 10);
	pass_window(g.lc[0]);
	for (i = 0; i < 3; i++) {
		for (k = 0; k < 8; k++) {
			charge(g.lc[0], c, 1);
			charge(g.lc[0], other, 1);
		}
		for (k = 0; k < 8; k++) {
			uncharge(g.lc[0], c, 1);
			uncharge(g.lc[0], other, 1);
		}
		pass_window(g.lc[0]);
		assert_int_equal(units_of(g.lc[0], c), 8);
	}
	close_group(&g);
}

/* Two lcores that want more than there is share it, without a walk, and without a request. */
static void
lcores_that_use_all_do_not_disturb_each_other(void **state)
{
	struct ration_lcore_stats before[2], after[2];
	uint32_t i, k, asked = 0;
	struct group g;
	ration_counter_t c;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", MAX, BATCH);
	for (i = 0; i < 96; i++) {
		if (i == 32) {
			before[0] = stats_of(g.lc[0]);
			before[1] = stats_of(g.lc[1]);
		}
		for (k = 0; k < 2; k++) {
			asked += i >= 32 && is_asked(g.lc[k]);
			if (i >= 8)
				assert_int_equal(use_packets(g.lc[k], c, BURST), MAX / 2);
			else
				use_packets(g.lc[k], c, BURST);
			ration_quiescent(g.lc[k]);
		}
	}
	for (k = 0; k < 2; k++) {
		after[k] = stats_of(g.lc[k]);
		assert_int_equal(after[k].refills, before[k].refills);
		assert_int_equal(after[k].trims, before[k].trims);
		assert_int_equal(units_of(g.lc[k], c), MAX / 2);
	}
	assert_int_equal(asked, 0);
	close_group(&g);
}

/* An lcore that comes when the others use all units gets its share after two bursts. */
static void
who_comes_later_gets_a_share(void **state)
{
	struct group g;
	ration_counter_t c;
	uint32_t i, k, nb;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", MAX, BATCH);
	for (nb = 1; nb <= GROUP_MEMBERS; nb++) {
		for (i = 0; i < 3; i++) {
			for (k = 0; k < nb; k++) {
				use_packets(g.lc[k], c, MAX + 1);
				ration_quiescent(g.lc[k]);
			}
		}
		for (k = 0; k < nb; k++)
			assert_int_equal(units_of(g.lc[k], c), MAX / nb);
	}
	close_group(&g);
}

static void
a_watch_ends_after_the_last_refusal(void **state)
{
	struct group g;
	ration_counter_t c;
	uint32_t i;

	(void)state;
	c = open_watching(&g);
	/* One window has passed since the refusal. */
	for (i = 1; i < RATION_WATCH_WINDOWS; i++) {
		assert_true(ration_is_watched(g.lc[0], (uint32_t)c));
		use_packets(g.lc[0], c, 10);
		pass_window(g.lc[0]);
	}
	assert_false(ration_is_watched(g.lc[0], (uint32_t)c));
	/* Then units that are not used stay until somebody asks. */
	pass_window(g.lc[0]);
	pass_window(g.lc[0]);
	assert_int_equal(units_of(g.lc[0], c), 10);
	/* And all hits are hits. */
	assert_true(__ration_stock_take(g.lc[0], c, 1));
	assert_true(__ration_stock_put(g.lc[0], c, 1));
	ration_quiescent(g.lc[1]);
	assert_int_equal(ration_try_charge(g.lc[1], c, MAX), -EDQUOT);
	ration_quiescent(g.lc[0]);
	assert_int_equal(units_of(g.lc[0], c), 0);
	close_group(&g);
}

/* Of entries that find no place, each request takes all, as the first one does. */
static void
an_lcore_watches_a_few_entries(void **state)
{
	ration_counter_t c[RATION_WATCHES_MAX + 2];
	uint32_t i, round, nb;
	struct group g;
	char name[8];

	(void)state;
	open_group(&g);
	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "%u", i);
		c[i] = make_counter(g.d, g.root, name, MAX, BATCH);
	}
	for (round = 0; round < 3; round++) {
		for (i = 0; i < RTE_DIM(c); i++) {
			assert_in_range(use_packets(g.lc[0], c[i], BURST), MAX / 2, BURST);
			/* It is granted some: so it asks only for what is not in use. */
			assert_in_range(use_packets(g.lc[1], c[i], BURST), 1, BURST - 1);
		}
		pass_window(g.lc[0]);
		ration_quiescent(g.lc[1]);
		/* Of a share of 24, up to 2 units may be taken ahead and not used. */
		for (i = 0; i < RTE_DIM(c); i++) {
			nb = round > 0 && i < RATION_WATCHES_MAX ? MAX / 2 : 0;
			assert_in_range(units_of(g.lc[0], c[i]), RTE_MAX(nb, 2u) - 2, nb);
		}
	}
	for (i = 0; i < RTE_DIM(c); i++)
		assert_int_equal(ration_is_watched(g.lc[0], (uint32_t)c[i]),
				 i < RATION_WATCHES_MAX);
	drain_all(g.d);
	close_group(&g);
}

static void
a_drain_takes_what_is_in_use(void **state)
{
	struct group g;
	ration_counter_t c;

	(void)state;
	c = open_watching(&g);
	use_packets(g.lc[0], c, 20);
	pass_window(g.lc[0]);
	use_packets(g.lc[0], c, 20);
	pass_window(g.lc[0]);
	assert_int_equal(units_of(g.lc[0], c), 20);
	use_packets(g.lc[0], c, 20);
	assert_int_equal(ration_try_charge_sync(g.lc[1], c, MAX, 1000000, NULL), 0);
	assert_int_equal(units_of(g.lc[0], c), 0);
	/* The watch goes on. */
	assert_int_equal(use_packets(g.lc[0], c, 1), 0);
	pass_window(g.lc[0]);
	uncharge(g.lc[1], c, MAX);
	drain_all(g.d);
	close_group(&g);
}

/* What others uncharge on this lcore is not used by it. */
static void
units_that_only_come_back_are_not_used(void **state)
{
	struct group g;
	ration_counter_t c;

	(void)state;
	c = open_watching(&g);
	charge(g.lc[1], c, 30);
	uncharge(g.lc[0], c, 10);
	pass_window(g.lc[0]);
	assert_int_equal(units_of(g.lc[0], c), 10);
	uncharge(g.lc[0], c, 20);
	pass_window(g.lc[0]);
	/* Not more than the share, and the first ten have not been used for a whole interval. */
	assert_int_equal(units_of(g.lc[0], c), MAX / 2 - 10);
	pass_window(g.lc[0]);
	assert_int_equal(units_of(g.lc[0], c), 0);
	uncharge(g.lc[1], c, usage_of(g.d, c) - stock_of(g.d, c));
	close_group(&g);
}

static void
a_watch_ends_when_its_lcore_goes_offline(void **state)
{
	struct group g;
	ration_counter_t c;

	(void)state;
	c = open_watching(&g);
	use_packets(g.lc[0], c, 20);
	assert_int_equal(ration_lcore_offline(g.lc[0]), 0);
	assert_int_equal(usage_of(g.d, c), 0);
	assert_int_equal(ration_lcore_online(g.lc[0]), 0);
	assert_false(ration_is_watched(g.lc[0], (uint32_t)c));
	close_group(&g);
}

/* The index of a destroyed counter is watched on; the next counter there is not harmed. */
static void
a_watched_counter_may_be_destroyed(void **state)
{
	ration_counter_t c, next = 0;
	struct group g;
	char name[8];
	uint32_t i;

	(void)state;
	c = open_watching(&g);
	use_packets(g.lc[0], c, 20);
	pass_window(g.lc[0]);
	assert_int_equal(ration_counter_destroy(g.d, c, 0), 0);
	for (i = 0; i < 64 && (uint32_t)next != (uint32_t)c; i++) {
		snprintf(name, sizeof(name), "%u", i);
		next = make_counter(g.d, g.root, name, 1000, BATCH);
	}
	pass_window(g.lc[0]);
	for (i = 0; i < 2 * RATION_WATCH_TURNS; i++) {
		assert_int_equal(use_packets(g.lc[0], next, BURST), BURST);
		pass_window(g.lc[0]);
	}
	assert_true(units_of(g.lc[0], next) > 0);
	drain_all(g.d);
	close_group(&g);
}

/* ---- a parent that lacks room */

/* lc[0] and lc[1] use counters of their own below a full parent, and watch the parent. */
static void
open_levels(struct group *g, ration_counter_t c[3])
{
	ration_counter_t parent;
	uint32_t i, round;
	char name[8];

	open_group(g);
	parent = make_counter(g->d, g->root, "parent", MAX, BATCH);
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%u", i);
		c[i] = make_counter(g->d, parent, name, RATION_UNLIMITED, BATCH);
	}
	for (round = 0; round < 6; round++) {
		for (i = 0; i < 2; i++) {
			use_packets(g->lc[i], c[i], BURST);
			ration_quiescent(g->lc[i]);
		}
	}
	for (i = 0; i < 2; i++) {
		assert_int_equal(units_of(g->lc[i], c[i]), MAX / 2);
		assert_true(ration_level_is_watched(g->lc[i], (uint32_t)parent));
	}
}

static void
members_that_watch_a_level_are_not_asked(void **state)
{
	ration_counter_t c[3];
	struct group g;
	uint32_t i;

	(void)state;
	open_levels(&g, c);
	for (i = 0; i < 10; i++) {
		assert_int_equal(use_packets(g.lc[0], c[0], BURST), MAX / 2);
		assert_false(is_asked(g.lc[0]));
		assert_false(is_asked(g.lc[1]));
		ration_quiescent(g.lc[0]);
	}
	/* An lcore that was granted nothing as large asks for what is in use. */
	assert_int_equal(ration_try_charge(g.lc[0], c[0], MAX), -EDQUOT);
	assert_true(is_asked(g.lc[1]));
	ration_quiescent(g.lc[1]);
	assert_int_equal(units_of(g.lc[1], c[1]), 0);
	close_group(&g);
}

/* Stock of another counter below the parent is not watched: a refused charge asks again. */
static void
a_level_is_watched_only_with_all_stock_below_it(void **state)
{
	ration_counter_t c[3];
	struct group g;
	uint32_t i;

	(void)state;
	open_levels(&g, c);
	/* Of what lc[1] does not use, some goes into its stock of the third counter. */
	for (i = 0; i < 2 * RATION_WATCH_TURNS; i++)
		ration_quiescent(g.lc[1]);
	assert_int_equal(units_of(g.lc[1], c[1]), 0);
	charge(g.lc[1], c[2], 10);
	uncharge(g.lc[1], c[2], 10);
	assert_true(units_of(g.lc[1], c[2]) > 0);
	use_packets(g.lc[0], c[0], MAX + 1);
	ration_quiescent(g.lc[0]);
	assert_int_equal(use_packets(g.lc[0], c[0], MAX + 1), MAX - units_of(g.lc[1], c[2]));
	assert_true(is_asked(g.lc[1]));
	ration_quiescent(g.lc[1]);
	assert_int_equal(units_of(g.lc[1], c[2]), 0);
	close_group(&g);
}

/* Without refusals the watches end, and an lcore that goes offline has none: no level stays. */
static void
levels_end_with_their_watches(void **state)
{
	ration_counter_t c[3];
	struct group g;
	uint32_t i, k;

	(void)state;
	for (k = 0; k < 2; k++) {
		open_levels(&g, c);
		if (k == 0) {
			for (i = 0; i <= RATION_WATCH_WINDOWS * RATION_WATCH_TURNS; i++)
				ration_quiescent(g.lc[0]);
		} else {
			ration_lcore_offline(g.lc[0]);
			ration_lcore_online(g.lc[0]);
		}
		for (i = 0; i < RATION_LEVELS_MAX; i++)
			assert_int_equal(ration_workspace(g.lc[0])->levels[i], 0);
		close_group(&g);
	}
}

/* ---- units that are used one by one */

/* In a window in which the lcore has used all, its charges are hits again, and it keeps all. */
static void
an_lcore_that_uses_all_pays_once_in_a_window(void **state)
{
	struct group g;
	ration_counter_t c;
	uint32_t i;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", MAX, BATCH);
	for (i = 0; i < MAX; i++)
		charge(g.lc[0], c, 1);
	assert_int_equal(ration_try_charge(g.lc[0], c, 1), -EDQUOT);
	for (i = 0; i < MAX; i++)
		uncharge(g.lc[0], c, 1);
	pass_window(g.lc[0]);
	assert_int_equal(units_of(g.lc[0], c), MAX);
	assert_false(__ration_stock_take(g.lc[0], c, 1));
	for (i = 0; i < MAX; i++)
		charge(g.lc[0], c, 1);
	for (i = 0; i < MAX; i++)
		assert_true(__ration_stock_put(g.lc[0], c, 1));
	for (i = 0; i < MAX; i++)
		assert_true(__ration_stock_take(g.lc[0], c, 1));
	for (i = 0; i < MAX; i++)
		uncharge(g.lc[0], c, 1);
	close_group(&g);
}

/* In bytes: a large charge is noted after small ones have used all, so no lcore loses its part. */
static void
charges_of_all_sizes_are_noted(void **state)
{
	struct group g;
	ration_counter_t c;
	uint32_t i, k;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", 2 * MAX, BATCH);
	for (i = 0; i < 12; i++) {
		use_packets(g.lc[i % 2], c, MAX + BURST);
		ration_quiescent(g.lc[i % 2]);
	}
	for (k = 0; k < 2; k++) {
		assert_int_equal(units_of(g.lc[0], c), MAX);
		pass_window(g.lc[0]);
		for (i = 0; i < MAX / 2; i++)
			charge(g.lc[0], c, 2);
		for (i = 0; i < MAX / 2; i++)
			uncharge(g.lc[0], c, 2);
		charge(g.lc[0], c, 40);
		assert_int_equal(ration_try_charge(g.lc[0], c, 40), -EDQUOT);
		assert_false(is_asked(g.lc[1]));
		uncharge(g.lc[0], c, 40);
	}
	close_group(&g);
}

/* Single units above the share go back one by one: the lcore needs the others again. */
static void
an_lcore_that_uses_all_keeps_its_share(void **state)
{
	struct group g;
	ration_counter_t c;
	uint32_t i;

	(void)state;
	open_group(&g);
	c = make_counter(g.d, g.root, "c", MAX, BATCH);
	for (i = 0; i < 12; i++) {
		use_packets(g.lc[i % 2], c, BURST);
		ration_quiescent(g.lc[i % 2]);
	}
	for (i = 0; i < 2 * RATION_WATCH_TURNS; i++)
		ration_quiescent(g.lc[1]);
	assert_int_equal(units_of(g.lc[1], c), 0);
	assert_int_equal(units_of(g.lc[0], c), MAX / 2);
	for (i = 0; i < MAX; i++)
		charge(g.lc[0], c, 1);
	for (i = 0; i < MAX; i++)
		uncharge(g.lc[0], c, 1);
	assert_int_equal(units_of(g.lc[0], c), MAX / 2);
	close_group(&g);
}

int
main(void)
{
	const struct CMUnitTest watch[] = {
		cmocka_unit_test(what_is_used_stays_and_the_rest_goes_back),
		cmocka_unit_test(single_units_are_used_as_well),
		cmocka_unit_test(lcores_that_use_all_do_not_disturb_each_other),
		cmocka_unit_test(who_comes_later_gets_a_share),
		cmocka_unit_test(a_watch_ends_after_the_last_refusal),
		cmocka_unit_test(an_lcore_watches_a_few_entries),
		cmocka_unit_test(a_drain_takes_what_is_in_use),
		cmocka_unit_test(units_that_only_come_back_are_not_used),
		cmocka_unit_test(a_watch_ends_when_its_lcore_goes_offline),
		cmocka_unit_test(a_watched_counter_may_be_destroyed),
		cmocka_unit_test(members_that_watch_a_level_are_not_asked),
		cmocka_unit_test(a_level_is_watched_only_with_all_stock_below_it),
		cmocka_unit_test(levels_end_with_their_watches),
		cmocka_unit_test(an_lcore_that_uses_all_pays_once_in_a_window),
		cmocka_unit_test(charges_of_all_sizes_are_noted),
		cmocka_unit_test(an_lcore_that_uses_all_keeps_its_share),
	};

	if (test_eal_start("watch", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(watch, NULL, NULL));
}
