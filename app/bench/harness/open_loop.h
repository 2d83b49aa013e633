/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_OPEN_LOOP_H_
#define BENCH_OPEN_LOOP_H_

/**
 * @file
 * Operations whose starts are planned before, whatever the ones before them take. Of each the time
 * from its planned start until its end is recorded: whoever is late makes the next ones late too,
 * and that counts. There is no coordinated omission, also not of starts that are never made.
 */

#include <stdint.h>

#include "report/histogram.h"

/** An operation was done, and the answer was no. */
#define OPEN_LOOP_REFUSED 1

struct open_loop {
	uint64_t length; /**< Starts are planned for so many ticks. */
	uint64_t patience; /**< So long after that the rest is given up. */
	double interval; /**< Ticks between two starts, on average. */
	/** While it is too early; called again and again. */
	void (*wait)(void *arg);
	/** Before it is time; NULL: nothing. @return 0, or a negative errno */
	int (*prepare)(void *arg);
	/** What is timed. @return 0, OPEN_LOOP_REFUSED, or a negative errno */
	int (*operate)(void *arg);
	/** After the time was taken; NULL: nothing. @return 0, or a negative errno */
	int (*clean_up)(void *arg);
	void *arg;
};

/** What a loop has given. Planned starts are all that are in the histogram. */
struct open_loop_result {
	struct histogram delays;
	uint64_t granted;
	uint64_t refused;
	/** Operations that were not made ready by their start: the rest of that counts as delay. */
	uint64_t unready;
	/** Starts that were given up: they count with the delay that they had by then. */
	uint64_t cut;
};

/** Run it, and add what it gives. @return 0, or the negative errno of an operation */
int open_loop_run(const struct open_loop *l, struct open_loop_result *result);

#endif /* BENCH_OPEN_LOOP_H_ */
