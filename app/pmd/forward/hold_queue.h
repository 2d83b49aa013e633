/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_HOLD_QUEUE_H_
#define FORWARD_HOLD_QUEUE_H_

/**
 * @file
 * The queue of mode hold. It models a slow next stage: packets wait in first-in, first-out order,
 * and a given number of packets per second leaves the queue. All tenants share the queue. Each
 * forwarding lcore has its own queue with its share of --hold-size and --service-rate.
 */

#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_ring.h>

#include "forward/pace.h"
#include "options/options.h"

/** An element of the queue: a packet and what is needed to account for it when it leaves. */
struct held_packet {
	struct rte_mbuf *pkt;
	uint64_t since; /**< TSC time at which the packet entered the queue. */
	uint32_t node; /**< Budget node. */
	uint32_t stream; /**< Index of the lcore's stream. */
};

/** The queue of one lcore. */
struct hold_queue {
	struct rte_ring *ring; /**< Of struct held_packet. NULL in other modes. */
	struct pace pace;
	double rate; /**< Packets per second. */
};

/**
 * Create the queue of one lcore. Main lcore only.
 *
 * @param index
 *   Index of the lcore among the forwarding lcores.
 * @param nb
 *   Number of forwarding lcores.
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int hold_queue_create(struct hold_queue *h, const struct options *o, unsigned int index,
		      unsigned int nb);

/** Free the queue, which must be empty. Main lcore only. */
void hold_queue_free(struct hold_queue *h);

#endif /* FORWARD_HOLD_QUEUE_H_ */
