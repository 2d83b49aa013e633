/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_TEST_H_
#define BENCH_TEST_H_

/**
 * @file
 * The interface of a test. Each test is one file, tests/NAME.c; list.c lists all tests.
 */

#include "harness/bench.h"

struct bench_test {
	const char *name;
	const char *summary;
	unsigned int nb_lcores; /**< Lcores that the test needs, including the main lcore. */

	/** Measure, and add rows and ratios. @return 0, or -1 after a message */
	int (*run)(struct bench *b);
};

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

#endif /* BENCH_TEST_H_ */
