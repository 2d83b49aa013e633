/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_SEARCH_H_
#define TEST_EXPLORE_SEARCH_H_

/**
 * @file
 * Ways through the schedules of a scenario. Each stops at the first failure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"

/** The largest bound of an exhaustive search. */
#define SEARCH_BOUND_MAX 5

/** How far a search goes, and how it went. */
struct search {
	uint64_t schedules_max;
	double seconds_max;
	uint64_t schedules;
	uint64_t steps;
	bool complete; /**< Nothing was left out of what the bound allows. */
	const char *how; /**< Of the failure: the method. */
};

/** All schedules with up to `bound` deviations, and one death at any step. @return none failed */
bool search_exhaustive(struct explore_run *run, uint32_t bound, struct search *s);

/** Schedules of run->mode from run->seed on. @return none failed */
bool search_drawn(struct explore_run *run, struct search *s);

/** Leave out events of a failed schedule that are not needed for it to fail. */
void search_shrink(struct explore_run *run);

/** Seconds of processor time so far. */
double search_clock(void);

/** Write a schedule to a file. @return whether it worked */
bool schedule_write(const char *path, const struct explore_run *run);

/** Read one; says what is wrong. @return whether it worked */
bool schedule_read(const char *path, struct explore_run *run);

#endif /* TEST_EXPLORE_SEARCH_H_ */
