/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PEER_H_
#define BENCH_PEER_H_

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

#include "baseline_ring.h"

struct peer {
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
int peer_init(struct peer *p, uint32_t nb_counters);

void peer_fini(struct peer *p);

/** Lcore function: poll the ring of the baseline until told to quit. @return 0 or an errno */
int peer_poll_ring(void *peer);

/** Lcore function: poll by ration_quiescent() until told to quit. @return 0 or an errno */
int peer_poll_ration(void *peer);

/** Lcore function: come online, take stock, and return without parking. @return 0 or an errno */
int peer_take_stock(void *peer);

/** Lcore function: come online, take stock, park. @return 0 or an errno */
int peer_park(void *peer);

/** Lcore function: give everything back. @return 0 or an errno */
int peer_leave(void *peer);

/** Lcore function that does nothing: the baseline of a drain by launch. */
int peer_noop(void *peer);

/** Can a thread die and leave stock? Not where a sanitizer waits for it. */
bool peer_can_die(void);

/**
 * Have a thread take stock of each counter and die without leaving. Returns when it is dead.
 *
 * @return
 *   0, or -1 after a message
 */
int peer_die(struct peer *p);

/** Start a polling function on an lcore. @return 0, or -1 after a message */
int peer_start(struct peer *p, int (*poll)(void *peer), unsigned int lcore_id);

/** End the polling function and wait for it. @return 0, or -1 after a message */
int peer_stop(struct peer *p, unsigned int lcore_id);

/**
 * Wait until the polling lcore has made so many turns more, so that it has stock again.
 *
 * @param yield
 *   It has no CPU of its own: let it have this one.
 * @return
 *   Did it? If not within a second, it does not run.
 */
bool peer_wait_turns(const struct peer *p, uint64_t turns, bool yield);

static inline uint64_t
peer_progress(const struct peer *p)
{
	/* Pairs with the release in the polling loop. */
	return ration_load(&p->progress, acquire);
}

#endif /* BENCH_PEER_H_ */
