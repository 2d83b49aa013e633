/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_RECALL_H_
#define RATION_LCORE_RECALL_H_

/**
 * @file
 * Returning stock that other lcores were refused for. See recall.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/**
 * Return the stock of an entry to a refused lcore: of a watched entry what is unused or exceeds the
 * share, or all if no limit is near; of others all. Within a walk of lc.
 *
 * @param[out] units
 *   Number of units returned, if the entry is watched.
 * @return
 *   Whether that is done. If not, the caller returns all of the entry, which is watched then.
 */
bool ration_recall(struct ration_lcore *lc, uint32_t index, uint64_t *units);

/** At a slow quiescent point: return the unused units of all watched entries. Owner only. */
void ration_recall_unused(struct ration_lcore *lc);

#endif /* RATION_LCORE_RECALL_H_ */
