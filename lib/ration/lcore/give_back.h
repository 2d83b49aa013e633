/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_GIVE_BACK_H_
#define RATION_LCORE_GIVE_BACK_H_

/**
 * @file
 * Giving stock back to the tree, one slot or all that a view covers.
 */

#include <stdint.h>

#include "shm/layout.h"

/** What a look costs, in arbitrary units: at an empty word of the bitmap, at a slot. */
#define RATION_WORD_WORK 1
#define RATION_ENTRY_WORK 16

/** Give back the stock of one slot, and make it inactive. Within a walk. */
uint64_t ration_give_back_entry(struct ration_lcore *lc, uint32_t index);

/** Go on with a pass, for so much work. The caller is within a walk. @return units given back */
uint64_t ration_scan_go(struct ration_lcore *lc, struct drain_scan *scan, uint64_t work);

/** Give back an lcore's stock of the counters that a view covers. Whoever owns its slots. */
uint64_t ration_give_back(struct ration_lcore *lc, const struct drain_set *set);

/**
 * Give back all stock of an lcore, and end its pass if one is under way. The caller may touch its
 * slots; `walker` is the part of the domain that walks: the lcore itself, or the common one.
 */
uint64_t ration_give_all_back(struct ration_lcore *walker, struct ration_lcore *lc);

#endif /* RATION_LCORE_GIVE_BACK_H_ */
