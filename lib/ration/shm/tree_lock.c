/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The lock of links, names and the hash table of paths: a ticket lock in the primary process, a
 * sequence lock for the others.
 *
 * A process that can be killed must not hold a lock for which others wait. So only the primary
 * process takes the ticket lock, to read as well as to write. Other processes only read, as in a
 * seqlock:
 *
 * 1. The primary adds 1 to tree_seq before a change and 1 after it. So tree_seq is odd during it.
 * 2. A reader waits until tree_seq is even (acquire: it sees the changes up to there).
 * 3. It reads the tree. It may read a mixture of old and new values, so it must check each index
 *    before it uses it, see view/inspect.h.
 * 4. It reads tree_seq again, after an acquire fence that keeps the reads of step 3 before it. If
 *    the value differs, a change has started meanwhile, and the reader goes back to step 2.
 *
 * If the primary dies during a change, tree_seq stays odd. A reader gives up the wait of step 2
 * after READ_TRIES reads and remembers that value in local::stuck. It does not wait for the same
 * value again, and uses the tree as it is.
 */

#include <rte_pause.h>

#include "shm/eal.h"
#include "shm/process.h"
#include "shm/tree_lock.h"

/* Reads of an odd tree_seq before a secondary process gives up. Each takes some ten cycles. */
#define READ_TRIES 100000000

void
ration_tree_lock(struct ration_domain *d)
{
	rte_ticketlock_lock(&ration_local(d)->tree);
	/* Step 1. seq_cst: the change follows it. Pairs with step 4. */
	ration_fetch_add(&d->tree_seq, 1, seq_cst);
}

void
ration_tree_unlock(struct ration_domain *d)
{
	ration_fetch_add(&d->tree_seq, 1, seq_cst);
	rte_ticketlock_unlock(&ration_local(d)->tree);
}

uint32_t
ration_tree_read(const struct ration_domain *d)
{
	uint32_t seq, tries = 0;

	if (ration_is_primary()) {
		rte_ticketlock_lock(&ration_local(d)->tree);
		return 0;
	}
	do {
		rte_pause();
		/* Step 2. Acquire: pairs with ration_tree_unlock(). */
		seq = ration_load(&d->tree_seq, acquire);
	} while ((seq & 1) && seq != ration_load(&ration_local(d)->stuck, relaxed) &&
		 ++tries < READ_TRIES);
	if (seq & 1)
		ration_store(&ration_local(d)->stuck, seq, relaxed);
	return seq;
}

bool
ration_tree_retry(const struct ration_domain *d, uint32_t token)
{
	if (ration_is_primary()) {
		rte_ticketlock_unlock(&ration_local(d)->tree);
		return false;
	}
	/* Step 4. */
	ration_fence(acquire);
	return ration_load(&d->tree_seq, relaxed) != token;
}
