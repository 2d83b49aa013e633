/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_random.h>

#include <ration.h>

#include "accounter.h"
#include "progress.h"
#include "test.h"

/**
 * @file
 * What a charge and an uncharge cost when the stock suffices, in nanoseconds for the pair of them.
 *
 * Windows of thousands of pairs are timed, since the timer steps by 10 ns on some machines; the
 * cases take turns, window by window, so that whatever the machine does to one it does to all.
 */

#define PAIRS 32768
#define PAIRS_QUICK 2048
#define PAIRS_WARM 1024
/** Turns before measuring begins: clock frequency, page tables, caches, stock. */
#define TURNS_WARM 8
#define BURST_ORDER 8192

struct charge_case {
	const struct accounter *impl;
	const char *name;
	enum accounter_pattern pattern;
	uint32_t counters;
	uint32_t depth;
};

enum {
	LIMIT_SAME,
	RATION_SAME,
	RATION_SAME_DEEP,
	ATOMIC_SAME_3,
	RATION_SAME_3,
	LIMIT_TURN_1,
	RATION_TURN_1,
	LIMIT_TURN_256,
	RATION_TURN_256,
	LIMIT_BURST,
	RATION_BURST,
	NB_CASES
};

static const struct charge_case cases[NB_CASES] = {
	[LIMIT_SAME] = {&accounter_limit, "pair", ACCOUNTER_SAME, 1, 1},
	[RATION_SAME] = {&accounter_ration, "pair", ACCOUNTER_SAME, 1, 1},
	[RATION_SAME_DEEP] = {&accounter_ration, "pair", ACCOUNTER_SAME, 1, RATION_DEPTH_MAX},
	/* Two levels below the root: the walk is three counters long. */
	[ATOMIC_SAME_3] = {&accounter_atomic_tree, "pair", ACCOUNTER_SAME, 1, 2},
	[RATION_SAME_3] = {&accounter_ration, "pair", ACCOUNTER_SAME, 1, 2},
	[LIMIT_TURN_1] = {&accounter_limit, "turn", ACCOUNTER_TURN, 1, 1},
	[RATION_TURN_1] = {&accounter_ration, "turn", ACCOUNTER_TURN, 1, 1},
	[LIMIT_TURN_256] = {&accounter_limit, "turn", ACCOUNTER_TURN, 256, 1},
	[RATION_TURN_256] = {&accounter_ration, "turn", ACCOUNTER_TURN, 256, 1},
	[LIMIT_BURST] = {&accounter_limit, "burst", ACCOUNTER_BURSTS, 1024, 1},
	[RATION_BURST] = {&accounter_ration, "burst", ACCOUNTER_BURSTS, 1024, 1},
};

static const struct {
	const char *name;
	unsigned int over, under;
	double target;
} ratios[] = {
	{"pair: ration / limit", RATION_SAME, LIMIT_SAME, 1.5},
	{"pair: ration at depth 8 / depth 1", RATION_SAME_DEEP, RATION_SAME, 1.1},
	{"pair: ration / atomic-tree of 3 levels", RATION_SAME_3, ATOMIC_SAME_3, 0},
	{"turn: ration over 256 counters / 1 counter", RATION_TURN_256, RATION_TURN_1, 2.0},
	{"turn: ration over 1 counter / 256 counters", RATION_TURN_1, RATION_TURN_256, 2.0},
	{"turn: ration / limit over 1 counter", RATION_TURN_1, LIMIT_TURN_1, 0},
	{"turn: ration / limit over 256 counters", RATION_TURN_256, LIMIT_TURN_256, 0},
	{"burst: ration / limit, 32 of 1024 counters", RATION_BURST, LIMIT_BURST, 1.5},
};

struct charge_run {
	const struct charge_case *c;
	void *self;
	void *lane;
	uint64_t *order;
	struct accounter_work work;
	struct row *row;
	uint64_t refused;
};

static const char *const pattern_names[ACCOUNTER_NB_PATTERNS] = {
	[ACCOUNTER_SAME] = "same",
	[ACCOUNTER_TURN] = "round robin",
	[ACCOUNTER_BURSTS] = "bursts of 32, random",
};

/* Bursts go through all counters in random order, several times; else once, in order. */
static int
make_order(struct charge_run *run)
{
	const struct charge_case *c = run->c;
	uint32_t nb = c->pattern == ACCOUNTER_BURSTS ? BURST_ORDER : c->counters, i, j;
	uint64_t swap;

	run->order = malloc(nb * sizeof(*run->order));
	if (run->order == NULL)
		return -1;
	for (i = 0; i < nb; i++)
		run->order[i] = c->impl->counter(run->self, i % c->counters);
	for (i = nb - 1; c->pattern == ACCOUNTER_BURSTS && i > 0; i--) {
		j = (uint32_t)rte_rand_max(i + 1);
		swap = run->order[i];
		run->order[i] = run->order[j];
		run->order[j] = swap;
	}
	run->work.order = run->order;
	run->work.nb_order = nb;
	run->work.units = 1;
	return 0;
}

static int
start_run(struct bench *b, struct charge_run *run, const struct charge_case *c)
{
	const struct accounter_tree tree = {
		.counters = c->counters,
		.depth = c->depth,
		.max = RATION_UNLIMITED,
	};

	run->c = c;
	run->self = c->impl->create(&tree);
	if (run->self == NULL || (run->lane = c->impl->join(run->self, 0)) == NULL ||
	    make_order(run) < 0)
		return -1;
	run->work.pairs = b->quick ? PAIRS_QUICK : PAIRS;
	run->row = results_row(&b->results, c->impl->name, c->name, "ns/pair",
			       json_pack("{s:i,s:i,s:s,s:i}", "counters", (int)c->counters, "depth",
					 (int)c->depth, "order", pattern_names[c->pattern], "pairs",
					 (int)run->work.pairs));
	return 0;
}

static uint64_t
loop(struct charge_run *run, uint64_t pairs)
{
	struct accounter_work work = run->work;

	work.pairs = pairs;
	return run->c->impl->loop[run->c->pattern](run->lane, &work);
}

/* Time one window. A few pairs before it bring back what the other cases have pushed out. */
static double
window_ns(const struct bench *b, struct charge_run *run)
{
	uint64_t start, end;

	run->refused += loop(run, PAIRS_WARM);
	start = rte_rdtsc_precise();
	run->refused += loop(run, run->work.pairs);
	end = rte_rdtsc_precise();
	return bench_ns(b, end - start) / (double)run->work.pairs;
}

static void
warm_up(const struct bench *b, struct charge_run *runs)
{
	int turn, i;

	for (turn = 0; turn < TURNS_WARM; turn++) {
		for (i = 0; i < NB_CASES; i++)
			window_ns(b, &runs[i]);
	}
}

static uint64_t
slow_paths(const struct charge_run *run)
{
	return run->c->impl->slow_paths == NULL ? 0 : run->c->impl->slow_paths(run->lane);
}

static void
measure(struct bench *b, struct charge_run *runs)
{
	uint64_t slow[NB_CASES];
	uint32_t repeat;
	int i;

	warm_up(b, runs);
	for (i = 0; i < NB_CASES; i++)
		slow[i] = slow_paths(&runs[i]);
	for (repeat = 0; repeat < b->repeats; repeat++) {
		progress("charge", repeat, b->repeats);
		for (i = 0; i < NB_CASES; i++)
			samples_add(&runs[i].row->samples, window_ns(b, &runs[i]));
	}
	progress("charge", repeat, b->repeats);
	for (i = 0; i < NB_CASES; i++)
		json_object_set_new(runs[i].row->params, "slow_paths",
				    json_integer((json_int_t)(slow_paths(&runs[i]) - slow[i])));
}

/* A refused operation has cost something else than what is measured here. */
static int
check_refused(const struct charge_run *run)
{
	if (run->refused == 0)
		return 0;
	fprintf(stderr, "charge: %s: %s refused %" PRIu64 " operations, the figures are void\n",
		run->c->name, run->c->impl->name, run->refused);
	return -1;
}

static int
conclude(struct bench *b, struct charge_run *runs)
{
	unsigned int i;

	for (i = 0; i < NB_CASES; i++) {
		if (check_refused(&runs[i]) < 0 || results_close_row(runs[i].row) < 0)
			return -1;
	}
	for (i = 0; i < RTE_DIM(ratios); i++)
		results_ratio(&b->results, ratios[i].name, runs[ratios[i].over].row,
			      runs[ratios[i].under].row, ratios[i].target);
	return 0;
}

static int
run_charge(struct bench *b)
{
	struct charge_run runs[NB_CASES] = {0};
	int i, rc = 0;

	for (i = 0; i < NB_CASES && rc == 0; i++)
		rc = start_run(b, &runs[i], &cases[i]);
	if (rc == 0) {
		measure(b, runs);
		rc = conclude(b, runs);
	}
	for (i = 0; i < NB_CASES; i++) {
		if (runs[i].lane != NULL)
			runs[i].c->impl->leave(runs[i].lane);
		if (runs[i].self != NULL)
			runs[i].c->impl->destroy(runs[i].self);
		free(runs[i].order);
	}
	return rc;
}

const struct bench_test test_charge = {
	.name = "charge",
	.summary = "charge and uncharge from stock, one lcore",
	.nb_lcores = 1,
	.run = run_charge,
};
