/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_DRAIN_REQUEST_H_
#define BENCH_DRAIN_REQUEST_H_

/**
 * @file
 * Requests to an lcore that is polling, in WAIT, offline or dead, or is the caller itself. Each
 * request is timed alone. A sample counts only if the expected engine answered.
 */

#include <ration.h>

#include "harness/bench.h"
#include "tests/drain_target.h"

struct drain_run;

/** One case: request, target and engine. */
struct drain_case {
	const char *impl;
	const char *name;
	uint32_t counters;
	bool one_lcore; /**< No other lcore takes part. */
	/** Take a block of samples. @return 0, or -1 after a message */
	int (*block)(struct bench *b, struct drain_run *run);
	int (*request)(struct drain_run *run);
	int (*poll)(void *target); /**< Loop of the target lcore. */
	enum ration_drain_engine engine; /**< Engine that libration must use. */
};

/** State of a case while it is measured. */
struct drain_run {
	const struct drain_case *c;
	struct drain_target *target;
	unsigned int lcore_id; /**< The target lcore. */
	uint32_t rejected;
	struct row *row;
	struct ration_drain_row rows[1]; /**< Rows of the report. */
	struct ration_drain_report report;
	uint64_t hidden; /**< Units that a dead owner has left in stock. */
};

/** @return 0, or another value on failure */
int drain_request_ring(struct drain_run *run);
int drain_request_drain(struct drain_run *run);
int drain_request_launch(struct drain_run *run);
int drain_request_reap(struct drain_run *run);

/** Requests to a polling lcore, each at a random time. */
int drain_block_polling(struct bench *b, struct drain_run *run);

/** Requests to a worker that has taken stock and is in WAIT. */
int drain_block_waiting(struct bench *b, struct drain_run *run);

/** Requests to an offline lcore. It has returned its stock, so the time is that of the check. */
int drain_block_offline(struct bench *b, struct drain_run *run);

/** Requests to a thread that has died with stock of each counter. */
int drain_block_dead(struct bench *b, struct drain_run *run);

/** Iterations of a polling lcore instead of requests, without drains or with continuous drains. */
int drain_block_throughput(struct bench *b, struct drain_run *run);

/** Requests of the caller to itself. */
int drain_block_self(struct bench *b, struct drain_run *run);

#endif /* BENCH_DRAIN_REQUEST_H_ */
