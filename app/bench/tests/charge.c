/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>

#include <rte_common.h>

#include <ration.h>

#include "harness/cases.h"
#include "tests/test.h"

/**
 * @file
 * Time of a pair of a charge and an uncharge on one lcore: of one counter, of several counters in
 * turn, of bursts over many counters, and at each depth, for libration and all baselines.
 */

static const struct backend *const deep[] = {
	&backend_ration,     &backend_atomic_tree, &backend_cas_tree, &backend_spinlock_tree,
	&backend_slots_7_rr, &backend_stock_v3,	   &backend_stock_v4, NULL};
static const struct backend *const flat[] = {&backend_limit, &backend_limit_counter,
					     &backend_mempool_cache, &backend_meter, NULL};
static const struct backend *const round_robin[] = {
	&backend_limit,		&backend_ration,      &backend_slots_7_random,
	&backend_slots_7_rr,	&backend_stock_v3,    &backend_stock_v4,
	&backend_limit_counter, &backend_atomic_tree, NULL};
static const struct backend *const in_passes[] = {
	&backend_limit, &backend_ration, &backend_slots_7_random, &backend_slots_7_rr, NULL};
static const struct backend *const at_random[] = {
	&backend_limit, &backend_ration, &backend_slots_7_random, &backend_slots_7_rr, NULL};
static const struct backend *const in_bulk[] = {&backend_mempool_cache, NULL};
static const struct backend *const fastest[] = {&backend_limit, &backend_ration, NULL};

/** Slots of the implementations slots-7-*. */
#define SLOTS 7u
static const uint32_t round_robin_counters[] = {1, 2, 3, 4, 5, 6, SLOTS, SLOTS + 1, 16, 32, 256};
static const uint32_t burst_counters[] = {1, 32, 1024, 65536, 1048576};
/** Largest number of counters in a quick run, which has little memory. */
#define COUNTERS_QUICK 1024

static void
add_cases(const struct bench *b, struct case_list *l)
{
	struct bench_case c = {.name = "pair", .pattern = BACKEND_SAME, .counters = 1};
	uint32_t i;

	c.depth = 1;
	cases_add_all(l, flat, c);
	for (c.depth = 1; c.depth <= RATION_DEPTH_MAX; c.depth++)
		cases_add_all(l, deep, c);
	c.depth = 1;
	c.name = "out-of-line pair";
	c.pattern = BACKEND_CALLS;
	cases_add_all(l, fastest, c);

	c.name = "round robin";
	c.pattern = BACKEND_ROUND_ROBIN;
	c.depth = DEPTH_OF_THREE;
	for (i = 0; i < RTE_DIM(round_robin_counters); i++) {
		c.counters = round_robin_counters[i];
		c.name = "round robin";
		c.pattern = BACKEND_ROUND_ROBIN;
		cases_add_all(l, round_robin, c);
		c.name = "passes";
		c.pattern = BACKEND_PASSES;
		cases_add_all(l, in_passes, c);
	}
	c.pattern = BACKEND_ROUND_ROBIN;
	c.name = "random";
	c.random = true;
	c.counters = 1024;
	cases_add_all(l, at_random, c);

	c.depth = 1;
	c.counters = 1;
	c.name = "burst";
	c.pattern = BACKEND_BURSTS;
	cases_add_all(l, in_bulk, c);
	for (i = 0;
	     i < RTE_DIM(burst_counters) && (!b->quick || burst_counters[i] <= COUNTERS_QUICK);
	     i++) {
		c.counters = burst_counters[i];
		c.name = "burst";
		c.pattern = BACKEND_BURSTS;
		cases_add_all(l, fastest, c);
		c.name = "burst, prefetched";
		c.pattern = BACKEND_BURSTS_AHEAD;
		cases_add_all(l, fastest, c);
	}
}

struct charge_ratio {
	const char *name;
	struct row_key over, under;
	double target;
	bool at_least;
	/** Bound on a machine with more expensive atomic instructions; 0: none. */
	double reference;
};

#define PAIR(impl, depth)                                                                          \
	{                                                                                          \
		impl, "pair", 1, depth, 0                                                          \
	}
#define ROUND_ROBIN(impl, counters)                                                                \
	{                                                                                          \
		impl, "round robin", counters, DEPTH_OF_THREE, 0                                   \
	}
#define PASSES(impl, counters)                                                                     \
	{                                                                                          \
		impl, "passes", counters, DEPTH_OF_THREE, 0                                        \
	}
#define BURST(impl, counters)                                                                      \
	{                                                                                          \
		impl, "burst", counters, 1, 0                                                      \
	}
#define AHEAD(impl, counters)                                                                      \
	{                                                                                          \
		impl, "burst, prefetched", counters, 1, 0                                          \
	}

static const struct charge_ratio ratios[] = {
	{"pair: ration / limit", PAIR("ration", 1), PAIR("limit", 1), 1.5, false, 0},
	{"pair: ration at depth 8 / depth 1", PAIR("ration", 8), PAIR("ration", 1), 1.1, false, 0},
	{"pair, out of line: ration / limit",
	 {"ration", "out-of-line pair", 0, 0, 0},
	 {"limit", "out-of-line pair", 0, 0, 0},
	 0,
	 false,
	 0},
	{"burst of 32 over 1024 counters: ration / limit", BURST("ration", 1024),
	 BURST("limit", 1024), 1.5, false, 0},
	{"burst of 32 over 65536 counters: ration / limit", BURST("ration", 65536),
	 BURST("limit", 65536), 0, false, 0},
	{"burst of 32 over 1 Mi counters, prefetched: ration / limit", AHEAD("ration", 1048576),
	 AHEAD("limit", 1048576), 1.5, false, 0},
	{"burst of 32 over 1 Mi counters: prefetched / not, ration", AHEAD("ration", 1048576),
	 BURST("ration", 1048576), 0, false, 0},
	{"round robin: ration over 8 counters / 7", ROUND_ROBIN("ration", 8),
	 ROUND_ROBIN("ration", 7), 1.1, false, 0},
	{"round robin over 1 counter: ration / limit", ROUND_ROBIN("ration", 1),
	 ROUND_ROBIN("limit", 1), 0, false, 0},
	{"round robin over 256 counters: ration / limit", ROUND_ROBIN("ration", 256),
	 ROUND_ROBIN("limit", 256), 0, false, 0},
	{"random over 1024 counters: ration / limit",
	 {"ration", "random", 0, 0, 0},
	 {"limit", "random", 0, 0, 0},
	 0,
	 false,
	 0},
	{"round robin over 8 counters: slots-7-rr / ration, at least", ROUND_ROBIN("slots-7-rr", 8),
	 ROUND_ROBIN("ration", 8), 1, true, 15},
	{"round robin over 8 counters: slots-7-random / ration, at least",
	 ROUND_ROBIN("slots-7-random", 8), ROUND_ROBIN("ration", 8), 1, true, 15},
	{"round robin over 32 counters: slots-7-rr / ration, at least",
	 ROUND_ROBIN("slots-7-rr", 32), ROUND_ROBIN("ration", 32), 1, true, 30},
	{"round robin over 32 counters: slots-7-random / ration, at least",
	 ROUND_ROBIN("slots-7-random", 32), ROUND_ROBIN("ration", 32), 1, true, 30},
	{"passes over 8 counters: slots-7-rr / ration, at least", PASSES("slots-7-rr", 8),
	 PASSES("ration", 8), 1, true, 15},
	{"passes over 8 counters: slots-7-random / ration, at least", PASSES("slots-7-random", 8),
	 PASSES("ration", 8), 1, true, 15},
	{"passes over 32 counters: slots-7-rr / ration, at least", PASSES("slots-7-rr", 32),
	 PASSES("ration", 32), 1, true, 30},
	{"passes over 32 counters: slots-7-random / ration, at least", PASSES("slots-7-random", 32),
	 PASSES("ration", 32), 1, true, 30},
	{"pair: stock-v3 / ration, at least", PAIR("stock-v3", DEPTH_OF_THREE),
	 PAIR("ration", DEPTH_OF_THREE), 1, true, 10},
	{"pair: stock-v4 / ration, at least", PAIR("stock-v4", DEPTH_OF_THREE),
	 PAIR("ration", DEPTH_OF_THREE), 1, true, 10},
	{"pair: atomic-tree of 3 levels / ration, at least", PAIR("atomic-tree", DEPTH_OF_THREE),
	 PAIR("ration", DEPTH_OF_THREE), 1, true, 20},
	{"pair: limit-counter / ration", PAIR("limit-counter", 1), PAIR("ration", 1), 0, false, 0},
	{"pair: mempool-cache / ration, at least", PAIR("mempool-cache", 1), PAIR("ration", 1), 3,
	 true, 0},
	{"burst of 32, one counter: mempool-cache / ration", BURST("mempool-cache", 1),
	 BURST("ration", 1), 0, false, 0},
	{"pair: meter / ration, at least", PAIR("meter", 1), PAIR("ration", 1), 2, true, 0},
};

/*
 * Find the row of an implementation with the largest or smallest median over all numbers of
 * counters.
 */
static const struct row *
find_extreme(const struct results *r, const char *impl, bool highest)
{
	const struct row *found = NULL, *row;
	uint32_t i;

	for (i = 0; i < RTE_DIM(round_robin_counters); i++) {
		const struct row_key key = ROUND_ROBIN(impl, round_robin_counters[i]);

		row = results_find(r, &key);
		if (row != NULL &&
		    (found == NULL || (row->summary.median > found->summary.median) == highest))
			found = row;
	}
	return found;
}

/*
 * Compare slots with ration where slots do best: with at most as many counters as there are slots.
 */
static void
add_ratio_of_few(struct bench *b, const char *slots, const char *name)
{
	const struct row *over, *under, *best_over = NULL, *best_under = NULL;
	char text[96];
	uint32_t i;

	for (i = 0; i < RTE_DIM(round_robin_counters) && round_robin_counters[i] <= SLOTS; i++) {
		const struct row_key theirs = {slots, name, round_robin_counters[i], DEPTH_OF_THREE,
					       0},
				     ours = {"ration", name, round_robin_counters[i],
					     DEPTH_OF_THREE, 0};

		over = results_find(&b->results, &theirs);
		under = results_find(&b->results, &ours);
		if (over == NULL || under == NULL)
			continue;
		if (best_over == NULL ||
		    over->summary.median / under->summary.median <
			    best_over->summary.median / best_under->summary.median) {
			best_over = over;
			best_under = under;
		}
	}
	snprintf(text, sizeof(text), "%s over 1 to 7 counters, the worst: %s / ration, at least",
		 name, slots);
	results_ratio_at_least(&b->results, text, best_over, best_under, 1);
}

static void
add_ratios(struct bench *b)
{
	const struct charge_ratio *ratio;
	const struct row *over, *under;

	results_ratio(&b->results, "round robin over 1 to 256 counters: ration, slowest / fastest",
		      find_extreme(&b->results, "ration", true),
		      find_extreme(&b->results, "ration", false), 2);
	add_ratio_of_few(b, "slots-7-rr", "round robin");
	add_ratio_of_few(b, "slots-7-random", "round robin");
	add_ratio_of_few(b, "slots-7-rr", "passes");
	add_ratio_of_few(b, "slots-7-random", "passes");

	for (ratio = ratios; ratio != &ratios[RTE_DIM(ratios)]; ratio++) {
		over = results_find(&b->results, &ratio->over);
		under = results_find(&b->results, &ratio->under);
		if (ratio->reference > 0)
			results_ratio_with_reference(&b->results, ratio->name, over, under,
						     ratio->target, ratio->reference);
		else if (ratio->at_least)
			results_ratio_at_least(&b->results, ratio->name, over, under,
					       ratio->target);
		else
			results_ratio(&b->results, ratio->name, over, under, ratio->target);
	}
}

static int
run_charge(struct bench *b)
{
	struct case_list l = {0};
	int rc;

	add_cases(b, &l);
	rc = cases_run(b, "charge", &l);
	if (rc == 0)
		add_ratios(b);
	cases_free(&l);
	return rc;
}

const struct bench_test test_charge = {
	.name = "charge",
	.summary = "charge and uncharge on one lcore, with all baselines",
	.nb_lcores = 1,
	.run = run_charge,
};
