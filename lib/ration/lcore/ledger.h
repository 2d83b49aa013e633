/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_LEDGER_H_
#define RATION_LCORE_LEDGER_H_

/**
 * @file
 * Ledgers: for each member and counter, the units that the member charged to the tree minus those
 * that it returned. The sum over all members and the counter's own ledger is usage_local, so
 * repair.c can compute the correct usage after a death.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Add n, which may be negative, to the ledger of lc for a counter. Within a walk. */
static inline void
ration_ledger_add(struct ration_lcore *lc, uint32_t index, int64_t n)
{
	RATION_ATOMIC(int64_t) *entry;

	if (lc->flags & RATION_LCORE_SHARED) {
		entry = &ration_counter_at(ration_domain_of(lc), index)->ledger;
		ration_fetch_add(entry, n, relaxed);
		return;
	}
	entry = &ration_ledger(lc)[index];
	/* Release: repair.c depends on the program order of usage and ledger after a death. */
	ration_store(entry, ration_load(entry, relaxed) + n, release);
}

/**
 * Add the ledger of a member for one counter to the ledger of the counter, and clear it. Primary
 * process only, within a walk of the member or under the tree lock: the sum of the ledgers is wrong
 * meanwhile, and both keep repair.c from reading it.
 *
 * @return the ledger of the member before
 */
int64_t ration_ledger_fold(struct ration_domain *d, struct ration_lcore *lc, uint32_t index);

/** Clear the ledgers of all members for a counter that is being released. Under the tree lock. */
void ration_ledgers_clear(struct ration_domain *d, uint32_t index);

/**
 * Sum the ledgers of a counter: its own, and those of all members. The function finds each lcore
 * area by its memzone and lets the sum wrap, because offsets and ledgers in shared memory may be
 * corrupted.
 *
 * @return 0, or -EPROTO if an lcore area was not found where the domain says; the sum lacks it
 */
int ration_ledgers_sum(const struct ration_domain *d, uint32_t index, int64_t *sum);

#endif /* RATION_LCORE_LEDGER_H_ */
