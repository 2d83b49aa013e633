/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_WORKERS_H_
#define BENCH_WORKERS_H_

/**
 * @file
 * Several lcores that work on one backend at once. The main lcore is one of them; it measures a
 * window, which counts only if each of the others provably ran in each slice of it.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include <ration_compat.h>

#include "baselines/backend.h"
#include "harness/bench.h"

struct workers;

/** An lcore's part. */
struct worker {
	/** What it has done so far. Written by the member only. */
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) progress;
	RATION_ATOMIC(uint64_t) refused;
	RATION_ATOMIC(uint64_t) iterations; /**< Handfuls of work, done or in vain. */
	/** For the task: what it has seen in so many looks. Written by the member only. */
	RATION_ATOMIC(uint64_t) seen;
	RATION_ATOMIC(uint64_t) looks;
	/** For the task: what it holds, or has passed on. Written by the member only. */
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) held;
	alignas(2 * RTE_CACHE_LINE_SIZE) struct workers *workers;
	uint32_t id; /**< 0: the main lcore. */
	unsigned int lcore_id;
	void *ctx;
	uint64_t slow_paths; /**< When it left. */
	void *context; /**< The task's, from workers.contexts. */
	bool failed;
};

/** One handful of work. Adds to its progress. */
typedef void (*worker_task_t)(struct worker *wk);

struct workers {
	const struct backend *impl;
	void *self;
	void *const *selves; /**< Or one for each member; NULL: all share `self`. */
	worker_task_t task;
	uint32_t nb;
	bool task_polls; /**< The task calls impl->poll() itself. */
	uint64_t max; /**< For the task. */
	const uint64_t *counters; /**< Handle for each member. */
	void *contexts[RTE_MAX_LCORE]; /**< One for each member, for the task. */
	RATION_ATOMIC(uint32_t) quit;
	RATION_ATOMIC(uint32_t) ready;
	alignas(2 * RTE_CACHE_LINE_SIZE) struct worker worker[RTE_MAX_LCORE];
};

/** Sums over a window. */
struct workers_window {
	double ns;
	uint64_t done;
	uint64_t refused;
	uint64_t seen;
	uint64_t looks;
	bool valid; /**< Every member ran, all the time. */
};

/** Begin: all join, the others start to work. @return 0, or -1 after a message */
int workers_start(struct workers *c);

/** Wait until every other member has taken so many iterations more. @return Did they, in a second? */
bool workers_wait_iterations(const struct workers *c, uint64_t iterations);

/** Work for so long on the main lcore and see what all have done. */
struct workers_window workers_work(struct bench *b, struct workers *c, double ns);

/**
 * How long a word takes to the first worker and back, at the median: what two lcores cost each
 * other depends on where they are, which a virtual machine may change at any time. To be measured
 * again in each round, since it belongs beside every figure of two lcores.
 *
 * @param trips
 *   Where to add it, in nanoseconds. Nothing is added where there is no other lcore, or where both
 *   share a CPU.
 */
void workers_add_round_trip(struct bench *b, struct samples *trips);

/** Note the median of all rounds beside a figure, as "round_trip_ns". */
void workers_note_round_trip(struct row *row, struct samples *trips);

/** End: all leave. @return 0, or -1 after a message */
int workers_stop(struct workers *c);

/** Are there fewer CPUs than the first nb lcores? */
bool workers_share_cpus(uint32_t nb);

/** Numbers of lcores to measure: doubling, and all that there are. */
static inline uint32_t
workers_next_nb(uint32_t nb, uint32_t all)
{
	return nb == all ? all + 1 : RTE_MIN(2 * nb, all);
}

static inline void
worker_add(RATION_ATOMIC(uint64_t) *word, uint64_t n)
{
	/* Its owner is the only writer. Release pairs with the acquire of whoever follows it. */
	ration_store(word, ration_load(word, relaxed) + n, release);
}

#endif /* BENCH_WORKERS_H_ */
