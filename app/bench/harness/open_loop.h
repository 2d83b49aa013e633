/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_OPEN_LOOP_H_
#define BENCH_OPEN_LOOP_H_

/**
 * @file
 * An open loop: starts of operations are planned in advance, regardless of how long earlier
 * operations take. The recorded time is from the planned start to the end, so an operation that is
 * late also delays the next ones in the record. There is no coordinated omission, because starts
 * that were given up are recorded too.
 */

#include <stdint.h>

#include "report/histogram.h"

/** The operation was done and refused. */
#define OPEN_LOOP_REFUSED 1

struct open_loop {
	uint64_t length; /**< Ticks for which starts are planned. */
	uint64_t patience; /**< Ticks after that before the remaining starts are given up. */
	double interval; /**< Ticks between two starts, on average. */
	/** Called repeatedly until the planned start. */
	void (*wait)(void *arg);
	/** Called before the planned start; may be NULL. @return 0, or a negative errno */
	int (*prepare)(void *arg);
	/** The timed operation. @return 0, OPEN_LOOP_REFUSED, or a negative errno */
	int (*operate)(void *arg);
	/** Called after the time was taken; may be NULL. @return 0, or a negative errno */
	int (*clean_up)(void *arg);
	void *arg;
};

/** Result of a loop. The histogram contains all planned starts. */
struct open_loop_result {
	struct histogram delays;
	uint64_t granted;
	uint64_t refused;
	/** Operations that prepare() delayed beyond their planned start. This counts as delay. */
	uint64_t unready;
	/** Starts that were given up. They count with the delay that they had then. */
	uint64_t cut;
};

/** Add all figures of one result to another. */
void open_loop_add(struct open_loop_result *sum, const struct open_loop_result *part);

/** Run the loop and add to the result. @return 0, or the negative errno of an operation */
int open_loop_run(const struct open_loop *l, struct open_loop_result *result);

#endif /* BENCH_OPEN_LOOP_H_ */
