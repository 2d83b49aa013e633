/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LATENCY_CASES_H_
#define BENCH_LATENCY_CASES_H_

/**
 * @file
 * The cases of the test latency, and the data of their operations.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include <ration_compat.h>

#include "harness/isolation.h"
#include "harness/open_loop.h"
#include "tests/tails.h"

/** Roles of the two lcores. */
enum latency_roles {
	LATENCY_ALONE, /**< The measured lcore operates; the main lcore is idle. */
	LATENCY_DRAINED, /**< The measured lcore operates; the main lcore drains all counters. */
	LATENCY_POLLED, /**< The main lcore operates; the measured lcore polls. */
};

struct latency_case {
	const char *row, *row_isolated, *worst, *worst_isolated;
	const char *plot; /**< Name of a plot of all measured backends, or NULL. */
	const char *mix; /**< Operations of the case, for the report. */
	uint32_t backends; /**< Bits of the measured backends. */
	uint32_t counters; /**< Number of counters in use. */
	double interval_ns; /**< Time between two starts. */
	enum latency_roles roles;
	uint32_t drains; /**< Drains per second. */
	int (*prepare)(void *work);
	int (*operate)(void *work);
	int (*clean_up)(void *work);
};

extern const struct latency_case latency_cases[];
extern const uint32_t latency_nb_cases;

/** Data of the operations in one block. */
struct latency_work {
	const struct latency_case *c;
	const struct tails_backend *backend;
	void *ctx;
	uint64_t held; /**< Units held of the first counter, for cases near the limit. */
	uint64_t hits; /**< Charges from stock that follow a refill. */
	uint64_t slow_paths; /**< Slow paths of this lcore before the timed refill. */
	uint64_t returned_stock; /**< Operations that returned stock of the polling lcore. */
	/** Set by the main lcore, so that the stock does not stay at one unit. */
	RATION_ATOMIC(uint32_t) take_stock;
};

#define LATENCY_CASES_MAX 16

struct latency_result {
	struct row *median; /**< Median of each block; NULL: not measured. */
	struct row *worst; /**< Largest delay of each block. */
	struct open_loop_result all;
	uint64_t returned_stock, drains;
};

struct latency {
	/** Set by the main lcore. On a cache line of its own, as are the next fields. */
	struct {
		alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) quit;
	} order;
	/** Written by the polling lcore only. */
	struct {
		alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) iterations;
	} polling;
	/** Result of one block. Used by the lcore that operates. */
	alignas(RTE_CACHE_LINE_SIZE) struct open_loop_result block;
	struct latency_work work;
	struct isolation iso;
	struct tails_empty_loops empty_loops;
	bool one_cpu;
	double ticks_per_ns;
	double ns; /**< Length of a block. */
	struct tails_backend backends[TAILS_NB_BACKENDS];
	/** [0]: not isolated, [1]: isolated. */
	struct latency_result results[2][LATENCY_CASES_MAX][TAILS_NB_BACKENDS];
};

/** Start a block, after the lcore has joined. @return 0, or a negative errno */
int latency_start(struct latency_work *w);

/** Return all units, before the lcore leaves. @return 0, or a negative errno */
int latency_end(struct latency_work *w);

#endif /* BENCH_LATENCY_CASES_H_ */
