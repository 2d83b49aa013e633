/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include <ration.h>

#include "baselines/backend.h"
#include "harness/progress.h"
#include "tests/seeds_kernel.h"
#include "tests/test.h"

/**
 * @file
 * The table of the cover letter of the kernel series, without page faults: a number of groups
 * charge pages one by one, in turns, then release them one by one; 40 trials of 50 iterations. The
 * old stock (slots-7) is compared with versions 3 and 4 of the series and with libration.
 */

#define TRIALS 40
#define TRIALS_QUICK 11
#define ITERATIONS 50
#define ITERATIONS_QUICK 1
/** Pages of each group per iteration, but at most PAGES_MAX for all groups together. */
#define PAGES 64
#define PAGES_MAX 8192u
static const uint32_t group_numbers[] = {1, 4, 7, 8, 32, 256, 4096};
static const uint32_t published[] = {1, 4, 32};

static const struct backend *const impls[] = {&backend_slots_7_random, &backend_slots_7_rr,
					      &backend_stock_v3,       &backend_stock_v4,
					      &backend_ration,	       NULL};
#define NB_IMPLS (RTE_DIM(impls) - 1)
#define NB_RUNS (NB_IMPLS * RTE_DIM(group_numbers))

struct seeds_run {
	const struct backend *impl;
	void *self;
	void *ctx;
	uint64_t *order;
	struct backend_work work;
	struct row *row;
	uint64_t refused;
};

static int
start_run(struct bench *b, struct seeds_run *r, const struct backend *impl, uint32_t groups)
{
	const struct backend_tree tree = {
		.counters = groups, .depth = DEPTH_OF_THREE, .max = RATION_UNLIMITED};
	uint32_t pages = RTE_MIN((uint32_t)PAGES, PAGES_MAX / groups), i;

	r->impl = impl;
	r->self = impl->create(&tree);
	if (r->self == NULL)
		return -1;
	r->ctx = impl->join(r->self, 0);
	r->order = malloc(PAGES_MAX * sizeof(*r->order));
	if (r->ctx == NULL || r->order == NULL) {
		warnx("seeds: %s, %u groups", impl->name, groups);
		return -1;
	}
	for (i = 0; i < PAGES_MAX; i++)
		r->order[i] = impl->counter(r->self, i % groups);
	r->work = (struct backend_work){.order = r->order,
					.nb_order = PAGES_MAX,
					.units = 1,
					.pairs = (uint64_t)groups * pages};
	r->row =
		results_row(&b->results, impl->name, "seeds", "us/iteration",
			    json_pack("{s:i,s:i,s:i}", "counters", (int)groups, "pages", (int)pages,
				      "iterations", b->quick ? ITERATIONS_QUICK : ITERATIONS));
	return 0;
}

static double
trial_us(const struct bench *b, struct seeds_run *r)
{
	uint32_t iterations = b->quick ? ITERATIONS_QUICK : ITERATIONS, i;
	uint64_t start = rte_rdtsc_precise();

	for (i = 0; i < iterations; i++) {
		r->refused += r->impl->loop[BACKEND_CHARGES](r->ctx, &r->work);
		r->refused += r->impl->loop[BACKEND_UNCHARGES](r->ctx, &r->work);
	}
	return bench_ns(b, rte_rdtsc_precise() - start) / 1000 / iterations;
}

static int
measure(struct bench *b, struct seeds_run *runs)
{
	uint32_t trials = b->quick ? TRIALS_QUICK : TRIALS, trial, i;

	for (trial = 0; trial <= trials && !bench_stops(b); trial++) {
		progress("seeds", trial, trials + 1);
		for (i = 0; i < NB_RUNS; i++) {
			double us = trial_us(b, &runs[i]);

			/* The first trial is a warm-up. */
			if (trial > 0)
				samples_add(&runs[i].row->samples, us);
		}
	}
	progress("seeds", trial, trial);
	for (i = 0; i < NB_RUNS; i++) {
		if (runs[i].refused > 0) {
			warnx("seeds: %s refused operations, the figures are void",
			      runs[i].impl->name);
			return -1;
		}
		if (results_close_row(runs[i].row) < 0)
			return -1;
	}
	return 0;
}

static void
add_ratios(struct bench *b)
{
	static const char *const after[] = {"stock-v3", "stock-v4", "ration"};
	char name[96];
	uint32_t i, k;

	for (i = 0; i < RTE_DIM(group_numbers); i++) {
		const struct row_key rr = {"slots-7-rr", "seeds", group_numbers[i], 0, 0};

		for (k = 0; k < RTE_DIM(after); k++) {
			const struct row_key key = {after[k], "seeds", group_numbers[i], 0, 0};

			snprintf(name, sizeof(name), "seeds, groups %u: %s / slots-7-rr",
				 group_numbers[i], after[k]);
			results_ratio(&b->results, name, results_find(&b->results, &key),
				      results_find(&b->results, &rr), 0);
		}
	}
	for (i = 0; i < RTE_DIM(published); i++) {
		const struct row_key root = {"kernel, root cgroup", NULL, published[i], 0, 0};
		const struct row_key memory = {"kernel, memory cgroups", NULL, published[i], 0, 0};

		snprintf(name, sizeof(name),
			 "seeds on the real kernel, groups %u: memory cgroups / root cgroup",
			 published[i]);
		if (results_find(&b->results, &root) != NULL)
			results_ratio(&b->results, name, results_find(&b->results, &memory),
				      results_find(&b->results, &root), 0);
	}
}

static int
run_seeds(struct bench *b)
{
	struct seeds_run runs[NB_RUNS] = {0};
	uint32_t i;
	int rc = 0;

	for (i = 0; i < NB_RUNS && rc == 0; i++)
		rc = start_run(b, &runs[i], impls[i % NB_IMPLS], group_numbers[i / NB_IMPLS]);
	if (rc == 0)
		rc = measure(b, runs);
	if (rc == 0 && !bench_stops(b))
		rc = seeds_kernel(b);
	if (rc == 0)
		add_ratios(b);
	for (i = 0; i < NB_RUNS && runs[i].self != NULL; i++) {
		if (runs[i].ctx != NULL)
			runs[i].impl->leave(runs[i].ctx);
		runs[i].impl->destroy(runs[i].self);
		free(runs[i].order);
	}
	return rc;
}

const struct bench_test test_seeds = {
	.name = "seeds",
	.summary = "the table of the kernel series: before, after, libration",
	.nb_lcores = 1,
	.run = run_seeds,
};
