/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_TAILS_H_
#define BENCH_TAILS_H_

/**
 * @file
 * Common parts of hiccup and latency: the measured backends, drains of them, and the empty loop
 * before and after all cases.
 */

#include <stdbool.h>
#include <stdint.h>

#include "baselines/backend.h"
#include "harness/bench.h"
#include "harness/isolation.h"
#include "report/histogram.h"

/** All backends have the same tree: leaves that are used in turn, three levels. */
#define TAILS_COUNTERS 25u
/** Number of handles: the loops need a power of two. */
#define TAILS_ORDER 32u
#define TAILS_DEPTH 2
#define TAILS_MAX UINT64_C(65536)
/** The measured lcore and the main lcore. */
#define TAILS_LCORES 2

/**
 * ration, and backends without stock, with a lock, with seven slots, and with a stock that other
 * lcores can drain.
 */
enum {
	TAILS_RATION,
	TAILS_ATOMIC,
	TAILS_SPINLOCK,
	TAILS_SLOTS,
	TAILS_V4,
	TAILS_NB_BACKENDS
};

#define TAILS_ALL ((1u << TAILS_NB_BACKENDS) - 1)
/** Backends whose stock another lcore can drain. */
#define TAILS_DRAINED (1u << TAILS_RATION | 1u << TAILS_V4)
#define TAILS_RATION_ONLY (1u << TAILS_RATION)

struct tails_backend {
	const struct backend *impl;
	void *self;
	uint64_t order[TAILS_ORDER]; /**< Handles of the counters, in turn. */
};

/** Create the tree of each backend. @return 0, or -1 after a message */
int tails_create(struct tails_backend *backends, const char *test);

void tails_destroy(struct tails_backend *backends);

/**
 * Drain the first counter, or all counters.
 *
 * @param units
 *   Returned units; may be NULL.
 * @return
 *   0, or a negative errno
 */
int tails_drain(const struct tails_backend *p, bool all, uint64_t *units);

/** Common parameters of the rows of a case. `mix` describes the operations. */
json_t *tails_params(uint32_t counters, const char *mix, double warm_up_ms);

/** Time limit of a part: a number of windows, or a share of --seconds. */
struct tails_clock {
	const struct bench *b;
	uint64_t start;
	uint32_t windows;
	uint32_t wanted;
	double seconds; /**< 0: the number of windows counts. */
};

/** @param share of --seconds, 0 to 1 */
struct tails_clock tails_clock_start(const struct bench *b, uint32_t wanted, double share);

/** Count a window and show progress. @return true if there is time for it and the run goes on */
bool tails_clock_next(struct tails_clock *c, const char *what);

void tails_sleep(double ns);

/**
 * The empty loop, which only reads the clock, on the measured lcore. It shows the machine itself.
 */
struct tails_empty_loop {
	struct row *gap; /**< Largest gap of each window; NULL: not measured. */
	struct histogram all;
	double seconds;
};

/** Empty loops before and after all cases. [0]: not isolated, [1]: isolated. */
struct tails_empty_loops {
	struct tails_empty_loop before[2];
	struct tails_empty_loop after[2];
};

/** Measure the empty loop. @return 0, or -1 after a message */
int tails_measure_empty_loop(struct bench *b, const struct isolation *iso,
			     struct tails_empty_loops *empty_loops, bool before);

/** Add percentiles and counts of gaps to a row. */
void tails_add_gaps(const struct bench *b, struct row *row, const struct histogram *gaps,
		    double seconds);

/** Close the rows of the empty loop. @return 0, or -1 after a message */
int tails_close_empty_loops(const struct bench *b, struct tails_empty_loops *empty_loops);

/** A longer gap is lost time. */
#define TAILS_LOST_NS 1000.0

#endif /* BENCH_TAILS_H_ */
