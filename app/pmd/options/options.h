/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef OPTIONS_H_
#define OPTIONS_H_

/**
 * @file
 * The options of the application, which follow "--" on the command line. Options that testpmd also
 * has mean the same here.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** Largest value of --burst. */
#define BURST_MAX 512

/** Values of --forward-mode. */
enum forward_mode {
	FORWARD_IO,
	FORWARD_MAC,
	FORWARD_MACSWAP,
	FORWARD_RXONLY,
	FORWARD_HOLD,
};

/** Values of --port-topology. */
enum port_topology {
	TOPOLOGY_PAIRED,
	TOPOLOGY_CHAINED,
	TOPOLOGY_LOOP,
};

/** Values of --stats-format. */
enum stats_format {
	STATS_TEXT,
	STATS_JSON,
};

/**
 * The values of all options, in the units that --help names. 0, false and NULL mean that the option
 * was not given, unless --help names a default.
 */
struct options {
	uint64_t forward_mode; /**< enum forward_mode */
	uint64_t nb_cores;
	uint64_t rxq;
	uint64_t txq;
	uint64_t rxd;
	uint64_t txd;
	uint64_t burst;
	uint64_t mbcache;
	uint64_t total_num_mbufs;
	uint64_t mbuf_size;
	uint64_t portmask;
	uint64_t port_topology; /**< enum port_topology */
	uint64_t stats_period;
	uint64_t stats_format; /**< enum stats_format */
	uint64_t stats_rows;
	uint64_t duration;
	uint64_t max_packets;
	uint64_t service_rate;
	uint64_t hold_size;
	const char *budget;
	const char *classify;
	const char *stats_filter;
	bool stats_changed;
	bool latency;
	bool no_flush_rx;
	bool disable_link_check;
	bool record_core_cycles;
	bool help;
	bool version; /**< main() has printed it already. */
};

/**
 * Parse and check the options. argv[0] is skipped. `o` refers to the strings in `argv`. Main lcore
 * only.
 *
 * @return
 *   0, or -EINVAL after one line on stderr that names the option, the value and what is allowed.
 */
int options_parse(int argc, char **argv, struct options *o);

/** Return the name of the forwarding mode. */
const char *options_mode_name(const struct options *o);

/** Return the names of all options without "--", with a NULL at the end. */
const char *const *options_names(void);

/** Print the help text of all options. */
void options_help(FILE *f);

#endif /* OPTIONS_H_ */
