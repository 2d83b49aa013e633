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

#include "report/samples.h"

/** Fewer samples than this say nothing about spread. */
#define RESULTS_SAMPLES_MIN 11u

/** One implementation in one case. */
struct row {
	TAILQ_ENTRY(row) next;
	const char *impl;
	const char *name; /**< The case. */
	const char *unit;
	json_t *params;
	bool one_cpu; /**< The lcores shared a CPU: the figures are those of the scheduler. */
	struct samples samples;
	double *parts; /**< Median of each part, see results_cut(). */
	uint32_t nb_parts;
	uint32_t cut; /**< Samples before the part at hand. */
	struct summary summary; /**< Valid after results_close_row(). */
};

/** Two medians of one run against each other, or one by itself. */
struct ratio {
	TAILQ_ENTRY(ratio) next;
	char name[96];
	double value; /**< NAN: a row is missing. */
	double low, high; /**< The same of each part: the lowest and the highest. NAN: no parts. */
	double target; /**< 0: none, the ratio is only reported. */
	bool at_least; /**< The target is a lower bound; else an upper one. */
	bool one_cpu; /**< One of the rows is marked so: there is nothing to judge. */
};

/** Which row: what is 0 or NULL may be anything. */
struct row_key {
	const char *impl;
	const char *name;
	uint32_t counters;
	uint32_t depth;
	uint32_t lcores;
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

/**
 * A part of a row's measuring ends: what comes next is measured under other circumstances, such as
 * memory laid out anew. Rows with as many parts have been cut at the same moments: their ratios
 * then have a range. To be called before the row is closed. A row of many samples that is not cut
 * has parts by time.
 */
void results_cut(struct row *row);

/** Summarise the samples of a row. @return 0, or -1 and a message if it has none. */
int results_close_row(struct row *row);

/** The first row of that kind, or NULL. */
const struct row *results_find(const struct results *r, const struct row_key *key);

/** Mark a row whose lcores share a CPU. */
void results_mark_one_cpu(struct row *row);

/**
 * Summarise the samples of a row, or take it out with a message if it has none: the lcores it needs
 * have never run at once. Then ratios with it are "not measured". If they seldom did, so that there
 * are fewer than RESULTS_SAMPLES_MIN, the row has the parameter "short". A share, in %, is counted
 * and not timed: one sample is enough.
 *
 * @return
 *   The row, or NULL if it is no more
 */
struct row *results_close_or_drop_row(struct results *r, struct row *row);

/** Add median(over) / median(under); either may be NULL: not measured. */
struct ratio *results_ratio(struct results *r, const char *name, const struct row *over,
			    const struct row *under, double target);

/** The same, and the target is a lower bound. The name should end in "at least". */
void results_ratio_at_least(struct results *r, const char *name, const struct row *over,
			    const struct row *under, double target);

/** Add a median itself, in the unit of its row, where the target is not a ratio. */
void results_value(struct results *r, const char *name, const struct row *row, double target);

/** Is there a target, and rows that mean something? */
bool ratio_judged(const struct ratio *ratio);

/** Has a judged ratio met its target? */
bool ratio_ok(const struct ratio *ratio);

/** Is that so in some parts and not in others? */
bool ratio_undecided(const struct ratio *ratio);

void results_free(struct results *r);

#endif /* BENCH_RESULTS_H_ */
