/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_H_
#define FORWARD_H_

/**
 * @file
 * What a forwarding lcore works with. Each lcore has a number of streams: an RX queue and the TX
 * queue its packets go to. An engine is the loop that serves them.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_spinlock.h>

#include <ration.h>

#include "classify.h"
#include "count.h"
#include "hold.h"
#include "latency.h"
#include "options.h"

/** What became of packets. */
enum fate {
	FATE_OFFERED, /**< Received. */
	FATE_DELIVERED, /**< Sent; in rxonly mode consumed. */
	FATE_REFUSED, /**< Dropped, over budget. */
	FATE_LOST, /**< Dropped: queue full, or not taken by the TX queue. */
	FATE_COUNT,
};

/** One tenant's figures on one lcore. */
struct tenant_row {
	struct tally tally[FATE_COUNT];
};

/** An RX queue and where its packets go. */
struct stream {
	uint16_t rx_port;
	uint16_t rx_queue;
	uint16_t tx_port;
	uint16_t tx_queue;
	struct rte_ether_addr source; /**< mac mode: of the port that sends. */
	struct rte_ether_addr destination; /**< mac mode: the fixed peer. */
	RATION_ATOMIC(uint64_t) tx_dropped;
};

struct fwd_lcore;

/** A loop: returns when forward_state says so. */
typedef void forward_loop_t(struct fwd_lcore *l);

/** A forwarding lcore. Only it writes, but for what is set before it starts. */
struct fwd_lcore {
	struct stream *streams;
	uint16_t nb_streams;
	uint16_t burst;
	bool record_cycles;
	bool in_bytes; /**< Charge bytes, not packets. */
	struct ration_lcore *lc; /**< NULL: no accounting. */
	const struct classifier *classifier; /**< NULL: all packets belong to node 0. */
	const ration_counter_t *counters; /**< By node. */
	struct tenant_row *rows; /**< By node. */
	struct latency **latencies; /**< By node, NULL where no traffic leads; NULL: unmeasured. */
	struct hold hold;

	RATION_ATOMIC(uint64_t) rx_packets;
	RATION_ATOMIC(uint64_t) busy_cycles; /**< TSC ticks of bursts with packets. */

	unsigned int lcore_id;
	forward_loop_t *loop;
	struct ration_domain *domain;
	rte_spinlock_t stats_lock; /**< Of `visible` and `last_stats`. */
	const struct ration_lcore *visible; /**< `lc` for readers, NULL once it leaves. */
	struct ration_lcore_stats last_stats;
};

/** A burst on its way through the application; the arrays go together. */
struct burst {
	struct rte_mbuf *pkts[BURST_MAX];
	uint32_t nodes[BURST_MAX];
	uint32_t bytes[BURST_MAX];
};

/** How an engine's loop is to go on. */
enum forward_state {
	FORWARD_RUN,
	FORWARD_FINISH, /**< Receive no more, serve what is held, then return. */
	FORWARD_STOP, /**< Return at once. */
};

/** Set by the main lcore, read by all loops. */
extern RATION_ATOMIC(uint32_t) forward_state;

struct engine {
	forward_loop_t *plain; /**< Without tenants: nothing of accounting in it. */
	forward_loop_t *accounted; /**< Tells tenants apart, and charges if there is a budget. */
};

extern const struct engine engine_io;
extern const struct engine engine_mac;
extern const struct engine engine_macswap;
extern const struct engine engine_rxonly;
extern const struct engine engine_hold;

#endif /* FORWARD_H_ */
