/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_DRAIN_TARGET_H_
#define BENCH_DRAIN_TARGET_H_

/**
 * @file
 * The lcore that is asked, and what it works on: a tree whose stock comes back after each drain.
 *
 * One loop for all: look for a request, charge and uncharge one unit of the next counter, say that
 * you are alive. Only the look is another one for the baseline and for libration.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "baselines/ring.h"

struct drain_target {
	struct ring_baseline ring;

	/** Set by the requester: end the loop. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) quit;
	/** Turns of the loop so far. Written by the asked lcore only. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) progress;

	/** What is drained: the group of the counters, or the only one of them. */
	alignas(RTE_CACHE_LINE_SIZE) ration_counter_t top;
	struct ration_domain *domain;
	ration_counter_t *counters;
	uint32_t nb_counters; /**< A power of two. */

	/** Of the thread that dies. */
	RATION_ATOMIC(int) tid;
	int failed;
};

/** Make the tree. @return 0, or -1 after a message */
int target_init(struct drain_target *p, uint32_t nb_counters);

void target_fini(struct drain_target *p);

/** Lcore function: poll the ring of the baseline until told to quit. @return 0 or an errno */
int target_poll_ring(void *target);

/** Lcore function: poll by ration_quiescent() until told to quit. @return 0 or an errno */
int target_poll_ration(void *target);

/** Lcore function: come online, take stock, and return without parking. @return 0 or an errno */
int target_take_stock(void *target);

/** Lcore function: come online, take stock, park. @return 0 or an errno */
int target_park(void *target);

/** Lcore function: give everything back. @return 0 or an errno */
int target_leave(void *target);

/** Lcore function that does nothing: the baseline of a drain by launch. */
int target_noop(void *target);

/** Can a thread die and leave stock? Not where a sanitizer waits for it. */
bool target_can_die(void);

/**
 * Have a thread take stock of each counter and die without leaving. Returns when it is dead.
 *
 * @return
 *   0, or -1 after a message
 */
int target_die(struct drain_target *p);

/** Start a polling function on an lcore. @return 0, or -1 after a message */
int target_start(struct drain_target *p, int (*poll)(void *target), unsigned int lcore_id);

/** End the polling function and wait for it. @return 0, or -1 after a message */
int target_stop(struct drain_target *p, unsigned int lcore_id);

/**
 * Wait until the polling lcore has made so many iterations more, so that it has stock again.
 *
 * @param yield
 *   It has no CPU of its own: let it have this one.
 * @return
 *   Did it? If not within a second, it does not run.
 */
bool target_wait_iterations(const struct drain_target *p, uint64_t iterations, bool yield);

static inline uint64_t
target_progress(const struct drain_target *p)
{
	/* Pairs with the release in the polling loop. */
	return ration_load(&p->progress, acquire);
}

#endif /* BENCH_DRAIN_TARGET_H_ */
