/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Bounds of stock are used as far as they allow, and no further: batch, cap, the share of a limit
 * at every level, and stock_max (P4). So the numbers are exact.
 */

#include <stdio.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "group.h"
#include "ration_pvt.h"

#define BATCH 64u

/* Far from a limit: a refill takes the batch, and the stock grows to twice of it. */
static void
stock_is_filled_to_exactly_twice_the_batch(void **state)
{
	static const uint32_t batches[] = {1, 2, 3, BATCH, 1000, RATION_BATCH_MAX};
	struct fixture *f = *state;
	ration_counter_t c;
	uint64_t trims;
	uint32_t i;

	for (i = 0; i < RTE_DIM(batches); i++) {
		c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, batches[i]);
		charge(f->lc[0], c, 3 * (uint64_t)batches[i]);
		assert_int_equal(units_of(f->lc[0], c), batches[i]);
		trims = stats_of(f->lc[0]).trims;
		uncharge(f->lc[0], c, batches[i]);
		assert_int_equal(units_of(f->lc[0], c), 2 * batches[i]);
		assert_int_equal(stats_of(f->lc[0]).trims, trims);
		uncharge(f->lc[0], c, 1);
		assert_int_equal(units_of(f->lc[0], c), batches[i]);
		assert_int_equal(stats_of(f->lc[0]).trims, trims + 1);
		uncharge(f->lc[0], c, 2 * (uint64_t)batches[i] - 1);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	}
}

/* ---- the share of a limit, at every level */

struct chain {
	ration_counter_t path[RATION_DEPTH_MAX + 1];
	ration_counter_t leaf;
};

static struct chain
make_chain(const struct fixture *f, uint32_t flags)
{
	struct chain k = {.path = {f->root}};
	uint32_t i;

	for (i = 1; i <= RATION_DEPTH_MAX; i++)
		k.path[i] = make_counter(f->d, k.path[i - 1], "c", RATION_UNLIMITED, BATCH);
	k.leaf = k.path[RATION_DEPTH_MAX];
	ration_counter_change_flags(ration_resolve(f->d, k.leaf), flags, 0);
	return k;
}

/* Units that a refill of `need` takes ahead, with this margin and number of online members. */
static uint64_t
share_of(uint64_t margin, uint64_t need, uint32_t members)
{
	uint64_t share = margin > need ? (margin - need) / (2 * (uint64_t)members) : 0;

	return RTE_MIN(share, (uint64_t)BATCH);
}

static void
refill_takes(const struct fixture *f, const struct chain *k, uint32_t level, uint64_t left,
	     uint32_t members)
{
	const uint64_t share = share_of(left, 3, members);
	uint32_t i;

	assert_int_equal(ration_counter_set_max(f->d, k->path[level], 1000, 0), 0);
	charge(f->lc[0], k->path[level], 1000 - left);
	drain_all(f->d);
	charge(f->lc[0], k->leaf, 3);
	assert_int_equal(units_of(f->lc[0], k->leaf), share);
	for (i = 0; i <= level; i++)
		assert_int_equal(usage_of(f->d, k->path[i]), 1000 - left + 3 + share);
	/* The cap is used, too: as many units again fit. */
	uncharge(f->lc[0], k->leaf, RTE_MIN(share, UINT64_C(3)));
	assert_int_equal(units_of(f->lc[0], k->leaf), share + RTE_MIN(share, UINT64_C(3)));
	uncharge(f->lc[0], k->leaf, 3 - RTE_MIN(share, UINT64_C(3)));
	drain_all(f->d);
	uncharge(f->lc[0], k->path[level], 1000 - left);
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_int_equal(ration_counter_set_max(f->d, k->path[level], RATION_UNLIMITED, 0), 0);
}

/* With all members online, and with one of them offline, which does not count. */
static void
near_a_limit_at_any_level_a_refill_takes_exactly_its_share(void **state)
{
	static const uint64_t left[] = {3, 4, 6, 7, 8, 10, 11, 12, 50, 257, 258, 259, 260, 1000};
	struct fixture *f = *state;
	struct chain k = make_chain(f, 0);
	uint32_t level, i;

	for (level = 0; level <= RATION_DEPTH_MAX; level++) {
		for (i = 0; i < RTE_DIM(left); i++) {
			refill_takes(f, &k, level, left[i], 2);
			assert_int_equal(ration_lcore_offline(f->lc[1]), 0);
			refill_takes(f, &k, level, left[i], 1);
			assert_int_equal(ration_lcore_online(f->lc[1]), 0);
		}
	}
}

/* The stock of the lcore that returns units may keep what a refill would take, and not more. */
static void
near_a_limit_at_any_level_an_exact_counter_keeps_its_margin(void **state)
{
	static const uint64_t left[] = {0, 3, 4, 7, 8, 100, 255, 256, 257, 900};
	struct fixture *f = *state;
	struct chain k = make_chain(f, RATION_COUNTER_EXACT);
	uint64_t share;
	uint32_t level, i;

	for (level = 0; level <= RATION_DEPTH_MAX; level++) {
		assert_int_equal(ration_counter_set_max(f->d, k.path[level], 1000, 0), 0);
		for (i = 0; i < RTE_DIM(left); i++) {
			charge(ration_lcore_shared(f->d), k.leaf, 1000 - left[i]);
			share = share_of(left[i], 0, 2);
			uncharge(f->lc[1], k.leaf, 90);
			assert_int_equal(units_of(f->lc[1], k.leaf), share);
			assert_int_equal(usage_of(f->d, f->root), 1000 - left[i] - 90 + share);
			uncharge(f->lc[1], k.leaf, 1000 - left[i] - 90);
			drain_all(f->d);
			assert_int_equal(usage_of(f->d, f->root), 0);
		}
		assert_int_equal(ration_counter_set_max(f->d, k.path[level], RATION_UNLIMITED, 0),
				 0);
	}
}

/* A limit below usage leaves no margin, at whichever level it is. */
static void
above_a_limit_at_any_level_nothing_is_taken_ahead_or_kept(void **state)
{
	struct fixture *f = *state;
	struct chain k = make_chain(f, 0);
	uint32_t level;

	for (level = 0; level <= RATION_DEPTH_MAX; level++) {
		charge(f->lc[0], k.leaf, 500);
		drain_all(f->d);
		assert_int_equal(ration_counter_set_max(f->d, k.path[level], 100, 0), 0);
		assert_int_equal(ration_charge_force(f->lc[0], k.leaf, 7), 0);
		assert_int_equal(units_of(f->lc[0], k.leaf), 0);
		uncharge(f->lc[1], k.leaf, 300);
		assert_int_equal(units_of(f->lc[1], k.leaf), 0);
		assert_int_equal(usage_of(f->d, f->root), 207);
		uncharge(f->lc[1], k.leaf, 207);
		assert_int_equal(ration_counter_set_max(f->d, k.path[level], RATION_UNLIMITED, 0),
				 0);
	}
}

/* ---- stock_max */

#define NB_COUNTERS 40
#define NB_MEMBERS 4

struct shared_out {
	struct ration_domain *d;
	struct ration_lcore *lc[NB_MEMBERS];
	ration_counter_t c[NB_COUNTERS];
};

static void
share_out(struct shared_out *o, uint64_t stock_max, uint32_t batch)
{
	const struct ration_domain_params params = {
		.max_counters = 64, .max_members = NB_MEMBERS, .stock_max = stock_max};
	static uint32_t serial;
	char name[RATION_DOMAIN_NAMESIZE];
	uint32_t i;

	snprintf(name, sizeof(name), "share%u", serial++);
	o->d = ration_domain_create(name, &params);
	assert_non_null(o->d);
	for (i = 0; i < NB_MEMBERS; i++) {
		o->lc[i] = ration_lcore_register_extra(o->d);
		assert_non_null(o->lc[i]);
	}
	for (i = 0; i < NB_COUNTERS; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		o->c[i] =
			make_counter(o->d, ration_domain_root(o->d), name, RATION_UNLIMITED, batch);
	}
}

static void
end_sharing(struct shared_out *o)
{
	uint32_t i;

	assert_sound(o->d);
	for (i = 0; i < NB_MEMBERS; i++)
		assert_int_equal(ration_lcore_unregister(o->lc[i]), 0);
	assert_int_equal(ration_domain_free(o->d), 0);
}

/* Charge some units and return a part, so that the stock entry is filled to its cap. */
static void
fill(struct ration_lcore *lc, ration_counter_t c)
{
	charge(lc, c, 10000);
	uncharge(lc, c, units_of(lc, c));
}

static uint64_t
hidden(const struct shared_out *o)
{
	return stock_of(o->d, ration_domain_root(o->d));
}

static void
one_counter_may_use_all_of_its_member_s_share(void **state)
{
	static const uint64_t shares[] = {0, 1, 2, 3, 100, 127, 128, 129, 1001};
	struct shared_out o;
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(shares); i++) {
		share_out(&o, NB_MEMBERS * shares[i] + NB_MEMBERS - 1, 4096);
		fill(o.lc[0], o.c[0]);
		/* A cap is twice a number of units, so one unit of an odd share stays unused. */
		assert_int_equal(hidden(&o), RTE_ALIGN_FLOOR(shares[i], UINT64_C(2)));
		assert_int_equal(ration_workspace(o.lc[0])->caps, hidden(&o));
		end_sharing(&o);
	}
}

static void
counters_use_the_share_of_their_member_together(void **state)
{
	static const uint64_t shares[] = {2, 100, 126, 128, 130, 1000, 2560, 10000};
	struct shared_out o;
	uint32_t i, k;

	(void)state;
	for (i = 0; i < RTE_DIM(shares); i++) {
		share_out(&o, NB_MEMBERS * shares[i], BATCH);
		for (k = 0; k < NB_COUNTERS; k++)
			fill(o.lc[0], o.c[k]);
		assert_int_equal(hidden(&o), RTE_MIN(shares[i], 2 * BATCH * (uint64_t)NB_COUNTERS));
		/* The first ones have as much as their batch allows. */
		for (k = 0; k < shares[i] / (2 * BATCH) && k < NB_COUNTERS; k++)
			assert_int_equal(units_of(o.lc[0], o.c[k]), 2 * BATCH);
		end_sharing(&o);
	}
}

static void
every_member_uses_a_share_of_its_own(void **state)
{
	struct shared_out o;
	uint32_t i, k;

	(void)state;
	share_out(&o, 4000, BATCH);
	for (i = 0; i < NB_MEMBERS; i++) {
		assert_int_equal(hidden(&o), 1000 * i);
		for (k = 0; k < NB_COUNTERS; k++)
			fill(o.lc[i], o.c[NB_COUNTERS - 1 - k]);
		assert_int_equal(hidden(&o), 1000 * (i + 1));
	}
	end_sharing(&o);
}

/* How the stock of the first counters is returned: the room is used again by the others. */
static void
returned_stock_makes_room_for_other_counters(void **state)
{
	struct shared_out o;
	uint32_t way, k;

	(void)state;
	for (way = 0; way < 5; way++) {
		share_out(&o, 4000, BATCH);
		for (k = 0; k < 8; k++)
			fill(o.lc[0], o.c[k]);
		assert_int_equal(hidden(&o), 1000);
		fill(o.lc[0], o.c[20]);
		assert_int_equal(units_of(o.lc[0], o.c[20]), 0);
		switch (way) {
		case 0:
			assert_int_equal(ration_drain(o.d, o.c[3], 0, NULL), 0);
			break;
		case 1:
			assert_int_equal(ration_counter_set_max(o.d, o.c[3], 10000, 0), 0);
			assert_int_equal(ration_try_charge(ration_lcore_shared(o.d), o.c[3], 99999),
					 -EDQUOT);
			ration_quiescent(o.lc[0]);
			break;
		case 2: /* A trim that keeps nothing. */
			assert_int_equal(ration_counter_set_batch(o.d, o.c[3], 0), 0);
			uncharge(o.lc[0], o.c[3], 5000);
			break;
		case 3:
			uncharge(ration_lcore_shared(o.d), o.c[3], 10000 - 2 * BATCH);
			assert_int_equal(
				ration_counter_destroy(o.d, o.c[3], RATION_DESTROY_KEEP_UNITS), 0);
			break;
		default:
			assert_int_equal(ration_lcore_offline(o.lc[0]), 0);
			assert_int_equal(ration_lcore_online(o.lc[0]), 0);
			for (k = 0; k < 8; k++) {
				if (k != 3)
					fill(o.lc[0], o.c[k]);
			}
			break;
		}
		/* In the last case the other seven have taken their caps again, all but 104. */
		assert_int_equal(hidden(&o), way < 4 ? 1000 - 2 * BATCH : 7 * 2 * BATCH);
		fill(o.lc[0], o.c[21]);
		assert_int_equal(units_of(o.lc[0], o.c[21]), way < 4 ? 2 * BATCH : 104);
		assert_int_equal(hidden(&o), 1000);
		end_sharing(&o);
	}
}

int
main(void)
{
	const struct CMUnitTest bounds[] = {
		with_one_member(stock_is_filled_to_exactly_twice_the_batch),
		with_two_members(near_a_limit_at_any_level_a_refill_takes_exactly_its_share),
		with_two_members(near_a_limit_at_any_level_an_exact_counter_keeps_its_margin),
		with_two_members(above_a_limit_at_any_level_nothing_is_taken_ahead_or_kept),
		cmocka_unit_test(one_counter_may_use_all_of_its_member_s_share),
		cmocka_unit_test(counters_use_the_share_of_their_member_together),
		cmocka_unit_test(every_member_uses_a_share_of_its_own),
		cmocka_unit_test(returned_stock_makes_room_for_other_counters),
	};

	if (test_eal_start("bounds", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(bounds, NULL, NULL));
}
