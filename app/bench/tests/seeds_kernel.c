/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_lcore.h>

#include "harness/processes.h"
#include "harness/progress.h"
#include "tests/seeds_groups.h"
#include "tests/seeds_kernel.h"

/* As in seeds.c: trials of iterations, and pages of each group per iteration. */
#define TRIALS 40
#define TRIALS_QUICK 11
#define ITERATIONS 50
#define ITERATIONS_QUICK 1
#define PAGES 64

static const uint32_t group_numbers[] = {1, 4, SEEDS_GROUPS_MAX};
#define NB_RUNS (2 * RTE_DIM(group_numbers))
/** A quick run leaves the largest number out, because so many forks take long. */
#define NB_RUNS_QUICK (NB_RUNS - 2)

/** Data of one process. */
struct kernel_work {
	rte_cpuset_t cpus; /**< CPUs that it may use. */
	uint32_t iterations;
	size_t page;
	volatile char *region; /**< Its own memory; NULL: not yet mapped. */
};

struct kernel_run {
	uint32_t groups;
	bool charged; /**< In cgroups of their own; otherwise in the root cgroup. */
	struct processes processes;
	struct row *row;
};

static rte_cpuset_t
all_cpus(void)
{
	rte_cpuset_t all, one;
	unsigned int lcore_id;

	CPU_ZERO(&all);
	RTE_LCORE_FOREACH(lcore_id) {
		one = rte_lcore_cpuset(lcore_id);
		CPU_OR(&all, &all, &one);
	}
	return all;
}

static bool
map_region(struct kernel_work *w)
{
	void *region;

	sched_setaffinity(0, sizeof(w->cpus), &w->cpus);
	region = mmap(NULL, w->page * PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	if (region == MAP_FAILED)
		return false;
	madvise(region, w->page * PAGES, MADV_NOHUGEPAGE);
	w->region = region;
	return true;
}

/* One trial of a process: pages are charged one by one by page faults, and released together. */
static bool
fault_and_release(void *work)
{
	struct kernel_work *w = work;
	uint32_t i, p;

	if (w->region == NULL && !map_region(w))
		return false;
	for (i = 0; i < w->iterations; i++) {
		for (p = 0; p < PAGES; p++)
			w->region[p * w->page] = 1;
		if (madvise((void *)(uintptr_t)w->region, w->page * PAGES, MADV_DONTNEED) != 0)
			return false;
	}
	return true;
}

static int
start_run(struct bench *b, struct kernel_run *r, const struct seeds_groups *g,
	  struct kernel_work *work)
{
	uint32_t i;

	if (processes_start(&r->processes, r->groups, fault_and_release, work) < 0)
		return -1;
	for (i = 0; i < r->groups; i++) {
		if (seeds_groups_move(g, r->charged ? i : SEEDS_GROUPS_ROOT, r->processes.pids[i]) <
		    0)
			return -1;
	}
	r->row = results_row(
		&b->results, r->charged ? "kernel, memory cgroups" : "kernel, root cgroup",
		"seeds, real kernel", "us/iteration",
		json_pack("{s:i,s:i,s:i,s:i}", "counters", (int)r->groups, "pages", PAGES,
			  "iterations", (int)work->iterations, "cgroup_version", g->version));
	return 0;
}

static int
measure(struct bench *b, struct kernel_run *runs, uint32_t nb, uint32_t iterations)
{
	uint32_t trials = b->quick ? TRIALS_QUICK : TRIALS, trial, i;
	double ns;

	for (trial = 0; trial <= trials && !bench_stops(b); trial++) {
		progress("seeds, real kernel", trial, trials + 1);
		for (i = 0; i < nb; i++) {
			ns = processes_run(&runs[i].processes);
			/* A signal ends the wait for the processes. */
			if (ns < 0 && bench_stops(b))
				break;
			if (ns < 0) {
				warnx("seeds: a process failed with %u cgroups", runs[i].groups);
				return -1;
			}
			/* The first trial is a warm-up. */
			if (trial > 0)
				samples_add(&runs[i].row->samples, ns / 1000 / iterations);
		}
	}
	progress("seeds, real kernel", trial, trial);
	for (i = 0; i < nb; i++)
		results_close_row(runs[i].row);
	return 0;
}

static int
run_all(struct bench *b, const struct seeds_groups *g)
{
	struct kernel_work work = {
		.cpus = all_cpus(),
		.iterations = b->quick ? ITERATIONS_QUICK : ITERATIONS,
		.page = (size_t)sysconf(_SC_PAGESIZE),
	};
	uint32_t nb = b->quick ? NB_RUNS_QUICK : NB_RUNS, i;
	struct kernel_run runs[NB_RUNS] = {0};
	int rc = 0;

	for (i = 0; i < nb && rc == 0; i++) {
		runs[i].groups = group_numbers[i / 2];
		runs[i].charged = i % 2 == 1;
		rc = start_run(b, &runs[i], g, &work);
	}
	if (rc == 0)
		rc = measure(b, runs, nb, work.iterations);
	for (i = 0; i < nb; i++)
		processes_end(&runs[i].processes);
	return rc;
}

int
seeds_kernel(struct bench *b)
{
	struct seeds_groups g;
	const char *reason = geteuid() == 0 ? seeds_groups_make(&g, "/proc/self/mounts")
					    : "only root can create cgroups";
	int rc;

	if (reason != NULL) {
		fprintf(stderr, "seeds: the real kernel is not measured: %s\n", reason);
		return 0;
	}
	rc = run_all(b, &g);
	return seeds_groups_remove(&g) < 0 ? -1 : rc;
}
