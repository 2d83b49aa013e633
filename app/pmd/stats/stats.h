/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef STATS_H_
#define STATS_H_

/**
 * @file
 * A snapshot of all statistics: of ports, tenants and lcores.
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
#include "tenants/tenants.h"

/** Statistics of a port. Counters are packets unless stated otherwise. */
struct port_stats {
	uint16_t id;
	const char *name;
	struct totals rx;
	struct totals tx;
	uint64_t missed; /**< Dropped by the device because its RX queue was full. */
	uint64_t errors; /**< Received with errors. */
	uint64_t nombuf; /**< Failed allocations of RX mbufs. */
	uint64_t tx_errors; /**< Failed to be sent by the device. */
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
	struct totals verdicts[VERDICT_COUNT];
	/**
	 * Packets that were offered and have no other verdict yet. While lcores run, these include
	 * packets of the bursts that lcores are processing.
	 */
	uint64_t held;
	uint64_t usage; /**< In units of the budget; so are max and watermark. */
	uint64_t max;
	uint64_t watermark;
	struct latency_stats latency;
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
	uint32_t nb_tenants;
	struct tenant_stats *tenants;
	struct port_stats ports[RTE_MAX_ETHPORTS];
	struct lcore_stats lcores[RTE_MAX_LCORE];
};

/** Initialize an empty snapshot. @return 0, or -ENOMEM after one line on stderr */
int stats_init(struct stats *s, const struct options *o, const struct ports *ports,
	       const struct tenants *tenants, const struct lcores *lcores);

/**
 * Collect all statistics.
 *
 * @param time
 *   Seconds since the start of forwarding.
 */
void stats_collect(struct stats *s, double time);

/** Replace the rates since the last snapshot by the average rates of the whole run. */
void stats_average(struct stats *s);

/** Free the memory of a snapshot. */
void stats_free(struct stats *s);

#endif /* STATS_H_ */
