/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_LCORE_H_
#define FORWARD_LCORE_H_

/**
 * @file
 * The context of a forwarding lcore: its streams, its tenants and its statistics.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_spinlock.h>

#include <ration.h>

#include "classify/burst.h"
#include "classify/classifier.h"
#include "forward/engine.h"
#include "forward/hold_queue.h"
#include "measure/counts.h"
#include "measure/latency.h"
#include "options/options.h"
#include "ports/streams.h"

/** What happened to packets. Each offered packet gets exactly one of the other verdicts. */
enum verdict {
	VERDICT_OFFERED, /**< Received. */
	/** Handed to the driver, which may still fail to send it; freed in mode rxonly. */
	VERDICT_DELIVERED,
	VERDICT_REFUSED, /**< Dropped because the tenant is over its budget. */
	VERDICT_LOST, /**< Dropped because the hold queue or the TX queue is full. */
	VERDICT_COUNT,
};

/** The counters of one tenant on one lcore. */
struct tenant_counts {
	struct counts verdicts[VERDICT_COUNT];
};

/**
 * The context of a forwarding lcore. The main lcore fills it in before the loop starts; afterwards
 * only the lcore itself writes to it.
 */
struct fwd_lcore {
	struct stream *streams;
	uint16_t nb_streams;
	uint16_t burst; /**< Packets per RX burst. */
	bool record_cycles;
	bool charge_bytes; /**< Charge the length of packets instead of their number. */
	struct ration_lcore *lc; /**< NULL without --budget. */
	const struct classifier *classifier; /**< NULL: all packets belong to node 0. */
	const ration_counter_t *counters; /**< Indexed by node. */
	struct tenant_counts *tenants; /**< Indexed by node. */
	/** Packets in the hold queue, indexed by node; NULL in other modes. */
	RATION_ATOMIC(uint64_t) *held;
	/** Indexed by node; an element is NULL if no rule leads to its node. NULL: no --latency. */
	struct latency **latencies;
	struct hold_queue hold; /**< Mode hold only. */

	RATION_ATOMIC(uint64_t) rx_packets;
	RATION_ATOMIC(uint64_t) delivered; /**< Loops without accounting: as VERDICT_DELIVERED. */
	RATION_ATOMIC(uint64_t) kinds[PACKET_KINDS]; /**< Packets of each kind. */
	RATION_ATOMIC(uint64_t) busy_cycles; /**< TSC ticks spent on bursts with packets. */

	unsigned int lcore_id;
	double end; /**< Time at which the loop has ended. */
	forward_loop_t *loop;
	struct ration_domain *domain; /**< NULL without --budget. */
	rte_spinlock_t stats_lock; /**< Protects `stats_lc` and `final_stats`. */
	const struct ration_lcore *stats_lc; /**< `lc` for other threads, NULL at the end. */
	struct ration_lcore_stats final_stats; /**< Valid while `stats_lc` is NULL. */
};

/** A burst of packets and, at the same indexes, what is known about each packet. */
struct burst {
	struct rte_mbuf *pkts[BURST_MAX];
	uint32_t nodes[BURST_MAX]; /**< Budget node of the packet. */
	uint32_t bytes[BURST_MAX]; /**< Length of the packet. */
};

#endif /* FORWARD_LCORE_H_ */
