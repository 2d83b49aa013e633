/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_WATCH_H_
#define RATION_LCORE_WATCH_H_

/**
 * @file
 * Watched stock entries: how many units an lcore did not use since its last quiescent point. See
 * watch.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

#ifndef RATION_WATCH_TURNS /* Fewer in the explorer. */
/** Quiescent intervals in which unused units are measured before they go back. */
#define RATION_WATCH_TURNS 8
/** Of these, after how many the lcore looks what its share is now. */
#define RATION_WATCH_LOOKS 4
#endif
/** Of these, how many an entry is watched after the last refusal, its own or another's. */
#define RATION_WATCH_WINDOWS 32

/** Watch a stock entry, or watch it longer. No effect if all places are taken. Owner only. */
void ration_watch_begin(struct ration_lcore *lc, uint32_t index);

/** Forget all watches of an lcore whose stock entries are empty. Owner only. */
void ration_watch_reset(struct ration_lcore *lc);

/** Stop watching the entry at this place of workspace::watches. Owner only. */
void ration_watch_end(struct ration_lcore *lc, uint32_t place);

/** @internal ration_watch_note() of an lcore that watches entries. */
void __ration_watch_note(struct ration_lcore *lc, uint32_t index, uint64_t granted);

/**
 * Note how many units an entry has left after a call, if the entry is watched, and let the next
 * charge miss, too, if there is more to learn. At the end of each slow path that may have changed
 * the entry. Owner only. `granted`: units of the largest charge that the call granted, or 0.
 */
static inline void
ration_watch_note(struct ration_lcore *lc, uint32_t index, uint64_t granted)
{
	if (!(lc->flags & RATION_LCORE_SHARED) && unlikely(ration_workspace(lc)->nb_watches > 0))
		__ration_watch_note(lc, index, granted);
}

/** The next RATION_WATCH_TURNS quiescent intervals begin for a watched entry. Owner only. */
void ration_watch_restart(struct ration_lcore *lc, struct watch *w);

/** The watch of an entry, or NULL. Owner only. */
struct watch *ration_watch_of(const struct ration_lcore *lc, uint32_t index);

/**
 * Whether a member returns what it does not use of a counter, without a request. Any thread; the
 * answer is as old as the last quiescent point of the member.
 */
bool ration_is_watched(const struct ration_lcore *lc, uint32_t index);

#endif /* RATION_LCORE_WATCH_H_ */
