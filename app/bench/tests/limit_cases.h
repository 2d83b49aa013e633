/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LIMIT_CASES_H_
#define BENCH_LIMIT_CASES_H_

/**
 * @file
 * The cases at and near a limit: what the lcores charge, and how far from the limit. All lcores
 * charge bursts of 32 packets of a shared counter and return what was granted, in turn.
 */

#include <stdalign.h>

#include "harness/workers.h"

enum limit_load {
	LIMIT_FULL, /**< The counter is full: every packet is refused. */
	/** Every other packet belongs to a full counter, the others to a tenant of the lcore. */
	LIMIT_HALF_FULL,
	LIMIT_HOLD, /**< Each lcore holds a burst, as far as it is granted, and returns it. */
};

/** A kind of load and a limit. */
struct limit_case {
	const char *singles; /**< Name of the row of single calls. */
	const char *bursts;
	enum limit_load load;
	uint32_t percent; /**< The limit, in percent of what all lcores hold; 0: far away. */
};

#define LIMIT_CASES 7

extern const struct limit_case limit_cases[LIMIT_CASES];

/** A case of one implementation on some lcores. */
struct limit_setup {
	const struct limit_case *c;
	const struct backend *impl;
	bool bursts; /**< Bursts of 32; otherwise single calls. */
	uint32_t nb; /**< Number of lcores. */
};

/** Time of the packets by what happened to them, see limit_split.h. Sums over bursts. */
struct limit_split {
	uint64_t gg, gr, rr; /**< Granted and refused packets of a burst: their products. */
	uint64_t tg, tr; /**< Their products with the ticks of the burst. */
};

/** What was refused although there was room, see limit_truth.h. Sums over all readings. */
struct limit_truth {
	uint64_t packets; /**< Packets that were charged between two readings. */
	uint64_t refused;
	uint64_t wrong; /**< Refused packets for which there was room in both readings. */
	uint64_t sure; /**< The same, however the others moved in between. */
	uint64_t looks; /**< Number of readings. */
	uint64_t held; /**< Units in use, the sum over all readings. */
};

/** What one lcore needs and counts. */
struct limit_lcore {
	/** Counters of its packets. */
	alignas(2 * RTE_CACHE_LINE_SIZE) uint64_t order[BURST_SIZE];
	uint64_t own[BURST_SIZE]; /**< Only those of the tenant of the lcore. */
	uint8_t granted[BURST_SIZE];
	uint64_t bursts; /**< Number of bursts so far. */
	uint64_t random; /**< State of the random numbers. */
	uint64_t reading; /**< The shortest time to read the clock, in ticks. */
	enum backend_pattern pattern;
	const struct limit_setup *setup;
	uint64_t shared; /**< Handle of the shared counter. */
	uint64_t room; /**< Units of it that the lcores may hold. */
	struct limit_split split;
	struct limit_truth truth;
};

struct limit_run {
	struct workers workers;
	struct limit_lcore lcores[RTE_MAX_LCORE];
};

/** Can the backend run the case? Units of a meter cannot be held and returned. */
bool limit_can_run(const struct backend *impl, const struct limit_case *c);

/** The limit of the shared counter. */
uint64_t limit_of(const struct limit_setup *s);

const char *limit_name(const struct limit_setup *s);

/**
 * Create the tree, fill the counter if the case says so, and start the workers with limit_hold().
 * @return 0, or -1 after a message
 */
int limit_start(struct limit_run *r, const struct limit_setup *s);

/** Stop the workers, return the units of a full counter and destroy the tree. */
int limit_stop(struct limit_run *r);

/** Task: a burst of the case, nothing else. The packets granted are the progress. */
void limit_hold(struct worker *wk);

#endif /* BENCH_LIMIT_CASES_H_ */
