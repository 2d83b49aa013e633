/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BENCH_H_
#define BENCH_BENCH_H_

/**
 * @file
 * One run of the program: its options, its clock and its results.
 */

#include <stdbool.h>
#include <stdint.h>

#include "report/results.h"

struct bench {
	double seconds; /**< How long tests with a time measure; 0: their own default. */
	uint32_t repeats; /**< Measurements of each case; the cases take turns. */
	bool quick; /**< Small windows, to try the program; the figures do not count. */
	bool isolate; /**< Isolate the CPU of the measured lcore as well, to compare. */
	const char *plot; /**< Directory for plots, or NULL. */
	double ticks_per_ns; /**< TSC frequency, measured against CLOCK_MONOTONIC. */
	struct results results;
};

/** Has a signal ended the run? Then no further samples are taken. */
static inline bool
bench_stops(const struct bench *b)
{
	return b->results.interrupted != 0;
}

/** Convert TSC ticks to nanoseconds. */
static inline double
bench_ns(const struct bench *b, uint64_t ticks)
{
	return (double)ticks / b->ticks_per_ns;
}

#endif /* BENCH_BENCH_H_ */
