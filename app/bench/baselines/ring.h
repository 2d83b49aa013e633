/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BASELINE_RING_H_
#define BENCH_BASELINE_RING_H_

/**
 * @file
 * The round trip between two lcores: a request through an rte_ring, and an acknowledgment on a
 * cache line of its own. No request that passes a ring can be answered sooner.
 */

#include <stdalign.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_ring.h>

#include <ration_compat.h>

struct ring_baseline {
	/** Last request served, on a cache line of its own. Written by the polling lcore only. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) ack;
	alignas(RTE_CACHE_LINE_SIZE) struct rte_ring *ring;
	uint64_t requested; /**< Last request sent. Used by the requester only. */
};

/** @return 0, or -1 after a message */
int ring_baseline_init(struct ring_baseline *b);

void ring_baseline_fini(struct ring_baseline *b);

/**
 * Send a request and wait for the acknowledgment.
 *
 * @return
 *   0; -EAGAIN if the ring is full; -ETIMEDOUT after about a second
 */
int ring_baseline_request(struct ring_baseline *b);

/** Serve a request if there is one. */
static inline void
ring_baseline_poll(struct ring_baseline *b)
{
	void *request;

	if (unlikely(rte_ring_sc_dequeue(b->ring, &request) == 0))
		/* Pairs with the acquire in wait_for_ack(). */
		ration_store(&b->ack, (uint64_t)(uintptr_t)request, release);
}

#endif /* BENCH_BASELINE_RING_H_ */
