/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_random.h>

#include <ration.h>

#include "cases.h"
#include "progress.h"

/** A window takes at least so long, or so many pairs. */
#define WINDOW_NS 50000
#define PAIRS_MIN 1024u
#define PAIRS_MAX 131072u
/** Turns before measuring begins: clock frequency, page tables, caches, stock. */
#define TURNS_WARM 4
/** Pairs right before each window bring back what the other cases have pushed out. */
#define PAIRS_WARM_MIN 1024u
#define PAIRS_WARM_MAX 65536u
/** Orders are at least so long, so that a number that is no power of two fits often. */
#define ORDER_MIN 8192u
/** Cases with fewer share a tree of so many. */
#define COUNTERS_SHARED 1024u
/** Each charge where the root has no room. */
#define UNITS_FULL 2

struct case_run {
	struct bench_case c;
	bool owns; /**< Others may use the accounter too; this one made it. */
	void *self;
	void *lane;
	uint64_t *order;
	struct accounter_work work;
	struct row *row;
	uint64_t warm;
	uint64_t wrong; /**< Operations refused that should not be, or the other way round. */
	uint64_t slow;
};

void
cases_add(struct case_list *l, struct bench_case c)
{
	if (l->nb == l->size) {
		l->size = l->size == 0 ? 64 : 2 * l->size;
		l->runs = reallocarray(l->runs, l->size, sizeof(*l->runs));
		if (l->runs == NULL)
			err(EXIT_FAILURE, "no memory for %u cases", l->size);
	}
	l->runs[l->nb++] = (struct case_run){.c = c};
}

void
cases_add_all(struct case_list *l, const struct accounter *const *impls, struct bench_case c)
{
	for (; *impls != NULL; impls++) {
		c.impl = *impls;
		cases_add(l, c);
	}
}

/* Counters in turn, several times, or the same in random order. */
static int
make_order(struct case_run *run)
{
	uint32_t nb = RTE_MAX(rte_align32pow2(run->c.counters), ORDER_MIN), i, j;
	uint64_t swap;

	run->order = malloc(nb * sizeof(*run->order));
	if (run->order == NULL) {
		warn("%s, %s", run->c.name, run->c.impl->name);
		return -1;
	}
	for (i = 0; i < nb; i++)
		run->order[i] = run->c.impl->counter(run->self, i % run->c.counters);
	for (i = nb - 1; run->c.random && i > 0; i--) {
		j = (uint32_t)rte_rand_max(i + 1);
		swap = run->order[i];
		run->order[i] = run->order[j];
		run->order[j] = swap;
	}
	run->work.order = run->order;
	run->work.nb_order = nb;
	run->work.units = run->c.full ? UNITS_FULL : 1;
	run->warm = RTE_MIN(RTE_MAX(run->c.counters, PAIRS_WARM_MIN), PAIRS_WARM_MAX);
	return 0;
}

/* More than the case needs, so that others can share it: a process has few domains. */
static uint32_t
counters_to_make(const struct bench_case *c)
{
	return c->impl->counters_max > 0 ? c->counters : RTE_MAX(c->counters, COUNTERS_SHARED);
}

static bool
can_share(const struct bench_case *a, const struct bench_case *b)
{
	return a->impl == b->impl && counters_to_make(a) == counters_to_make(b) &&
	       a->depth == b->depth && a->no_stock == b->no_stock && a->full == b->full;
}

/* An accounter that another case has made, or a new one. */
static int
get_accounter(struct case_list *l, struct case_run *run)
{
	const struct accounter_tree tree = {
		.counters = counters_to_make(&run->c),
		.depth = run->c.depth,
		.max = RATION_UNLIMITED,
		.root_max = run->c.full ? UNITS_FULL - 1 : 0,
		.no_stock = run->c.no_stock,
	};
	uint32_t i;

	for (i = 0; &l->runs[i] != run; i++) {
		if (can_share(&l->runs[i].c, &run->c) && l->runs[i].self != NULL) {
			run->self = l->runs[i].self;
			run->lane = l->runs[i].lane;
			return 0;
		}
	}
	run->self = run->c.impl->create(&tree);
	if (run->self == NULL)
		return -1;
	run->owns = true;
	run->lane = run->c.impl->join(run->self, 0);
	return run->lane == NULL ? -1 : 0;
}

static const char *
order_name(const struct bench_case *c)
{
	if (c->pattern == ACCOUNTER_SAME || c->pattern == ACCOUNTER_CALLS)
		return "same";
	return c->random ? "random" : "round robin";
}

static void
loop(struct case_run *run, uint64_t pairs)
{
	struct accounter_work work = run->work;
	uint64_t refused;

	work.pairs = pairs;
	refused = run->c.impl->loop[run->c.pattern](run->lane, &work);
	run->wrong += run->c.full ? pairs - refused : refused;
}

static uint64_t
slow_paths(const struct case_run *run)
{
	return run->c.impl->slow_paths == NULL ? 0 : run->c.impl->slow_paths(run->lane);
}

static double
window_ns(const struct bench *b, struct case_run *run)
{
	uint64_t start, end, slow;

	loop(run, run->warm);
	slow = slow_paths(run);
	start = rte_rdtsc_precise();
	loop(run, run->work.pairs);
	end = rte_rdtsc_precise();
	run->slow += slow_paths(run) - slow;
	return bench_ns(b, end - start) / (double)run->work.pairs;
}

/* So many pairs that they fill a window. */
static void
choose_pairs(const struct bench *b, struct case_run *run)
{
	uint64_t pairs;

	run->work.pairs = PAIRS_MIN;
	if (b->quick)
		return;
	window_ns(b, run);
	pairs = (uint64_t)(WINDOW_NS / window_ns(b, run));
	run->work.pairs = RTE_MIN(RTE_MAX(RTE_ALIGN_FLOOR(pairs, (uint64_t)BURST_SIZE), PAIRS_MIN),
				  PAIRS_MAX);
}

static int
start_run(struct bench *b, struct case_list *l, struct case_run *run)
{
	if (get_accounter(l, run) < 0 || make_order(run) < 0) {
		warnx("%s, %s, %u counters: left out", run->c.name, run->c.impl->name,
		      run->c.counters);
		run->lane = NULL;
		return 0;
	}
	choose_pairs(b, run);
	run->row = results_row(&b->results, run->c.impl->name, run->c.name, "ns/pair",
			       json_pack("{s:i,s:i,s:s,s:i}", "counters", (int)run->c.counters,
					 "depth", (int)run->c.depth, "order", order_name(&run->c),
					 "pairs", (int)run->work.pairs));
	return 0;
}

static void
measure(struct bench *b, const char *test, struct case_list *l)
{
	uint32_t turn, i;

	for (turn = 0; turn < TURNS_WARM; turn++) {
		for (i = 0; i < l->nb; i++) {
			if (l->runs[i].row != NULL)
				window_ns(b, &l->runs[i]);
			l->runs[i].slow = 0;
		}
	}
	for (turn = 0; turn < b->repeats; turn++) {
		progress(test, turn, b->repeats);
		for (i = 0; i < l->nb; i++) {
			if (l->runs[i].row != NULL)
				samples_add(&l->runs[i].row->samples, window_ns(b, &l->runs[i]));
		}
	}
	progress(test, turn, b->repeats);
}

/* An operation that went another way has cost something else than what is measured here. */
static int
close_run(const char *test, struct case_run *run)
{
	if (run->row == NULL)
		return 0;
	if (run->wrong > 0) {
		warnx("%s: %s: %s answered %" PRIu64 " operations wrongly, the figures are void",
		      test, run->c.name, run->c.impl->name, run->wrong);
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
	uint32_t i;
	int rc = 0;

	for (i = 0; i < l->nb && rc == 0; i++)
		rc = start_run(b, l, &l->runs[i]);
	if (rc == 0)
		measure(b, test, l);
	for (i = 0; i < l->nb && rc == 0; i++)
		rc = close_run(test, &l->runs[i]);
	return rc;
}

void
cases_free(struct case_list *l)
{
	uint32_t i;

	for (i = 0; i < l->nb; i++) {
		free(l->runs[i].order);
		if (!l->runs[i].owns)
			continue;
		if (l->runs[i].lane != NULL)
			l->runs[i].c.impl->leave(l->runs[i].lane);
		l->runs[i].c.impl->destroy(l->runs[i].self);
	}
	free(l->runs);
	*l = (struct case_list){0};
}
