/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_LEDGER_H_
#define RATION_LCORE_LEDGER_H_

/**
 * @file
 * Ledgers: per lcore and counter, what went into its stock minus what came back. Over all lcores they
 * add up to what is charged to the counter itself, so they say what is right after a death.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Note that n units went into (or, negative, came back from) this lcore's part of a counter. */
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
	/* Release: in the order of the program, for who finds it after a death. */
	ration_store(entry, ration_load(entry, relaxed) + n, release);
}

/**
 * Book what an lcore was granted as nobody's, and report it to cb unless that is NULL. Primary
 * process only, inside a walk or under the tree lock: the sum of the ledgers is wrong for a moment.
 */
void ration_ledger_fold(struct ration_domain *d, struct member *m, ration_reap_cb cb, void *arg);

/** Clear the entries of all lcores for a counter that is going away. The tree lock is held. */
void ration_ledgers_clear(struct ration_domain *d, uint32_t index);

/**
 * Sum of the ledgers of a counter over all lcores. Every block is found by its memzone, not by what
 * shared memory says, and the sum wraps instead of overflowing, because it may be damaged.
 */
int64_t ration_ledgers_sum(const struct ration_domain *d, uint32_t index);

#endif /* RATION_LCORE_LEDGER_H_ */
