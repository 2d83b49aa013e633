/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_WATCH_LEVELS_H_
#define RATION_LCORE_WATCH_LEVELS_H_

/**
 * @file
 * Levels of the tree below which an lcore watches all stock that it has. See watch_levels.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** All stock that lc has of the counters in this set is watched. Owner only. */
void ration_levels_watch(struct ration_lcore *lc, const struct drain_set *set);

/** @internal ration_levels_note() of an lcore that watches levels. */
void __ration_levels_note(struct ration_lcore *lc, uint32_t index);

/** A stock entry becomes active. If it is not watched, the levels above it are not. Owner only. */
static inline void
ration_levels_note(struct ration_lcore *lc, uint32_t index)
{
	if (unlikely(ration_workspace(lc)->nb_levels > 0))
		__ration_levels_note(lc, index);
}

/** No level is watched. Owner only. */
void ration_levels_reset(struct ration_lcore *lc);

/**
 * Whether a member returns what it does not use of a counter and those below it, without a request.
 * Any thread; as old as ration_is_watched().
 */
bool ration_level_is_watched(const struct ration_lcore *lc, uint32_t index);

#endif /* RATION_LCORE_WATCH_LEVELS_H_ */
