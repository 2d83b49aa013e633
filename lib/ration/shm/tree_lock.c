/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_eal.h>
#include <rte_pause.h>

#include "shm/process.h"
#include "shm/tree_lock.h"

/* Looks of a secondary process at a tree that is being changed. Each takes some ten cycles. */
#define READ_TRIES 100000000

void
ration_tree_lock(struct ration_domain *d)
{
	rte_ticketlock_lock(&ration_local(d)->tree);
	/* seq_cst: nothing of the change before it. Pairs with the looks of ration_tree_read(). */
	ration_fetch_add(&d->tree_seq, 1, seq_cst);
}

void
ration_tree_unlock(struct ration_domain *d)
{
	ration_fetch_add(&d->tree_seq, 1, seq_cst);
	rte_ticketlock_unlock(&ration_local(d)->tree);
}

/* Other processes have no part in the lock, because they may be killed: they look twice. */
uint32_t
ration_tree_read(const struct ration_domain *d)
{
	uint32_t version, tries = 0;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY) {
		rte_ticketlock_lock(&ration_local(d)->tree);
		return 0;
	}
	do { /* Not for ever: the primary may have died half way. Then only once. */
		rte_pause();
		/* acquire: pairs with ration_tree_unlock(). */
		version = ration_load(&d->tree_seq, acquire);
	} while ((version & 1) && version != ration_load(&ration_local(d)->stuck, relaxed) &&
		 ++tries < READ_TRIES);
	if (version & 1)
		ration_store(&ration_local(d)->stuck, version, relaxed);
	return version;
}

bool
ration_tree_retry(const struct ration_domain *d, uint32_t token)
{
	if (rte_eal_process_type() == RTE_PROC_PRIMARY) {
		rte_ticketlock_unlock(&ration_local(d)->tree);
		return false;
	}
	/* What was read was read before this. */
	ration_fence(acquire);
	return ration_load(&d->tree_seq, relaxed) != token;
}
