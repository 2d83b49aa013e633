/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_GIVE_BACK_H_
#define RATION_LCORE_GIVE_BACK_H_

/**
 * @file
 * Returning stock to the tree: one stock entry, or all entries that a drain set covers.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Cost of scanning an empty word of the bitmap, and a stock entry, in units of work. */
#define RATION_WORD_WORK 1
#define RATION_ENTRY_WORK 16

/**
 * Return the stock of one entry to the tree, and make the entry inactive. Within a walk, by the
 * thread that may write the stock entries. The caller calls ration_gather_finish() before the walk
 * ends.
 * @return units returned
 */
uint64_t ration_give_back_entry(struct ration_lcore *lc, uint32_t index);

/**
 * Continue a drain scan for `work` units of work. Within a walk, by the thread that may write the
 * stock entries. scan->running tells whether the scan has to continue.
 * @return units returned
 */
uint64_t ration_scan_go(struct ration_lcore *lc, struct drain_scan *scan, uint64_t work);

/**
 * Return the stock of all counters that the drain set covers. Within a walk, by the thread that may
 * write the stock entries of lc.
 * @return units returned
 */
uint64_t ration_give_back(struct ration_lcore *lc, const struct drain_set *set);

/**
 * Return all stock of lc, and end its drain scan if one is running. Not within a walk, by the
 * thread that may write the stock entries of lc. The walk is marked in `walker`: lc, or the shared
 * area.
 * @return units returned
 */
uint64_t ration_give_all_back(struct ration_lcore *walker, struct ration_lcore *lc);

#endif /* RATION_LCORE_GIVE_BACK_H_ */
