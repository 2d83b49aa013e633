/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_TEST_H_
#define BENCH_TEST_H_

/**
 * @file
 * What a test is, and what it gets. One test is one file, test_NAME.c; test.c lists them.
 */

#include <stdbool.h>
#include <stdint.h>

#include "results.h"

/** A run of the program. */
struct bench {
	double seconds; /**< How long hiccup and latency measure; 0: not long. */
	uint32_t repeats; /**< How often each case is measured; cases take turns. */
	bool quick; /**< Small windows: to see that all works, not for figures. */
	bool isolate; /**< Isolate the CPU of a measured lcore, to compare. */
	const char *plot; /**< Folder for plots, or NULL. */
	double ticks_per_ns; /**< TSC against CLOCK_MONOTONIC. */
	struct results results;
};

struct bench_test {
	const char *name;
	const char *summary;
	unsigned int nb_lcores; /**< Lcores it needs, the main lcore included. */

	/** Measure and add rows and ratios. @return 0, or -1 after a message. */
	int (*run)(struct bench *b);
};

/** All tests, the last entry is NULL. */
extern const struct bench_test *const bench_tests[];

extern const struct bench_test test_charge;
extern const struct bench_test test_drain;
extern const struct bench_test test_footprint;
extern const struct bench_test test_hiccup;
extern const struct bench_test test_latency;
extern const struct bench_test test_limit;
extern const struct bench_test test_policy;
extern const struct bench_test test_read;
extern const struct bench_test test_scale;
extern const struct bench_test test_seeds;
extern const struct bench_test test_walk;

static inline double
bench_ns(const struct bench *b, uint64_t ticks)
{
	return (double)ticks / b->ticks_per_ns;
}

#endif /* BENCH_TEST_H_ */
