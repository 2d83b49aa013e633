/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Refusals and the return of stock with the limit at every level, the root included (P3, P4). All
 * members belong to the thread of the test, so no call has to wait: with a timeout of 0 a defect
 * shows as -ETIMEDOUT at once.
 */

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

/* A chain of counters from the root down; the last one is charged. A sibling beside each. */
struct chain {
	ration_counter_t path[RATION_DEPTH_MAX + 1];
	ration_counter_t beside[RATION_DEPTH_MAX + 1];
	uint32_t depth;
	ration_counter_t leaf;
};

static struct chain
make_chain(const struct fixture *f, uint32_t depth, uint32_t batch)
{
	struct chain k = {.path = {f->root}, .depth = depth};
	uint32_t i;

	for (i = 1; i <= depth; i++) {
		k.path[i] = make_counter(f->d, k.path[i - 1], "c", RATION_UNLIMITED, batch);
		k.beside[i] = make_counter(f->d, k.path[i - 1], "beside", RATION_UNLIMITED, batch);
	}
	k.leaf = k.path[depth];
	return k;
}

static void
free_chain(const struct fixture *f, const struct chain *k)
{
	uint32_t i;

	for (i = k->depth; i > 0; i--) {
		assert_int_equal(ration_counter_destroy(f->d, k->beside[i], 0), 0);
		assert_int_equal(ration_counter_destroy(f->d, k->path[i], 0), 0);
	}
}

static void
set_limit(const struct fixture *f, ration_counter_t c, uint64_t max)
{
	assert_int_equal(ration_counter_set_max(f->d, c, max, 0), 0);
}

/* As if walks had failed at every level, at each another number of times. */
static void
age_rollbacks(const struct fixture *f, const struct chain *k)
{
	uint32_t i;

	for (i = 0; i <= k->depth; i++)
		ration_fetch_add(&ration_counter_at(f->d, (uint32_t)k->path[i])->rollbacks,
				 3 + 7 * i, seq_cst);
}

/* The units are in stock of the other lcore, in the leaf or beside the level below the limit. */
static void
is_exact_at(struct fixture *f, const struct chain *k, uint32_t level, ration_counter_t hidden_in)
{
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint64_t failures = failures_of(f->d, k->path[level]), refusals;

	set_limit(f, k->path[level], 1000);
	assert_int_equal(ration_try_charge(f->lc[1], hidden_in, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[1], hidden_in, 1), 0);
	assert_int_equal(stock_of(f->d, k->path[level]), 17);
	refusals = stats_of(f->lc[0]).refusals;
	assert_int_equal(ration_try_charge_sync(f->lc[0], k->leaf, 1001, 0, &report), -EDQUOT);
	assert_int_equal(report.nb_timedout, 0);
	assert_int_equal(report.nb_rounds, 1);
	assert_int_equal(failures_of(f->d, k->path[level]), failures + 1);
	assert_int_equal(stats_of(f->lc[0]).refusals, refusals + 1);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_int_equal(ration_try_charge(f->lc[1], hidden_in, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[1], hidden_in, 1), 0);
	assert_int_equal(ration_try_charge_sync(f->lc[0], k->leaf, 1000, 0, &report), 0);
	assert_int_equal(usage_of(f->d, k->path[level]), 1000);
	assert_int_equal(ration_try_charge_sync(f->lc[0], k->leaf, 1, 0, &report), -EDQUOT);
	assert_int_equal(failures_of(f->d, k->path[level]), failures + 2);
	assert_int_equal(ration_uncharge(f->lc[0], k->leaf, 1000), 0);
	drain_all(f->d);
	set_limit(f, k->path[level], RATION_UNLIMITED);
}

static void
after_failed_walks_a_refusal_is_exact_at_every_level(void **state)
{
	struct fixture *f = *state;
	uint32_t depth, level;
	struct chain k;

	for (depth = 1; depth <= RATION_DEPTH_MAX; depth++) {
		k = make_chain(f, depth, 16);
		for (level = 0; level <= depth; level++) {
			age_rollbacks(f, &k);
			is_exact_at(f, &k, level, k.leaf);
			if (level < depth)
				is_exact_at(f, &k, level, k.beside[level + 1]);
		}
		free_chain(f, &k);
	}
}

/* Each level above the one drained first lacks room, too: one round for each that is in the way. */
static void
one_level_after_the_other_lacks_room(void **state)
{
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	struct fixture *f = *state;
	struct chain k = make_chain(f, RATION_DEPTH_MAX, 16);
	uint32_t i;

	/* At level i there are 17 units of stock in the counter beside level i + 1. */
	for (i = 1; i <= k.depth; i++) {
		assert_int_equal(ration_try_charge(f->lc[1], k.beside[i], 1), 0);
		assert_int_equal(ration_uncharge(f->lc[1], k.beside[i], 1), 0);
	}
	for (i = 0; i < k.depth; i++)
		set_limit(f, k.path[i], 100);
	age_rollbacks(f, &k);
	assert_int_equal(ration_try_charge_sync(f->lc[0], k.leaf, 101, 0, &report), -EDQUOT);
	assert_int_equal(report.nb_timedout, 0);
	/* The lowest level with the limit, which is the one that the refusal is counted at. */
	assert_int_equal(failures_of(f->d, k.path[k.depth - 1]), 1);
	assert_int_equal(ration_try_charge_sync(f->lc[0], k.leaf, 100, 0, &report), 0);
	assert_in_range(report.nb_rounds, 1, k.depth);
	assert_int_equal(ration_uncharge(f->lc[0], k.leaf, 100), 0);
}

/* A plain refusal at any level has the stock below it returned, wherever it is. */
static void
stock_below_any_level_comes_back_after_one_quiescent_point(void **state)
{
	struct fixture *f = *state;
	struct chain k = make_chain(f, RATION_DEPTH_MAX, 16);
	uint32_t level, i;

	for (level = 0; level <= k.depth; level++) {
		set_limit(f, k.path[level], 1000);
		for (i = level; i <= k.depth; i++) {
			ration_counter_t in = i == k.depth ? k.leaf : k.beside[i + 1];

			assert_int_equal(ration_try_charge(f->lc[1], in, 1), 0);
			assert_int_equal(ration_uncharge(f->lc[1], in, 1), 0);
			assert_int_equal(ration_try_charge(f->lc[0], k.leaf, 1000), -EDQUOT);
			ration_quiescent(f->lc[0]);
			ration_quiescent(f->lc[1]);
			assert_int_equal(stock_of(f->d, k.path[level]), 0);
			assert_int_equal(ration_try_charge(f->lc[0], k.leaf, 1000), 0);
			assert_int_equal(ration_uncharge(f->lc[0], k.leaf, 1000), 0);
			drain_all(f->d);
		}
		set_limit(f, k.path[level], RATION_UNLIMITED);
	}
}

/* A strict limit drains what is in its way, at every level; refused, it leaves the old one. */
static void
a_strict_limit_is_exact_at_every_level(void **state)
{
	struct fixture *f = *state;
	struct chain k = make_chain(f, RATION_DEPTH_MAX, 16);
	uint32_t level;

	for (level = 0; level <= k.depth; level++) {
		assert_int_equal(ration_try_charge(f->lc[0], k.leaf, 10), 0);
		assert_true(usage_of(f->d, k.path[level]) > 10);
		assert_int_equal(ration_counter_set_max(f->d, k.path[level], 9, RATION_MAX_STRICT),
				 -EBUSY);
		assert_int_equal(info_of(f->d, k.path[level]).max, RATION_UNLIMITED);
		assert_int_equal(ration_try_charge(f->lc[1], k.leaf, 1), 0);
		assert_int_equal(ration_uncharge(f->lc[1], k.leaf, 1), 0);
		assert_int_equal(ration_counter_set_max(f->d, k.path[level], 10, RATION_MAX_STRICT),
				 0);
		assert_int_equal(usage_of(f->d, k.path[level]), 10);
		assert_int_equal(ration_try_charge(f->lc[0], k.leaf, 1), -EDQUOT);
		assert_int_equal(ration_uncharge(f->lc[0], k.leaf, 10), 0);
		set_limit(f, k.path[level], RATION_UNLIMITED);
		drain_all(f->d);
	}
}

/* A burst beside the limit is granted as far as it fits, at whichever level the limit is. */
static void
a_burst_is_granted_to_the_unit_at_every_level(void **state)
{
	struct fixture *f = *state;
	struct chain k = make_chain(f, RATION_DEPTH_MAX, 16);
	ration_counter_t c[24];
	uint8_t granted[RTE_DIM(c)];
	uint32_t level, i;

	/* All packets of a counter are charged where its first one misses: 8 and then 2. */
	for (i = 0; i < RTE_DIM(c); i++)
		c[i] = i % 3 == 0 ? k.beside[k.depth] : k.leaf;
	for (level = 0; level < k.depth; level++) {
		set_limit(f, k.path[level], 10);
		assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, RTE_DIM(c), granted),
				 10);
		for (i = 0; i < RTE_DIM(c); i++)
			assert_int_equal(granted[i], i % 3 == 0 || i <= 2);
		assert_int_equal(usage_of(f->d, k.path[level]), 10);
		for (i = 0; i < RTE_DIM(c); i++) {
			if (granted[i])
				assert_int_equal(ration_uncharge(f->lc[0], c[i], 1), 0);
		}
		drain_all(f->d);
		assert_int_equal(usage_of(f->d, f->root), 0);
		set_limit(f, k.path[level], RATION_UNLIMITED);
	}
}

int
main(void)
{
	const struct CMUnitTest exact[] = {
		with_two_members(after_failed_walks_a_refusal_is_exact_at_every_level),
		with_two_members(one_level_after_the_other_lacks_room),
		with_two_members(stock_below_any_level_comes_back_after_one_quiescent_point),
		with_two_members(a_strict_limit_is_exact_at_every_level),
		with_two_members(a_burst_is_granted_to_the_unit_at_every_level),
	};

	if (test_eal_start("exact", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(exact, NULL, NULL));
}
