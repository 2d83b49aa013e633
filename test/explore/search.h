/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_SEARCH_H_
#define TEST_EXPLORE_SEARCH_H_

/**
 * @file
 * Search methods for the schedules of a scenario. Each stops at the first failure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"

/** The largest bound of an exhaustive search. */
#define SEARCH_BOUND_MAX 5

/** Limits and results of a search. */
struct search {
	double seconds_max; /**< Of processor time; 0: no limit. */
	uint64_t steps_max; /**< 0: no limit. */
	uint64_t schedules;
	uint64_t steps;
	bool complete; /**< The search has tried all schedules within the bound. */
	const char *how; /**< The method that found the failure. */
};

/**
 * Try all schedules with up to `bound` deviations, and one death at any step. @return whether none
 * failed
 */
bool search_exhaustive(struct explore_run *run, uint32_t bound, struct search *s);

/** Try schedules of run->mode, starting with run->seed. @return whether none failed */
bool search_drawn(struct explore_run *run, struct search *s);

/** Remove events of a failed schedule that are not needed for the failure. */
void search_shrink(struct explore_run *run);

/** Processor time used so far, in seconds. */
double search_clock(void);

/** Write a schedule to a file. @return whether it was written */
bool schedule_write(const char *path, const struct explore_run *run);

/** Read a schedule; prints the error. @return whether it was read */
bool schedule_read(const char *path, struct explore_run *run);

#endif /* TEST_EXPLORE_SEARCH_H_ */
