/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef STATS_H_
#define STATS_H_

/**
 * @file
 * All figures at one moment, read from ports, lcores and counters.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "count.h"
#include "forward.h"
#include "lcores.h"
#include "options.h"
#include "ports.h"
#include "tenants.h"

struct port_stats {
	uint16_t id;
	const char *name;
	struct amount rx;
	struct amount tx;
	uint64_t missed;
	uint64_t errors;
	uint64_t nombuf;
	uint64_t tx_errors;
	uint64_t tx_dropped; /**< Not taken by a TX queue. */
	double rx_rate; /**< Packets per second since the statistics before. */
	double tx_rate;
};

/** Times in the hold queue, in microseconds. */
struct latency_stats {
	double p50;
	double p99;
	double p999;
	double max;
	uint64_t count;
};

struct tenant_stats {
	const char *name;
	struct amount fate[FATE_COUNT];
	uint64_t held; /**< Offered, and nothing has become of them yet; bursts that lcores are
			* just working on are among them. */
	uint64_t usage;
	uint64_t max;
	uint64_t watermark;
	struct latency_stats latency;
};

struct lcore_stats {
	unsigned int lcore_id;
	uint64_t packets;
	double cycles_per_packet;
	struct ration_lcore_stats ration;
};

struct stats {
	const struct options *options;
	const struct ports *from_ports;
	const struct tenants *from_tenants;
	const struct lcores *from_lcores;
	double time; /**< Seconds since forwarding began. */
	uint32_t nb_tenants;
	struct tenant_stats *tenants;
	struct port_stats ports[RTE_MAX_ETHPORTS];
	struct lcore_stats lcores[RTE_MAX_LCORE];
};

/** Get ready to collect. @return 0, or -ENOMEM after one line on stderr */
int stats_init(struct stats *s, const struct options *o, const struct ports *ports,
	       const struct tenants *tenants, const struct lcores *lcores);

/**
 * Read everything.
 *
 * @param time
 *   Seconds since forwarding began.
 */
void stats_collect(struct stats *s, double time);

/** Rates over all the time, not since the statistics before. */
void stats_average(struct stats *s);

void stats_free(struct stats *s);

#endif /* STATS_H_ */
