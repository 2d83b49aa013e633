/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_malloc.h>
#include <rte_random.h>

#include <ration.h>

#include "harness/cases.h"
#include "harness/progress.h"

/** Minimum length of a window, in ns and in pairs. */
#define WINDOW_NS 50000
#define PAIRS_MIN 1024u
#define PAIRS_MAX 131072u
/** Rounds before measuring starts, to warm up clock frequency, page tables, caches and stock. */
#define ROUNDS_WARM 4
/** This fraction of a window runs right before it, to warm up code and branch history. */
#define WARM_SHARE 4
/**
 * Minimum length of an order, so that a number of counters that is not a power of two fits often.
 */
#define ORDER_MIN 8192u
/** Cases with fewer counters share a tree of this many. */
#define COUNTERS_SHARED 1024u
/** Units of each charge if the root has no room. */
#define UNITS_FULL 2
/**
 * Number of memory layouts: all data is created again at other addresses. Few repeats have fewer.
 */
#define LAYOUTS 7u
#define REPEATS_OF_LAYOUT 11u
/** Maximum shift of the addresses, in cache lines. */
#define PAD_LINES 64

struct case_run {
	struct bench_case c;
	bool owns; /**< This case created the backend; others may share it. */
	void *self;
	void *ctx;
	uint64_t *order;
	struct backend_work work;
	struct row *row;
	bool runs; /**< The case has all that it needs in this layout. */
	uint64_t cursor; /**< Index in the order at which the next window starts. */
	uint64_t wrong; /**< Operations with the wrong answer: refused, or granted if c.full. */
	uint64_t slow;
};

void
cases_add(struct case_list *l, struct bench_case c)
{
	if (l->nb == l->size) {
		l->size = l->size == 0 ? 64 : 2 * l->size;
		l->runs = reallocarray(l->runs, l->size, sizeof(*l->runs));
		l->schedule = reallocarray(l->schedule, l->size, sizeof(*l->schedule));
		if (l->runs == NULL || l->schedule == NULL)
			err(EXIT_FAILURE, "no memory for %u cases", l->size);
	}
	l->schedule[l->nb] = l->nb;
	l->runs[l->nb++] = (struct case_run){.c = c};
}

void
cases_add_all(struct case_list *l, const struct backend *const *impls, struct bench_case c)
{
	for (; *impls != NULL; impls++) {
		c.impl = *impls;
		cases_add(l, c);
	}
}

/* Make more counters than the case needs, so that cases can share a tree: domains are few. */
static uint32_t
counters_to_make(const struct bench_case *c)
{
	return c->impl->counters_max > 0 ? c->counters : RTE_MAX(c->counters, COUNTERS_SHARED);
}

/*
 * Counters in turn, several times, or the same in random order. The first counter is random, so
 * that a few counters are not always at the same place in a cache line.
 */
static int
make_order(struct case_run *run)
{
	uint32_t nb = RTE_MAX(rte_align32pow2(run->c.counters), ORDER_MIN), i, j, base;
	uint64_t swap;

	run->order = malloc(nb * sizeof(*run->order));
	if (run->order == NULL) {
		warn("%s, %s", run->c.name, run->c.impl->name);
		return -1;
	}
	base = (uint32_t)rte_rand_max(counters_to_make(&run->c) - run->c.counters + 1);
	for (i = 0; i < nb; i++)
		run->order[i] = run->c.impl->counter(run->self, base + i % run->c.counters);
	for (i = nb - 1; run->c.random && i > 0; i--) {
		j = (uint32_t)rte_rand_max(i + 1);
		swap = run->order[i];
		run->order[i] = run->order[j];
		run->order[j] = swap;
	}
	run->work.order = run->order;
	run->work.nb_order = nb;
	run->work.units = run->c.full ? UNITS_FULL : 1;
	run->work.pass = run->c.counters;
	run->cursor = 0;
	return 0;
}

static bool
can_share(const struct bench_case *a, const struct bench_case *b)
{
	return a->impl == b->impl && counters_to_make(a) == counters_to_make(b) &&
	       a->depth == b->depth && a->no_stock == b->no_stock && a->full == b->full;
}

/* Share the backend of an earlier case, or create one. */
static int
get_backend(struct case_list *l, struct case_run *run)
{
	const struct backend_tree tree = {
		.counters = counters_to_make(&run->c),
		.depth = run->c.depth,
		.max = RATION_UNLIMITED,
		.root_max = run->c.full ? UNITS_FULL - 1 : 0,
		.no_stock = run->c.no_stock,
	};
	uint32_t i;

	for (i = 0; &l->runs[i] != run; i++) {
		if (can_share(&l->runs[i].c, &run->c) && l->runs[i].ctx != NULL) {
			run->self = l->runs[i].self;
			run->ctx = l->runs[i].ctx;
			return 0;
		}
	}
	run->self = run->c.impl->create(&tree);
	if (run->self == NULL)
		return -1;
	run->owns = true;
	run->ctx = run->c.impl->join(run->self, 0);
	return run->ctx == NULL ? -1 : 0;
}

static const char *
order_name(const struct bench_case *c)
{
	if (c->pattern == BACKEND_SAME || c->pattern == BACKEND_CALLS)
		return "same";
	return c->random ? "random" : "round robin";
}

/* Round to a whole number of bursts or passes. */
static uint64_t
round_pairs(const struct case_run *run, uint64_t pairs)
{
	uint64_t unit = run->c.pattern == BACKEND_PASSES ? run->c.counters : BURST_SIZE;

	return RTE_MAX(pairs / unit, UINT64_C(1)) * unit;
}

/*
 * Continue in the order where the last loop ended, so that all counters are used, not only the
 * first ones.
 */
static void
loop(struct case_run *run, uint64_t pairs)
{
	struct backend_work work = run->work;
	uint64_t refused;

	work.pairs = pairs;
	work.first = run->cursor;
	run->cursor = (run->cursor + pairs) & (work.nb_order - 1);
	if (run->c.pattern == BACKEND_BURSTS_AHEAD || run->c.pattern == BACKEND_BURSTS)
		run->cursor = RTE_ALIGN_FLOOR(run->cursor, (uint64_t)BURST_SIZE);
	refused = run->c.impl->loop[run->c.pattern](run->ctx, &work);
	run->wrong += run->c.full ? pairs - refused : refused;
}

static uint64_t
slow_paths(const struct case_run *run)
{
	return run->c.impl->slow_paths == NULL ? 0 : run->c.impl->slow_paths(run->ctx);
}

static double
window_ns(const struct bench *b, struct case_run *run)
{
	uint64_t start, end, slow;

	loop(run, round_pairs(run, run->work.pairs / WARM_SHARE));
	slow = slow_paths(run);
	start = rte_rdtsc_precise();
	loop(run, run->work.pairs);
	end = rte_rdtsc_precise();
	run->slow += slow_paths(run) - slow;
	return bench_ns(b, end - start) / (double)run->work.pairs;
}

/* Choose the number of pairs that fills a window. */
static void
choose_pairs(const struct bench *b, struct case_run *run)
{
	uint64_t pairs;

	run->work.pairs = round_pairs(run, PAIRS_MIN);
	if (b->quick)
		return;
	window_ns(b, run);
	pairs = (uint64_t)(WINDOW_NS / window_ns(b, run));
	run->work.pairs = round_pairs(run, RTE_MIN(RTE_MAX(pairs, PAIRS_MIN), PAIRS_MAX));
}

static json_t *
case_params(const struct case_run *run)
{
	json_t *params = json_pack("{s:i,s:i,s:s,s:i}", "counters", (int)run->c.counters, "depth",
				   (int)run->c.depth, "order", order_name(&run->c), "pairs",
				   (int)run->work.pairs);

	if (run->c.impl->slow_paths != NULL)
		json_object_set_new(params, "batch",
				    json_integer(run->c.no_stock ? 0 : BACKEND_BATCH));
	return params;
}

/* Without memory the case is left out, or only this layout if others had enough. */
static void
start_run(struct bench *b, struct case_list *l, struct case_run *run)
{
	run->runs = get_backend(l, run) == 0 && make_order(run) == 0;
	if (!run->runs) {
		warnx("%s, %s, %u counters: left out", run->c.name, run->c.impl->name,
		      run->c.counters);
		return;
	}
	/* Fill all stocks and map all memory before measuring starts. */
	loop(run, run->work.nb_order);
	if (run->row != NULL)
		return;
	choose_pairs(b, run);
	run->slow = 0;
	run->row = results_row(&b->results, run->c.impl->name, run->c.name, "ns/pair",
			       case_params(run));
}

static void
stop_runs(struct case_list *l)
{
	struct case_run *run;
	uint32_t i;

	for (i = 0; i < l->nb; i++) {
		run = &l->runs[i];
		free(run->order);
		if (run->owns && run->ctx != NULL)
			run->c.impl->leave(run->ctx);
		if (run->owns)
			run->c.impl->destroy(run->self);
		run->owns = run->runs = false;
		run->order = NULL;
		run->self = run->ctx = NULL;
	}
}

/*
 * Use another order in each round, because a case runs slower after one that has emptied the
 * caches.
 */
static void
shuffle(struct case_list *l)
{
	uint32_t i, j, swap;

	for (i = l->nb; i > 1; i--) {
		j = (uint32_t)rte_rand_max(i);
		swap = l->schedule[i - 1];
		l->schedule[i - 1] = l->schedule[j];
		l->schedule[j] = swap;
	}
}

/* Measure one window of each case that runs. A warm-up leaves no samples. */
static void
measure_round(struct bench *b, struct case_list *l, bool warm)
{
	struct case_run *run;
	uint64_t slow;
	uint32_t i;
	double ns;

	for (i = 0; i < l->nb; i++) {
		run = &l->runs[l->schedule[i]];
		if (!run->runs)
			continue;
		slow = run->slow;
		ns = window_ns(b, run);
		if (warm)
			run->slow = slow;
		else
			samples_add(&run->row->samples, ns);
	}
}

static void
measure(struct bench *b, const char *test, struct case_list *l, uint32_t from, uint32_t to)
{
	uint32_t round;

	for (round = 0; round < ROUNDS_WARM && !bench_stops(b); round++)
		measure_round(b, l, true);
	for (round = from; round < to && !bench_stops(b); round++) {
		progress(test, round, b->repeats);
		shuffle(l);
		measure_round(b, l, false);
	}
}

/*
 * Create all data and measure a part of the repeats. The addresses of code and data decide whether
 * some loops take one cycle more or less, so several layouts are measured.
 */
static void
measure_layout(struct bench *b, const char *test, struct case_list *l, uint32_t from, uint32_t to)
{
	size_t size = (1 + rte_rand_max(PAD_LINES)) * RTE_CACHE_LINE_SIZE;
	void *heap = malloc(size), *eal = rte_malloc(NULL, size, RTE_CACHE_LINE_SIZE);
	uint32_t i;

	for (i = 0; i < l->nb && !bench_stops(b); i++) {
		if (from == 0 || l->runs[i].row != NULL)
			start_run(b, l, &l->runs[i]);
	}
	measure(b, test, l, from, to);
	stop_runs(l);
	free(heap);
	rte_free(eal);
	for (i = 0; i < l->nb; i++) {
		if (l->runs[i].row != NULL)
			results_cut(l->runs[i].row);
	}
}

/* A wrong answer means that something else was measured. */
static int
close_run(const char *test, struct case_run *run)
{
	if (run->row == NULL)
		return 0;
	if (run->wrong > 0) {
		warnx("%s: %s: %s gave %" PRIu64 " wrong answers, the figures are void", test,
		      run->c.name, run->c.impl->name, run->wrong);
		return -1;
	}
	if (run->c.impl->slow_paths != NULL)
		json_object_set_new(run->row->params, "slow_paths",
				    json_integer((json_int_t)run->slow));
	return results_close_row(run->row);
}

int
cases_run(struct bench *b, const char *test, struct case_list *l)
{
	uint32_t layouts = RTE_MIN(RTE_MAX(b->repeats / REPEATS_OF_LAYOUT, 1u), LAYOUTS), i;
	int rc = 0;

	for (i = 0; i < layouts && !bench_stops(b); i++)
		measure_layout(b, test, l, b->repeats * i / layouts,
			       b->repeats * (i + 1) / layouts);
	progress(test, b->repeats, b->repeats);
	for (i = 0; i < l->nb && rc == 0; i++)
		rc = close_run(test, &l->runs[i]);
	return rc;
}

void
cases_free(struct case_list *l)
{
	free(l->runs);
	free(l->schedule);
	*l = (struct case_list){0};
}
