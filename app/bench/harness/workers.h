/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_WORKERS_H_
#define BENCH_WORKERS_H_

/**
 * @file
 * Several lcores that use one backend at the same time. The main lcore is one of them and measures
 * a window. The window counts only if each other worker ran in each slice of it.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include <ration_compat.h>

#include "baselines/backend.h"
#include "harness/bench.h"

/**
 * Slices of a window. Every worker must finish an iteration in each slice, so iterations must be
 * shorter.
 */
#define WORKERS_SLICES 16

struct workers;

/** State of one lcore. */
struct worker {
	/** Operations so far. Written by this worker only. */
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) progress;
	RATION_ATOMIC(uint64_t) refused;
	RATION_ATOMIC(uint64_t) iterations; /**< Calls of the task, also idle ones. */
	/**
	 * For the task: sum of the values seen, and number of looks. Written by this worker only.
	 */
	RATION_ATOMIC(uint64_t) seen;
	RATION_ATOMIC(uint64_t) looks;
	/** For the task: units that it holds, or has handed over. Written by this worker only. */
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) held;
	alignas(2 * RTE_CACHE_LINE_SIZE) struct workers *workers;
	uint32_t id; /**< 0: the main lcore. */
	unsigned int lcore_id;
	void *ctx;
	uint64_t slow_paths; /**< Number of slow paths, set when the worker leaves. */
	void *task_arg; /**< From workers.task_args, for the task. */
	bool failed;
};

/** One iteration of a worker. Adds to its progress. */
typedef void (*worker_task_t)(struct worker *wk);

struct workers {
	const struct backend *impl;
	void *self;
	void *const *selves; /**< One tree for each worker; NULL: all workers share `self`. */
	RATION_ATOMIC(worker_task_t) task; /**< See workers_change_task(). */
	uint32_t nb;
	bool yields; /**< The workers share CPUs, and each yields after an iteration. */
	bool task_polls; /**< The task calls impl->poll() itself. */
	uint64_t max; /**< For the task. */
	const uint64_t *counters; /**< Handle of a counter for each worker. */
	void *task_args[RTE_MAX_LCORE]; /**< One for each worker, for the task. */
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
	uint64_t fewest; /**< Iterations of the slowest worker. */
	uint64_t least, most; /**< Operations of the workers that did the fewest and the most. */
	bool valid; /**< Every worker ran all the time. */
};

/** Start: all workers join, and the others start to work. @return 0, or -1 after a message */
int workers_start(struct workers *ws);

/**
 * Wait until every other worker has finished this many more iterations.
 *
 * @return
 *   false if that takes longer than a second
 */
bool workers_wait_iterations(const struct workers *ws, uint64_t iterations);

/** Change the task of running workers. @return false if a worker is still busy after a second */
bool workers_change_task(struct workers *ws, worker_task_t task);

/** Work on the main lcore for `ns`, and return the sums of all workers. */
struct workers_window workers_work(struct bench *b, struct workers *ws, double ns);

/**
 * Measure the median round trip of a word to the first worker and back. The cost of sharing data
 * depends on the placement of the two lcores, which a virtual machine may change at any time.
 * Measure it in each round, because it belongs to every figure of two lcores.
 *
 * @param trips
 *   The round trip is added here, in nanoseconds. Nothing is added if there is no other lcore or if
 *   both share a CPU.
 */
void workers_add_round_trip(struct bench *b, struct samples *trips);

/** Add the median of all rounds to a row, as "round_trip_ns". */
void workers_note_round_trip(struct row *row, struct samples *trips);

/** Stop: all workers leave. @return 0, or -1 after a message */
int workers_stop(struct workers *ws);

/** Do the first nb lcores have fewer than nb CPUs? */
bool workers_share_cpus(uint32_t nb);

/** Next number of lcores to measure: doubled, times 8 in a quick run, and finally all. */
static inline uint32_t
workers_next_nb(const struct bench *b, uint32_t nb, uint32_t all)
{
	return nb == all ? all + 1 : RTE_MIN(nb * (b->quick ? 8 : 2), all);
}

/** How many numbers of lcores are measured, from 1 to all. */
static inline uint32_t
workers_count_nb(const struct bench *b, uint32_t all)
{
	uint32_t nb, count = 0;

	for (nb = 1; nb <= all; nb = workers_next_nb(b, nb, all))
		count++;
	return count;
}

static inline void
worker_add(RATION_ATOMIC(uint64_t) *word, uint64_t n)
{
	/* The owner is the only writer. Pairs with the acquire of lcores that read the word. */
	ration_store(word, ration_load(word, relaxed) + n, release);
}

#endif /* BENCH_WORKERS_H_ */
