/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_CASES_H_
#define BENCH_CASES_H_

/**
 * @file
 * Cases of one lcore, timed in turns: case A, B, C, then A, B, C again. A disturbance of the
 * machine then affects all of them alike.
 *
 * A window of a thousand pairs or more is timed, because the timer of some machines has steps of 10
 * ns.
 */

#include "baselines/backend.h"
#include "harness/bench.h"

struct bench_case {
	const struct backend *impl;
	const char *name;
	enum backend_pattern pattern;
	uint32_t counters;
	uint32_t depth;
	bool random; /**< Counters in random order; otherwise in turn. */
	bool no_stock;
	bool full; /**< The root has no room: every charge must be refused. */
};

struct case_run;

/** All cases of a test, and the backends that they share. */
struct case_list {
	struct case_run *runs;
	uint32_t *schedule; /**< Order of the cases in the current round. */
	uint32_t nb;
	uint32_t size;
};

/** Add a case. Exits the program if there is no memory. */
void cases_add(struct case_list *l, struct bench_case c);

/** Add a case for each backend of a list that ends with NULL. */
void cases_add_all(struct case_list *l, const struct backend *const *impls, struct bench_case c);

/**
 * Measure the cases and add their rows. A case without enough memory is left out with a message.
 *
 * @return
 *   0, or -1 after a message
 */
int cases_run(struct bench *b, const char *test, struct case_list *l);

void cases_free(struct case_list *l);

#endif /* BENCH_CASES_H_ */
