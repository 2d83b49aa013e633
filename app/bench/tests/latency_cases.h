/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LATENCY_CASES_H_
#define BENCH_LATENCY_CASES_H_

/**
 * @file
 * The cases of the test latency, and what an operation of them works on.
 */

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include <ration_compat.h>

#include "harness/isolation.h"
#include "harness/open_loop.h"
#include "tests/tails.h"

/** Who does what while the other lcore operates. */
enum latency_roles {
	LATENCY_ALONE, /**< The measured lcore operates, nobody else does anything. */
	LATENCY_STORM, /**< The same, and the main lcore drains all counters. */
	LATENCY_ASKED, /**< The main lcore operates, and the measured one polls. */
};

struct latency_case {
	const char *row, *row_isolated, *worst, *worst_isolated;
	const char *plot; /**< File of a plot of all whom it measures, or NULL. */
	const char *mix; /**< What is done. */
	uint32_t backends; /**< Bits of those who are measured. */
	uint32_t counters; /**< That it uses. */
	double interval_ns; /**< Between two starts. */
	enum latency_roles roles;
	uint32_t drains; /**< A second. */
	int (*prepare)(void *work);
	int (*operate)(void *work);
	int (*clean_up)(void *work);
};

extern const struct latency_case latency_cases[];
extern const uint32_t latency_nb_cases;

/** What is worked on in a block. */
struct latency_work {
	const struct latency_case *c;
	const struct tails_backend *backend;
	void *ctx;
	uint64_t held; /**< Units of the first counter, for cases near the limit. */
	uint64_t hits; /**< Charges from stock that follow a refill. */
	uint64_t slow_paths; /**< Of the ctx, before the refill that is timed. */
	uint64_t gave_back; /**< Operations that found stock on the polling lcore. */
	/** Set by the main lcore: the last unit must not be all the stock for ever. */
	RATION_ATOMIC(uint32_t) take_stock;
};

#define LATENCY_CASES_MAX 16

struct latency_result {
	struct row *median; /**< Of each block; NULL: nobody measures it. */
	struct row *worst; /**< Of each block. */
	struct open_loop_result all;
	uint64_t gave_back, drains;
};

struct latency {
	/** Set by the main lcore, on a line of its own as what follows. */
	struct {
		alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) quit;
	} order;
	/** Written by the polling lcore only. */
	struct {
		alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) iterations; /**< So far. */
	} polling;
	/** Of one block; belongs to whoever operates. */
	alignas(RTE_CACHE_LINE_SIZE) struct open_loop_result block;
	struct latency_work work;
	struct isolation iso;
	struct tails_bares bares;
	bool one_cpu;
	double ticks_per_ns;
	double ns; /**< Length of a block. */
	struct tails_backend backends[TAILS_NB_BACKENDS];
	/** As it is, isolated. */
	struct latency_result results[2][LATENCY_CASES_MAX][TAILS_NB_BACKENDS];
};

/** Begin, after the ctx has joined. @return 0, or a negative errno */
int latency_start(struct latency_work *w);

/** Give back what it holds, before the ctx leaves. @return 0, or a negative errno */
int latency_end(struct latency_work *w);

#endif /* BENCH_LATENCY_CASES_H_ */
