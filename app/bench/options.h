/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_OPTIONS_H_
#define BENCH_OPTIONS_H_

/**
 * @file
 * The program's own options, those after "--".
 */

#include <stdbool.h>
#include <stdint.h>

#include "tests/list.h"

#define REPEATS_MIN RESULTS_SAMPLES_MIN
#define REPEATS_MAX 100000u
#define REPEATS_DEFAULT 1001u
/** One week. */
#define SECONDS_MAX 604800u

struct options {
	const char *test_name; /**< As given: the name of a test, or "all". */
	const struct bench_test *test; /**< NULL: all tests. */
	const char *json; /**< File to write, or NULL. */
	const char *plot; /**< Directory for plots, or NULL. */
	uint32_t repeats;
	uint32_t seconds; /**< How long tests with a time measure; 0: their own default. */
	bool quick;
	bool isolate; /**< Isolate the CPU of the measured lcore as well, to compare. */
	bool help;
};

/**
 * Parse the options. argv[0] is the name of the program.
 *
 * @return
 *   0, or -1 after a message that names the option and the allowed values
 */
int options_parse(int argc, char **argv, struct options *o);

/** Return the names of all options without "--", with a NULL at the end. */
const char *const *options_names(void);

/** Print the usage to stdout. */
void options_usage(const char *program);

#endif /* BENCH_OPTIONS_H_ */
