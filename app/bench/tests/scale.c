/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_lcore.h>

#include <ration.h>

#include "harness/progress.h"
#include "harness/windows.h"
#include "tests/test.h"

/**
 * @file
 * Cost of a pair of a charge and an uncharge on several lcores at the same time: with a tree for
 * each lcore, with own counters below shared ancestors, with the same counter, and with one lcore
 * that charges units that another lcore uncharges.
 */

/** Time of the whole test, see budget.h. */
#define SECONDS 90
#define WINDOWS_OF_ROUND 9u
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

static const struct backend *const impls[] = {&backend_ration,	       &backend_atomic_tree,
					      &backend_cas_tree,       &backend_spinlock_tree,
					      &backend_slots_7_rr,     &backend_stock_v3,
					      &backend_stock_v4,       &backend_limit_counter,
					      &backend_ration_growing, NULL};

/** Results of one implementation over all rounds. */
struct scale_line {
	const struct backend *impl;
	enum scale_kind kind;
	uint32_t nb;
	struct windows windows;
	uint64_t refused;
};

/** Data of one round. */
struct scale_run {
	struct workers workers;
	uint64_t counters[RTE_MAX_LCORE];
	void *trees[RTE_MAX_LCORE];
};

/** What windows_run() passes on. */
struct scale {
	struct scale_run *run;
	struct scale_line lines[RTE_DIM(impls)];
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

static void
add_sample(void *arg, const struct workers_window *w)
{
	struct scale_line *l = arg;

	samples_add(&l->windows.row->samples, w->ns * l->nb / (double)w->done);
}

static int
measure(struct bench *b, void *arg, uint32_t line, uint32_t round, uint64_t end)
{
	struct scale *s = arg;
	struct scale_line *l = &s->lines[line];
	struct scale_run *r = s->run;
	uint32_t i;
	int rc;

	memset(r, 0, sizeof(*r));
	rc = start_run(r, l);
	if (rc == 0) {
		windows_take(b, &r->workers, &l->windows, round, end);
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
	l->windows = (struct windows){
		.row = results_row(&b->results, l->impl->name, kinds[l->kind].name,
				   l->kind == HAND_OVER ? "ns/unit" : "ns/pair",
				   json_pack("{s:i}", "lcores", (int)l->nb)),
		.lcores = l->nb,
		.of_round = WINDOWS_OF_ROUND,
		.add = add_sample,
		.arg = l,
	};
	windows_init(b, &l->windows);
}

static int
close_line(struct bench *b, struct scale_line *l, struct samples *trips)
{
	windows_note(&l->windows, trips);
	results_close_or_drop_row(&b->results, l->windows.row);
	if (l->refused == 0)
		return 0;
	warnx("scale: %s refused operations, the figures are void", l->impl->name);
	return -1;
}

/* The implementations take turns, round by round. */
static int
run_lines(struct bench *b, struct scale *s, uint32_t nb, uint64_t end)
{
	struct samples trips = {0};
	const struct windows_turns turns = {
		.nb = nb,
		.measure = measure,
		.arg = s,
		.trips = s->lines[0].nb > 1 ? &trips : NULL,
		.end = end,
	};
	uint32_t i;
	int rc;

	for (i = 0; i < nb; i++)
		add_line(b, &s->lines[i]);
	rc = windows_run(b, &turns);
	for (i = 0; i < nb; i++) {
		if (close_line(b, &s->lines[i], &trips) < 0)
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
	const struct row_key hand_growing = {"ration-growing", "producer and consumer", 0, 0, 2};
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
	results_ratio(r, "producer and consumer, 2 lcores: ration / ration-growing",
		      results_find(r, &hand_ration), results_find(r, &hand_growing), 0);
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
		return impl != &backend_ration_growing;
	return nb % 2 == 0 && (impl->flags & BACKEND_TREE);
}

static int
run_kind(struct bench *b, enum scale_kind kind, uint32_t nb, uint64_t end)
{
	struct scale s = {.run = aligned_alloc(alignof(struct scale_run), sizeof(*s.run))};
	uint32_t nb_lines = 0, i;
	int rc;

	if (s.run == NULL) {
		warn("scale");
		return -1;
	}
	for (i = 0; impls[i] != NULL; i++) {
		if (can_run(impls[i], kind, nb))
			s.lines[nb_lines++] =
				(struct scale_line){.impl = impls[i], .kind = kind, .nb = nb};
	}
	rc = run_lines(b, &s, nb_lines, end);
	free(s.run);
	return rc;
}

static int
run_scale(struct bench *b)
{
	const uint64_t end = budget_of_test(b, SECONDS);
	uint32_t all = rte_lcore_count(), nb, done = 0, total;
	unsigned int kind;
	int rc = 0;

	total = workers_count_nb(b, all) * RTE_DIM(kinds);
	for (nb = 1; nb <= all && rc == 0 && !bench_stops(b); nb = workers_next_nb(b, nb, all)) {
		if (workers_share_cpus(nb))
			fprintf(stderr, "scale: %u lcores share CPUs; their rows are marked\n", nb);
		for (kind = 0; kind < RTE_DIM(kinds) && rc == 0 && !bench_stops(b);
		     kind++, done++) {
			progress("scale", done, total);
			rc = run_kind(b, kind, nb, budget_next(end, total - done));
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
