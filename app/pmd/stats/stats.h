/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef STATS_H_
#define STATS_H_

/**
 * @file
 * A snapshot of all statistics: of ports, tenants, counters and lcores.
 *
 * Rows are read one after another while lcores forward. Within a row the order of the reads makes
 * the figures fit together: no verdict exceeds the offered packets, and no tenant holds more
 * packets than it has charged.
 *
 * All functions: main lcore only.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "forward/lcore.h"
#include "forward/lcores.h"
#include "measure/counts.h"
#include "options/options.h"
#include "ports/ports.h"
#include "stats/links.h"
#include "tenants/tenants.h"

/** Statistics of a port. Counters are packets unless stated otherwise. */
struct port_stats {
	uint16_t id;
	const char *name;
	enum link_state link;
	struct totals rx;
	struct totals tx;
	uint64_t missed; /**< Dropped by the device because its RX queue was full. */
	uint64_t errors; /**< Received with errors. */
	uint64_t nombuf; /**< Failed allocations of RX mbufs. */
	uint64_t tx_errors; /**< Accepted by a TX queue, but not sent by the device. */
	uint64_t tx_dropped; /**< Not accepted by a TX queue. */
	double rx_rate; /**< Packets per second since the last snapshot. */
	double tx_rate;
};

/** Times that packets spent in the hold queue, in microseconds. */
struct latency_stats {
	double p50;
	double p99;
	double p999;
	double max;
	uint64_t count; /**< Number of packets. */
};

/** Statistics of a tenant. */
struct tenant_stats {
	const char *name;
	uint32_t node; /**< Node of the budget, the index of its counter. */
	struct totals verdicts[VERDICT_COUNT];
	uint64_t held; /**< Packets in the hold queue. */
	/**
	 * Packets that were offered, have no other verdict and are not held: those of the bursts
	 * that lcores are processing, and those that passed while the row was read.
	 */
	uint64_t in_flight;
	uint64_t recent; /**< Packets offered since the last snapshot. */
	bool changed; /**< A figure differs from that of the last snapshot. */
	struct latency_stats latency;
};

/** Statistics of a counter. */
struct counter_stats {
	const char *path;
	uint64_t usage; /**< In units of the budget; so are max and watermark. */
	uint64_t max; /**< RATION_UNLIMITED: no limit. */
	uint64_t watermark;
	uint64_t failures; /**< Charges to it or below it, refused because it lacked room. */
	uint64_t forced; /**< Forced charges that exceeded its limit. */
	uint64_t rejected; /**< Uncharges of more units than were charged. */
	uint64_t recent; /**< Failures since the last snapshot. */
	bool changed; /**< A figure differs from that of the last snapshot. */
};

/** Statistics of a forwarding lcore. */
struct lcore_stats {
	unsigned int lcore_id;
	uint64_t packets; /**< Received. */
	double cycles_per_packet; /**< TSC ticks. */
	struct ration_lcore_stats ration;
};

/** A snapshot, and the objects that it is collected from. */
struct stats {
	const struct options *options;
	const struct ports *from_ports;
	const struct tenants *from_tenants;
	const struct lcores *from_lcores;
	double time; /**< Seconds since the start of forwarding. */
	uint64_t periods_missed; /**< Periods of --stats-period without a report. */
	uint64_t reports_dropped; /**< Reports that could not be written in time. */
	uint32_t nb_tenants;
	struct tenant_stats *tenants; /**< In the order of the budget file. */
	uint32_t nb_counters; /**< 0 without --budget. */
	struct counter_stats *counters; /**< Indexed by node: parents before their children. */
	struct counter_stats *before; /**< The counters in the last snapshot. */
	/** Packets of each kind; all 0 if no rule of the budget file depends on headers. */
	uint64_t kinds[PACKET_KINDS];
	struct port_stats ports[RTE_MAX_ETHPORTS];
	struct links links;
	struct lcore_stats lcores[RTE_MAX_LCORE];
};

/**
 * Initialize an empty snapshot. Call stats_start() when the ports have been started.
 *
 * @return
 *   0, or -ENOMEM after one line on stderr.
 */
int stats_init(struct stats *s, const struct options *o, const struct ports *ports,
	       const struct tenants *tenants, const struct lcores *lcores);

/** Forwarding is about to start. */
void stats_start(struct stats *s);

/**
 * Collect all statistics.
 *
 * @param time
 *   Seconds since the start of forwarding.
 */
void stats_collect(struct stats *s, double time);

/**
 * Replace what is relative to the last snapshot, rates, `recent` and `changed`, by the same of the
 * whole run.
 */
void stats_average(struct stats *s);

/** Free the memory of a snapshot. */
void stats_free(struct stats *s);

#endif /* STATS_H_ */
