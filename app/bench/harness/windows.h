/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_WINDOWS_H_
#define BENCH_WINDOWS_H_

/**
 * @file
 * Windows of several lcores, as long as what they measure needs. A window counts only if every
 * worker finished an iteration in each slice of it. An iteration takes the longer the more lcores
 * write the same words, so the length of a window is found by trial, for each case and number of
 * lcores: the slowest worker finishes several iterations in each slice.
 *
 * The cases of a test take turns, in rounds. The number of windows is bounded by what is wanted and
 * by the time, see budget.h.
 */

#include "harness/budget.h"
#include "harness/workers.h"

/** Rounds. Each case is measured once per round. */
#define WINDOWS_ROUNDS 11u

/** The windows of one row, over all rounds. */
struct windows {
	struct row *row;
	uint32_t lcores;
	uint32_t of_round; /**< Windows that are wanted in each round. */
	double ns; /**< Length of a window; 0: not yet calibrated. */
	uint32_t rejected;
	/** Add the samples of a window to the row. */
	void (*add)(void *arg, const struct workers_window *w);
	void *arg;
};

/**
 * The caller has set row, lcores, of_round, add and arg. A quick run has one window in each round.
 * The row is marked if the lcores share a CPU.
 */
void windows_init(const struct bench *b, struct windows *l);

/** The cases of a test, or of a part of it, that take turns. */
struct windows_turns {
	const char *name; /**< For the progress; NULL: none. */
	uint32_t nb; /**< Number of cases. */
	/** Measure case i in a round, with windows_take(). @return 0, or -1 after a message */
	int (*measure)(struct bench *b, void *arg, uint32_t i, uint32_t round, uint64_t end);
	void *arg;
	struct samples *trips; /**< Gets a round trip in each round; NULL: do not measure it. */
	uint64_t end; /**< Starts no round that would probably end later, except the first one. */
};

/** Measure all cases in all rounds. @return 0, or -1 after a message */
int windows_run(struct bench *b, const struct windows_turns *t);

/**
 * Take the windows of a round. The workers have started.
 *
 * @param end
 *   No window is started after it once the row has a sample. Without one, tries are bounded.
 */
void windows_take(struct bench *b, struct workers *ws, struct windows *l, uint32_t round,
		  uint64_t end);

/**
 * Note length, rejected and missing windows as parameters of the row, and of several lcores
 * the round trip. Does not close the row.
 */
void windows_note(struct windows *l, struct samples *trips);

#endif /* BENCH_WINDOWS_H_ */
