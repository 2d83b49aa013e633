/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_TURN_H_
#define RATION_LCORE_TURN_H_

/**
 * @file
 * The quiescent intervals of an lcore: their numbers, and which of them end on the slow path. Only
 * ration_lcore::countdown is written at each quiescent point; it is 0 at the next slow one.
 */

#include "shm/layout.h"

/**
 * Number of the current quiescent interval of lc, from one quiescent point to the next. The first
 * one is not 0. Owner only.
 */
static inline uint64_t
ration_lcore_turn(const struct ration_lcore *lc)
{
	return ration_workspace(lc)->slow_turn - ration_load(&lc->countdown, relaxed);
}

/** After a slow quiescent point: the nth from now on is slow again, n > 0. Owner only. */
static inline void
ration_turn_start(struct ration_lcore *lc, uint32_t nth)
{
	ration_workspace(lc)->slow_turn += nth;
	ration_store(&lc->countdown, nth, relaxed);
}

/** The nth quiescent point from now on is slow, if none before it is, n > 0. Owner only. */
static inline void
ration_turn_hurry(struct ration_lcore *lc, uint32_t nth)
{
	uint32_t countdown = ration_load(&lc->countdown, relaxed);

	if (countdown <= nth)
		return;
	ration_workspace(lc)->slow_turn -= countdown - nth;
	ration_store(&lc->countdown, nth, relaxed);
}

#endif /* RATION_LCORE_TURN_H_ */
