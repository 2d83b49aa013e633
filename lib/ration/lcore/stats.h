/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_STATS_H_
#define RATION_LCORE_STATS_H_

/**
 * @file
 * Event counters of an lcore area.
 */

#include <rte_branch_prediction.h>

#include "shm/layout.h"

/** Add n to an event counter of lc. Owner of lc only; any thread if lc is shared. */
static inline void
ration_stat_add(struct ration_lcore *lc, RATION_ATOMIC(uint64_t) *stat, uint64_t n)
{
	if (unlikely(lc->flags & RATION_LCORE_SHARED))
		ration_fetch_add(stat, n, relaxed);
	else /* One writer: no atomic addition is needed. */
		ration_store(stat, ration_load(stat, relaxed) + n, relaxed);
}

#endif /* RATION_LCORE_STATS_H_ */
