/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_REACH_H_
#define TEST_EXPLORE_REACH_H_

/**
 * @file
 * Which combinations of states the schedules have reached, and how often. A proof by trying says
 * nothing of what was never tried.
 */

#include <stdbool.h>
#include <stdint.h>

enum reach {
	REACH_CHARGE_IN_ROUND,
	REACH_TRIM_IN_ROUND,
	REACH_FORCE_IN_ROUND,
	REACH_TWO_ROUNDS,
	REACH_TWO_TARGETS,
	REACH_PARK_IN_ROUND,
	REACH_RESUME_IN_ROUND,
	REACH_RESUME_WHILE_TAKEN,
	REACH_TAKEN,
	REACH_JOIN_IN_ROUND,
	REACH_LEAVE_IN_ROUND,
	REACH_DESTROY_IN_DRAIN,
	REACH_CHARGE_ON_DYING,
	REACH_UNCHARGE_ON_DYING,
	REACH_SLOTLESS_IN_DESTROY,
	REACH_CREATE_IN_CHARGE,
	REACH_SYNC_MEETS_WALK,
	REACH_SYNC_MEETS_SYNC,
	REACH_PHANTOM_UNDONE,
	REACH_SYNC_REFUSED,
	REACH_LIMIT_IN_CHARGE,
	REACH_ABOVE_LIMIT,
	REACH_PASS_SPLIT,
	REACH_PASS_OUTDATED,
	REACH_WISH,
	REACH_MAILBOX_FULL,
	REACH_SLEEPING_IN_ROUND,
	REACH_LAUNCHED,
	REACH_GHOST,
	REACH_SWEEP_IN_ROUND,
	REACH_DIED_CHARGING,
	REACH_DIED_UNCHARGING,
	REACH_DIED_SERVING,
	REACH_DIED_ASKING,
	REACH_DIED_JOINING,
	REACH_DIED_PARKING,
	REACH_DIED_LEAVING,
	REACH_NUMBER
};

/** Count that a combination was reached. */
void reach(enum reach what);

/** Look which combinations there are now. */
void reach_look(void);

/** A fiber has died in what it was doing. */
void reach_death(uint32_t fiber);

/** Print how often each was reached. @return how many never were */
uint32_t reach_print(void);

#endif /* TEST_EXPLORE_REACH_H_ */
