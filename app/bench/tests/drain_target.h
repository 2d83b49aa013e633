/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_DRAIN_TARGET_H_
#define BENCH_DRAIN_TARGET_H_

/**
 * @file
 * The target lcore of drain requests, and its tree. Its loop takes stock again after each drain.
 *
 * All targets run the same loop: poll for a request, charge and uncharge one unit of the next
 * counter, count the iteration. Only the poll differs between the baseline and libration.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "baselines/ring.h"

struct drain_target {
	struct ring_baseline ring;

	/** Set by the requester to end the loop. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) quit;
	/** Iterations of the loop so far. Written by the target lcore only. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) progress;

	/** The drained counter: the parent of the counters, or the only counter. */
	alignas(RTE_CACHE_LINE_SIZE) ration_counter_t top;
	struct ration_domain *domain;
	ration_counter_t *counters;
	uint32_t nb_counters; /**< A power of two. */

	/** Used by the thread that dies. */
	RATION_ATOMIC(int) tid;
	int failed;
};

/** Create the tree. @return 0, or -1 after a message */
int target_init(struct drain_target *p, uint32_t nb_counters);

void target_fini(struct drain_target *p);

/** Lcore function: poll the ring of the baseline until told to quit. @return 0 or an errno */
int target_poll_ring(void *target);

/** Lcore function: call ration_quiescent() until told to quit. @return 0 or an errno */
int target_poll_ration(void *target);

/** Lcore function: register, take stock, and return without going offline. @return 0 or an errno */
int target_take_stock(void *target);

/** Lcore function: register, take stock, and go offline. @return 0 or an errno */
int target_go_offline(void *target);

/** Lcore function: return all stock and unregister. @return 0 or an errno */
int target_unregister(void *target);

/** Lcore function that does nothing: the baseline of a drain by remote launch. */
int target_do_nothing(void *target);

/** Can a thread die and leave stock? Not with a sanitizer, which waits for the thread. */
bool target_can_die(void);

/**
 * Let a thread take stock of each counter and die without unregistering. Returns when it is dead.
 *
 * @return
 *   0, or -1 after a message
 */
int target_die(struct drain_target *p);

/** Start a polling function on an lcore. @return 0, or -1 after a message */
int target_start(struct drain_target *p, int (*poll)(void *target), unsigned int lcore_id);

/** Stop the polling function and wait for it. @return 0, or -1 after a message */
int target_stop(struct drain_target *p, unsigned int lcore_id);

/**
 * Wait until the polling lcore has made this many more iterations, so that it has stock again.
 *
 * @param yield
 *   Yield the CPU, because both lcores share it.
 * @return
 *   false if the lcore did not run within a second
 */
bool target_wait_iterations(const struct drain_target *p, uint64_t iterations, bool yield);

static inline uint64_t
target_progress(const struct drain_target *p)
{
	/* Pairs with the release in the polling loop. */
	return ration_load(&p->progress, acquire);
}

#endif /* BENCH_DRAIN_TARGET_H_ */
