/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_ENTRY_H_
#define RATION_LCORE_ENTRY_H_

/**
 * @file
 * Changes of a stock entry on the slow path. The data path is in ration_charge.h.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lcore/watch_levels.h"
#include "shm/layout.h"

/**
 * Set a stock entry, its active bit and the sum of caps. A cap of 0 makes the entry inactive. Only
 * for the thread that may write the stock entries.
 */
static inline void
ration_entry_set(struct ration_lcore *lc, uint32_t index, uint32_t gen, uint32_t stock,
		 uint32_t cap)
{
	RATION_ATOMIC(uint64_t) *word = &ration_active(lc)[index / 64];
	uint64_t bits = ration_load(word, relaxed);
	uint64_t bit = UINT64_C(1) << (index % 64);
	uint32_t limit = ration_limit(ration_gen_tag(gen), cap);

	ration_workspace(lc)->caps +=
		cap - (uint64_t)ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));
	if (cap == 0) {
		ration_store(word, bits & ~bit, relaxed);
	} else if (!(bits & bit)) {
		ration_store(word, bits | bit, relaxed);
		ration_levels_note(lc, index);
	}
	ration_store(&lc->stocks[index].units, stock, relaxed);
	ration_store(&lc->stocks[index].limit, cap == 0 ? 0 : limit, relaxed);
}

/** Clear the active bit of an entry that is empty already, and take its former cap from the sum. */
static inline void
ration_entry_close(struct ration_lcore *lc, uint32_t index, uint32_t cap)
{
	RATION_ATOMIC(uint64_t) *word = &ration_active(lc)[index / 64];
	uint64_t bit = UINT64_C(1) << (index % 64);

	ration_store(word, ration_load(word, relaxed) & ~bit, relaxed);
	ration_workspace(lc)->caps -= cap;
}

#endif /* RATION_LCORE_ENTRY_H_ */
