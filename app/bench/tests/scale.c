/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include <ration.h>

#include "harness/progress.h"
#include "harness/workers.h"
#include "tests/test.h"

/**
 * @file
 * Cost of a pair of a charge and an uncharge on several lcores at the same time: with a tree for
 * each lcore, with own counters below shared ancestors, with the same counter, and with one lcore
 * that charges units that another lcore uncharges.
 */

#define WINDOW_NS 2000000
#define WINDOW_NS_QUICK 200000
/** Rounds. Each implementation is measured once per round. */
#define ROUNDS 11
#define WINDOWS_OF_ROUND 9u
#define WINDOWS_QUICK 1u
/** Time limit to find valid windows, as a multiple of the time of all windows. */
#define PATIENCE 4
#define PAIRS 64
/** Units that the producer may be ahead of the consumer. */
#define AHEAD_MAX 4096
#define BATCH 32
#define UNITS_MAX (UINT64_C(1) << 40)

/* Pairs of the worker's own counter. */
static void
pairs_of_own(struct worker *wk)
{
	const struct backend_work work = {
		.order = &wk->workers->counters[wk->id], .nb_order = 1, .units = 1, .pairs = PAIRS};

	worker_add(&wk->refused, wk->workers->impl->loop[BACKEND_SAME](wk->ctx, &work));
	worker_add(&wk->progress, PAIRS);
}

/* Charge a batch if the consumer is not too far behind. */
static void
produce(struct worker *wk)
{
	const struct backend_work work = {
		.order = wk->workers->counters, .nb_order = 1, .units = 1, .pairs = BATCH};
	struct worker *consumer = wk + 1;

	/* Pairs with the release of worker_add() in consume(). */
	if (ration_load(&wk->held, relaxed) - ration_load(&consumer->held, acquire) >
	    AHEAD_MAX - BATCH)
		return;
	worker_add(&wk->refused, wk->workers->impl->loop[BACKEND_CHARGES](wk->ctx, &work));
	worker_add(&wk->held, BATCH);
	worker_add(&wk->progress, BATCH);
}

static void
consume(struct worker *wk)
{
	const struct backend_work work = {
		.order = wk->workers->counters, .nb_order = 1, .units = 1, .pairs = BATCH};
	struct worker *producer = wk - 1;

	/* Pairs with the release of worker_add() in produce(). */
	if (ration_load(&producer->held, acquire) - ration_load(&wk->held, relaxed) < BATCH)
		return;
	worker_add(&wk->refused, wk->workers->impl->loop[BACKEND_UNCHARGES](wk->ctx, &work));
	worker_add(&wk->held, BATCH);
	worker_add(&wk->progress, BATCH);
}

/* Workers 0, 2, ... charge units that workers 1, 3, ... uncharge. */
static void
produce_or_consume(struct worker *wk)
{
	if (wk->id % 2 == 0)
		produce(wk);
	else
		consume(wk);
}

enum scale_kind {
	PRIVATE,
	SHARED_ANCESTORS,
	SAME_COUNTER,
	HAND_OVER
};

static const struct {
	const char *name;
	worker_task_t task;
	bool pairs; /**< Needs an even number of lcores. */
} kinds[] = {
	[PRIVATE] = {"private trees", pairs_of_own, false},
	[SHARED_ANCESTORS] = {"shared ancestors", pairs_of_own, false},
	[SAME_COUNTER] = {"same counter", pairs_of_own, false},
	[HAND_OVER] = {"producer and consumer", produce_or_consume, true},
};

static const struct backend *const impls[] = {
	&backend_ration,	&backend_atomic_tree,	&backend_cas_tree,
	&backend_spinlock_tree, &backend_slots_7_rr,	&backend_stock_v3,
	&backend_stock_v4,	&backend_limit_counter, NULL};

/** Results of one implementation over all rounds. */
struct scale_line {
	const struct backend *impl;
	enum scale_kind kind;
	uint32_t nb;
	struct row *row;
	uint32_t rejected;
	uint64_t refused;
};

/** Data of one round. */
struct scale_run {
	struct workers workers;
	uint64_t counters[RTE_MAX_LCORE];
	void *trees[RTE_MAX_LCORE];
};

static void
destroy_trees(struct scale_run *r)
{
	uint32_t i;

	for (i = 0; i < RTE_MAX_LCORE && r->trees[i] != NULL; i++)
		r->workers.impl->destroy(r->trees[i]);
}

/* Create a tree for each lcore, or one for all. */
static int
start_run(struct scale_run *r, const struct scale_line *l)
{
	const bool private = l->kind == PRIVATE;
	const struct backend_tree tree = {
		.counters = RTE_MAX_LCORE,
		.depth = DEPTH_OF_THREE,
		.max = UNITS_MAX,
		.lcores = private ? 1 : l->nb,
	};
	uint32_t nb_trees = private ? l->nb : 1, i;

	r->workers.impl = l->impl;
	r->workers.task = kinds[l->kind].task;
	r->workers.nb = l->nb;
	r->workers.counters = r->counters;
	for (i = 0; i < nb_trees; i++) {
		r->trees[i] = l->impl->create(&tree);
		if (r->trees[i] == NULL)
			return -1;
	}
	r->workers.self = r->trees[0];
	r->workers.selves = private ? r->trees : NULL;
	/* Each lcore has its own stocks, so stocks of different lcores share no cache line. */
	for (i = 0; i < l->nb; i++)
		r->counters[i] = l->impl->counter(r->trees[private ? i : 0],
						  l->kind == SHARED_ANCESTORS ? i : 0);
	return workers_start(&r->workers);
}

static uint32_t
windows_of_round(const struct bench *b)
{
	return b->quick ? WINDOWS_QUICK : WINDOWS_OF_ROUND;
}

/* Measure until the line has `goal` samples or the time is over. */
static void
take_windows(struct bench *b, struct workers *c, struct scale_line *l, uint32_t goal)
{
	double ns = b->quick ? WINDOW_NS_QUICK : WINDOW_NS;
	struct workers_window w;
	uint64_t deadline;

	if (l->row->one_cpu)
		ns *= 10;
	deadline = rte_rdtsc() + (uint64_t)(PATIENCE * windows_of_round(b) * ns * b->ticks_per_ns);
	workers_work(b, c, ns);
	while (l->row->samples.nb < goal && rte_rdtsc() < deadline && !bench_stops(b)) {
		w = workers_work(b, c, ns);
		/* With shared CPUs nearly every window is invalid, and shows the scheduler. */
		if (w.valid || (l->row->one_cpu && w.done > 0))
			samples_add(&l->row->samples, w.ns * c->nb / (double)w.done);
		else
			l->rejected++;
	}
}

static int
run_round(struct bench *b, struct scale_run *r, struct scale_line *l, uint32_t goal)
{
	uint32_t i;
	int rc;

	memset(r, 0, sizeof(*r));
	rc = start_run(r, l);
	if (rc == 0) {
		take_windows(b, &r->workers, l, goal);
		rc = workers_stop(&r->workers);
	}
	for (i = 0; i < l->nb; i++)
		l->refused += ration_load(&r->workers.worker[i].refused, relaxed);
	destroy_trees(r);
	return rc;
}

static void
add_line(struct bench *b, struct scale_line *l)
{
	l->row = results_row(&b->results, l->impl->name, kinds[l->kind].name,
			     l->kind == HAND_OVER ? "ns/unit" : "ns/pair",
			     json_pack("{s:i}", "lcores", (int)l->nb));
	if (workers_share_cpus(l->nb))
		results_mark_one_cpu(l->row);
}

static int
close_line(struct bench *b, struct scale_line *l, struct samples *trips)
{
	workers_note_round_trip(l->row, trips);
	json_object_set_new(l->row->params, "rejected", json_integer(l->rejected));
	results_close_or_drop_row(&b->results, l->row);
	if (l->refused == 0)
		return 0;
	warnx("scale: %s refused operations, the figures are void", l->impl->name);
	return -1;
}

static int
run_rounds(struct bench *b, struct scale_run *r, struct scale_line *lines, uint32_t nb,
	   struct samples *trips)
{
	uint32_t round, i;
	int rc = 0;

	for (round = 1; round <= ROUNDS && !bench_stops(b); round++) {
		if (lines[0].nb > 1)
			workers_add_round_trip(b, trips);
		for (i = 0; i < nb && rc == 0; i++)
			rc = run_round(b, r, &lines[i], round * windows_of_round(b));
	}
	return rc;
}

/* The implementations take turns, round by round. */
static int
run_lines(struct bench *b, struct scale_line *lines, uint32_t nb)
{
	struct scale_run *r = aligned_alloc(alignof(struct scale_run), sizeof(*r));
	struct samples trips = {0};
	uint32_t i;
	int rc;

	if (r == NULL) {
		warn("scale");
		return -1;
	}
	for (i = 0; i < nb; i++)
		add_line(b, &lines[i]);
	rc = run_rounds(b, r, lines, nb, &trips);
	free(r);
	for (i = 0; i < nb; i++) {
		if (close_line(b, &lines[i], &trips) < 0)
			rc = -1;
	}
	samples_free(&trips);
	return rc;
}

static void
add_ratios(struct bench *b)
{
	const struct row_key hand_ration = {"ration", "producer and consumer", 0, 0, 2};
	const struct row_key hand_atomic = {"atomic-tree", "producer and consumer", 0, 0, 2};
	const struct row_key same_ration = {"ration", "same counter", 0, 0, 2};
	const struct row_key same_atomic = {"atomic-tree", "same counter", 0, 0, 2};
	const struct row_key one_ration = {"ration", "same counter", 0, 0, 1};
	const struct row_key below_ration = {"ration", "shared ancestors", 0, 0, 2};
	const struct row_key below_rr = {"slots-7-rr", "shared ancestors", 0, 0, 2};
	const struct row_key hand_rr = {"slots-7-rr", "producer and consumer", 0, 0, 2};
	struct results *r = &b->results;

	results_ratio_with_reference(
		r, "pair, 3 levels, 2 lcores sharing: atomic-tree / ration, at least",
		results_find(r, &same_atomic), results_find(r, &same_ration), 1, 100);
	results_ratio_with_reference(
		r, "producer and consumer, 2 lcores: atomic-tree / ration, at least",
		results_find(r, &hand_atomic), results_find(r, &hand_ration), 1, 5);
	results_ratio(r, "producer and consumer, 2 lcores: slots-7-rr / ration",
		      results_find(r, &hand_rr), results_find(r, &hand_ration), 0);
	results_ratio(r, "pair of ration: 2 lcores sharing / 1 lcore",
		      results_find(r, &same_ration), results_find(r, &one_ration), 0);
	results_ratio(r, "pair, shared ancestors, 2 lcores: slots-7-rr / ration",
		      results_find(r, &below_rr), results_find(r, &below_ration), 0);
}

/* A limit counter refuses to uncharge units that are in the count of another thread. */
static bool
can_run(const struct backend *impl, enum scale_kind kind, uint32_t nb)
{
	if (!kinds[kind].pairs)
		return true;
	return nb % 2 == 0 && (impl->flags & BACKEND_TREE);
}

static int
run_kind(struct bench *b, enum scale_kind kind, uint32_t nb)
{
	struct scale_line lines[RTE_DIM(impls)] = {0};
	uint32_t nb_lines = 0, i;

	for (i = 0; impls[i] != NULL; i++) {
		if (can_run(impls[i], kind, nb))
			lines[nb_lines++] =
				(struct scale_line){.impl = impls[i], .kind = kind, .nb = nb};
	}
	return run_lines(b, lines, nb_lines);
}

static int
run_scale(struct bench *b)
{
	uint32_t all = rte_lcore_count(), nb, done = 0, total = 0;
	unsigned int kind;
	int rc = 0;

	for (nb = 1; nb <= all; nb = workers_next_nb(nb, all))
		total += RTE_DIM(kinds);
	for (nb = 1; nb <= all && rc == 0 && !bench_stops(b); nb = workers_next_nb(nb, all)) {
		if (workers_share_cpus(nb))
			fprintf(stderr, "scale: %u lcores share CPUs; their rows are marked\n", nb);
		for (kind = 0; kind < RTE_DIM(kinds) && rc == 0 && !bench_stops(b);
		     kind++, done++) {
			progress("scale", done, total);
			rc = run_kind(b, kind, nb);
		}
	}
	progress("scale", done, total);
	if (rc == 0)
		add_ratios(b);
	return rc;
}

const struct bench_test test_scale = {
	.name = "scale",
	.summary = "1 to all lcores, with private and shared counters",
	.nb_lcores = 2,
	.run = run_scale,
};
