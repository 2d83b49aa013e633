/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BUDGET_LOADING_H_
#define BUDGET_LOADING_H_

/**
 * @file
 * Progress and interruption of steps that take long with large budget files.
 *
 * All functions: main lcore only.
 */

#include <stdbool.h>
#include <stdint.h>

/**
 * Called now and then during a step.
 *
 * @param what
 *   What is being done: "reading", "creating counters".
 * @param done
 *   How much of `total` is done.
 * @return
 *   0, or another value to end the step.
 */
typedef int loading_watch_t(const char *what, uint64_t done, uint64_t total);

/** Set the function that watches all steps. NULL, as at the start: none. */
void loading_watch(loading_watch_t *watch);

/** The watch is called for multiples of this number only. */
#define LOADING_EVERY 1024

/**
 * Tell the watch how far a step is. Cheap enough to be called for every element: the watch is
 * called only if `done` is a multiple of LOADING_EVERY.
 *
 * @return
 *   0, or -EINTR: the step must end.
 */
int loading_step(const char *what, uint64_t done, uint64_t total);

/** Return true if loading_step() has returned -EINTR. */
bool loading_interrupted(void);

#endif /* BUDGET_LOADING_H_ */
