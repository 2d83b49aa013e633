/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_RESULTS_H_
#define BENCH_RESULTS_H_

/**
 * @file
 * The results of the tests: rows, and ratios between them.
 */

#include <signal.h>
#include <stdbool.h>
#include <sys/queue.h>

#include <jansson.h>

#include "report/samples.h"

/** Digits of all figures in JSON. A verdict is that of the figure with these digits. */
#define RESULTS_DIGITS 6

/** Fewer samples than this do not show the spread. */
#define RESULTS_SAMPLES_MIN 11u

struct results;

/** The samples of one implementation in one case. */
struct row {
	TAILQ_ENTRY(row) next;
	const struct results *results; /**< The results that have the row. */
	const char *impl;
	const char *name; /**< Name of the case. */
	const char *unit;
	json_t *params;
	bool one_cpu; /**< The lcores shared a CPU: the figures show the scheduler. */
	bool partial; /**< The run was interrupted before the row had all samples. */
	struct samples samples;
	double *parts; /**< Median of each part, see results_cut(). */
	uint32_t nb_parts;
	uint32_t cut; /**< Number of samples before the current part. */
	struct summary summary; /**< Valid after results_close_row(). */
};

/** A ratio of two medians of one run, or one median alone. */
struct ratio {
	TAILQ_ENTRY(ratio) next;
	char name[96];
	double value; /**< NAN: a row is missing. */
	double low, high; /**< The lowest and the highest ratio of the parts. NAN: no parts. */
	double target; /**< 0: no target, the ratio is only reported. */
	/**
	 * Bound that another machine met, with other costs of atomic instructions. It is reported
	 * and not judged. 0: none.
	 */
	double reference;
	bool at_least; /**< The bounds are lower ones; otherwise upper ones. */
	bool one_cpu; /**< The lcores of one of the rows shared a CPU: there is no verdict. */
	bool partial; /**< One of the rows is partial: there is no verdict. */
};

/** Search key of a row. Fields that are 0 or NULL match everything. */
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
	/** Signal that ends the run before all samples are taken; 0: none. */
	volatile sig_atomic_t interrupted;
};

/** Targets, and how many of them this run met. */
struct verdicts {
	unsigned int met;
	unsigned int missed;
	unsigned int unjudged; /**< A row is missing, partial, or of lcores that share a CPU. */
};

void results_init(struct results *r);

/**
 * Add a row. The strings must outlive the results. Takes ownership of `params`. Exits the program
 * if there is no memory.
 */
struct row *results_row(struct results *r, const char *impl, const char *name, const char *unit,
			json_t *params);

/**
 * End a part of a row. The next part is measured under other conditions, for example with another
 * memory layout. If two rows have the same number of parts, they were cut at the same times, and
 * their ratio has a range. Call it before the row is closed. A row with many samples that was not
 * cut is split by time.
 */
void results_cut(struct row *row);

/**
 * Summarize the samples of a row.
 *
 * @return
 *   0, or -1 after a message if there are none. In an interrupted run 0; the row is then marked as
 *   interrupted, and results_drop_partial() removes it if it has too few samples.
 */
int results_close_row(struct row *row);

/** First row that matches the key, or NULL. */
const struct row *results_find(const struct results *r, const struct row_key *key);

/** Mark a row whose lcores share a CPU. */
void results_mark_one_cpu(struct row *row);

/**
 * Summarize the samples of a row. If it has none, because its lcores never ran at the same time,
 * remove it after a message; its ratios are then "not measured". If it has fewer than
 * RESULTS_SAMPLES_MIN, it gets the parameter "short". A share in % is counted, not timed, so one
 * sample is enough.
 *
 * @return
 *   The row, or NULL if it was removed
 */
struct row *results_close_or_drop_row(struct results *r, struct row *row);

/** Add median(over) / median(under). If one of them is NULL, the ratio is not measured. */
struct ratio *results_ratio(struct results *r, const char *name, const struct row *over,
			    const struct row *under, double target);

/** The same with a lower bound as target. The name should end in "at least". */
void results_ratio_at_least(struct results *r, const char *name, const struct row *over,
			    const struct row *under, double target);

/**
 * The same with two lower bounds: `target` is judged, and `reference` is the one that another
 * machine met.
 */
void results_ratio_with_reference(struct results *r, const char *name, const struct row *over,
				  const struct row *under, double target, double reference);

/** Add one median, in the unit of its row, for a target that is not a ratio. */
void results_value(struct results *r, const char *name, const struct row *row, double target);

/** Does the ratio have a target, and valid rows? */
bool ratio_judged(const struct ratio *ratio);

/** Does a judged ratio meet its target? */
bool ratio_ok(const struct ratio *ratio);

/** Do some parts meet the target, and others not? */
bool ratio_undecided(const struct ratio *ratio);

/** Count the verdicts of all ratios that have a target. */
struct verdicts results_verdicts(const struct results *r);

/**
 * Remove what an interrupted run has not finished: rows that were not closed, and partial rows with
 * fewer than RESULTS_SAMPLES_MIN samples.
 */
void results_drop_partial(struct results *r);

void results_free(struct results *r);

#endif /* BENCH_RESULTS_H_ */
