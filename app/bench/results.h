/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_RESULTS_H_
#define BENCH_RESULTS_H_

/**
 * @file
 * What the tests have measured: rows, and ratios between them.
 */

#include <stdbool.h>
#include <sys/queue.h>

#include <jansson.h>

#include "samples.h"

/** One implementation in one case. */
struct row {
	TAILQ_ENTRY(row) next;
	const char *impl;
	const char *name; /**< The case. */
	const char *unit;
	json_t *params;
	bool one_cpu; /**< The lcores shared a CPU: the figures are those of the scheduler. */
	struct samples samples;
	struct summary summary; /**< Valid after results_close_row(). */
};

/** Two medians of one run against each other. All targets are upper bounds. */
struct ratio {
	TAILQ_ENTRY(ratio) next;
	const char *name;
	double value;
	double target; /**< 0: none, the ratio is only reported. */
	bool one_cpu; /**< One of the rows is marked so: there is nothing to judge. */
};

TAILQ_HEAD(row_list, row);
TAILQ_HEAD(ratio_list, ratio);

struct results {
	struct row_list rows;
	struct ratio_list ratios;
};

void results_init(struct results *r);

/**
 * Begin a row. Strings must outlive the results; `params` is taken over.
 * Ends the program if there is no memory.
 */
struct row *results_row(struct results *r, const char *impl, const char *name, const char *unit,
			json_t *params);

/** Summarise the samples of a row. @return 0, or -1 and a message if it has none. */
int results_close_row(struct row *row);

/** Add median(over) / median(under). */
void results_ratio(struct results *r, const char *name, const struct row *over,
		   const struct row *under, double target);

/** Add a median itself, in the unit of its row, where the target is not a ratio. */
void results_value(struct results *r, const char *name, const struct row *row, double target);

/** Is there a target, and rows that mean something? */
bool ratio_judged(const struct ratio *ratio);

/** Has a judged ratio met its target? */
bool ratio_ok(const struct ratio *ratio);

void results_free(struct results *r);

#endif /* BENCH_RESULTS_H_ */
