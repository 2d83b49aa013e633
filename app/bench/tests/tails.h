/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_TAILS_H_
#define BENCH_TAILS_H_

/**
 * @file
 * What hiccup and latency have in common: whom they measure, draining them, and the loop without
 * anything in it before and after all others.
 */

#include <stdbool.h>
#include <stdint.h>

#include "baselines/backend.h"
#include "harness/bench.h"
#include "harness/isolation.h"
#include "report/histogram.h"

/** All of them are measured as one tree: leaves that are used in turn, three levels. */
#define TAILS_COUNTERS 25u
/** Handles in an order of use: loops want a power of two. */
#define TAILS_ORDER 32u
#define TAILS_DEPTH 2
#define TAILS_MAX UINT64_C(65536)
/** Lanes: the measured lcore and the main lcore. */
#define TAILS_LCORES 2

/** ration, and what stands for no stock, a lock, seven slots, and stock that others may take. */
enum {
	TAILS_RATION,
	TAILS_ATOMIC,
	TAILS_SPINLOCK,
	TAILS_SLOTS,
	TAILS_V4,
	TAILS_NB_BACKENDS
};

#define TAILS_ALL ((1u << TAILS_NB_BACKENDS) - 1)
/** Those whose stock another lcore can take back. */
#define TAILS_DRAINED (1u << TAILS_RATION | 1u << TAILS_V4)
#define TAILS_RATION_ONLY (1u << TAILS_RATION)

struct tails_backend {
	const struct backend *impl;
	void *self;
	uint64_t order[TAILS_ORDER]; /**< Handles of the counters, in turn. */
};

/** Make the tree of each. @return 0, or -1 after a message */
int tails_create(struct tails_backend *backends, const char *test);

void tails_destroy(struct tails_backend *backends);

/**
 * Take back what others have in stock, of the first counter or of all.
 *
 * @param units
 *   What came back; may be NULL.
 * @return
 *   0, or a negative errno
 */
int tails_drain(const struct tails_backend *p, bool all, uint64_t *units);

/** What all rows of a case say about it. `mix`: what is done. */
json_t *tails_params(uint32_t counters, const char *mix, double warm_up_ms);

/** How long a part may take: until it has had so many windows, or --seconds are over. */
struct tails_clock {
	uint64_t begin;
	uint32_t windows;
	uint32_t wanted;
	double seconds; /**< 0: the windows count. */
};

/** @param share of --seconds, 0 to 1 */
struct tails_clock tails_clock_start(const struct bench *b, uint32_t wanted, double share);

/** Count a window, and show progress. @return whether there is time for one */
bool tails_clock_next(struct tails_clock *c, const char *what);

void tails_sleep(double ns);

/** A loop with nothing in it but the clock, on the measured lcore: what the machine does. */
struct tails_bare {
	struct row *gap; /**< Largest gap of each window; NULL: not measured. */
	struct histogram all;
	double seconds;
};

/** Those before and after all others, as the CPU is and isolated. */
struct tails_bares {
	struct tails_bare before[2];
	struct tails_bare after[2];
};

/** Measure one for a while. @return 0, or -1 after a message */
int tails_measure_bare(struct bench *b, const struct isolation *iso, struct tails_bares *bares,
		       bool before);

/** Add what percentiles and counts there are of gaps to a row. */
void tails_add_gaps(const struct bench *b, struct row *row, const struct histogram *gaps,
		    double seconds);

/** Close their rows. @return 0, or -1 after a message */
int tails_close_bares(const struct bench *b, struct tails_bares *bares);

/** A gap longer than this is lost time. */
#define TAILS_LOST_NS 1000.0

#endif /* BENCH_TAILS_H_ */
