/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EXPLORE_REACH_H_
#define TEST_EXPLORE_REACH_H_

/**
 * @file
 * Combinations of states that the schedules have reached, and how often. A test that never reaches
 * a combination proves nothing about it.
 */

#include <stdbool.h>
#include <stdint.h>

enum reach {
	REACH_CHARGE_IN_ROUND,
	REACH_TRIM_IN_ROUND,
	REACH_FORCE_IN_ROUND,
	REACH_TWO_ROUNDS,
	REACH_TWO_TARGETS,
	REACH_OFFLINE_IN_ROUND,
	REACH_ONLINE_IN_ROUND,
	REACH_ONLINE_WHILE_TAKEN,
	REACH_TAKEN,
	REACH_REGISTER_IN_ROUND,
	REACH_UNREGISTER_IN_ROUND,
	REACH_DESTROY_IN_DRAIN,
	REACH_CHARGE_ON_DYING,
	REACH_UNCHARGE_ON_DYING,
	REACH_SHARED_IN_DESTROY,
	REACH_CREATE_IN_CHARGE,
	REACH_SYNC_MEETS_WALK,
	REACH_SYNC_MEETS_SYNC,
	REACH_PHANTOM_ROLLBACK,
	REACH_SYNC_REFUSED,
	REACH_LIMIT_IN_CHARGE,
	REACH_ABOVE_LIMIT,
	REACH_SCAN_SPLIT,
	REACH_SCAN_OUTDATED,
	REACH_REQUEST,
	REACH_MAILBOX_FULL,
	REACH_IDLE_IN_ROUND,
	REACH_LAUNCHED,
	REACH_OFFLINE_COUNTER,
	REACH_REAP_IN_ROUND,
	REACH_DIED_CHARGING,
	REACH_DIED_UNCHARGING,
	REACH_DIED_SERVING,
	REACH_DIED_DRAINING,
	REACH_DIED_REGISTERING,
	REACH_DIED_OFFLINE,
	REACH_DIED_UNREGISTERING,
	REACH_NUMBER
};

/** Count a combination. */
void reach(enum reach what);

/** Count the combinations of the current state. */
void reach_look(void);

/** Count the operation in which a fiber has died. */
void reach_death(uint32_t fiber);

/** Print how often each was reached. @return number of combinations never reached */
uint32_t reach_print(void);

#endif /* TEST_EXPLORE_REACH_H_ */
