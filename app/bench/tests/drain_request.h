/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_DRAIN_REQUEST_H_
#define BENCH_DRAIN_REQUEST_H_

/**
 * @file
 * A request by each engine, timed by itself, of an lcore that is polling, in WAIT, parked, dead or
 * the caller itself. A sample counts only if the answer provably came the way that is measured.
 */

#include <ration.h>

#include "harness/bench.h"
#include "tests/drain_target.h"

struct drain_run;

/** What is asked, of whom, and how. */
struct drain_case {
	const char *impl;
	const char *name;
	uint32_t counters;
	bool one_lcore; /**< No other lcore takes part. */
	/** Take a handful of samples. @return 0, or -1 after a message */
	int (*block)(struct bench *b, struct drain_run *run);
	int (*request)(struct drain_run *run);
	int (*poll)(void *target); /**< Loop of the asked lcore. */
	enum ration_drain_engine engine; /**< The way that libration must take. */
};

/** One case while it is measured. */
struct drain_run {
	const struct drain_case *c;
	struct drain_target *target;
	unsigned int lcore_id; /**< The asked lcore. */
	uint32_t rejected;
	struct row *row;
	struct ration_drain_report report;
	uint64_t hidden; /**< Units that a dead owner has left in stock. */
};

/** @return 0, or not 0 if it has failed */
int drain_request_ring(struct drain_run *run);
int drain_request_drain(struct drain_run *run);
int drain_request_launch(struct drain_run *run);
int drain_request_sweep(struct drain_run *run);

/** Requests of a polling lcore, each at a random moment. */
int drain_block_polling(struct bench *b, struct drain_run *run);

/** Of a worker that has taken stock and is in WAIT. */
int drain_block_waiting(struct bench *b, struct drain_run *run);

/** Of one that is parked. It has given all back, and what is timed is to be sure of that. */
int drain_block_parked(struct bench *b, struct drain_run *run);

/** Of a thread that has died with stock of each counter. */
int drain_block_dead(struct bench *b, struct drain_run *run);

/** Not a request but a turn of a polling lcore, while nobody requests or somebody does all the time. */
int drain_block_throughput(struct bench *b, struct drain_run *run);

/** Of the caller itself. */
int drain_block_self(struct bench *b, struct drain_run *run);

#endif /* BENCH_DRAIN_REQUEST_H_ */
