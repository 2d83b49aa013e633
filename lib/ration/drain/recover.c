/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Lcores whose thread or process has died: the counterpart of the kernel's
 * page_counter_drain_cpu().
 *
 * A dead lcore cannot be asked, and nobody else will ever write its slots: its stock is taken back
 * by the primary process. What it was granted stays charged. It is reported, because only the
 * application knows whether others use it now.
 */

#include <inttypes.h>

#include <rte_ticketlock.h>

#include "drain/recover.h"
#include "drain/repair.h"
#include "lcore/give_back.h"
#include "lcore/member.h"
#include "shm/log.h"
#include "shm/process.h"
#include "shm/trace.h"

/* Mend and empty a dead member. Its state keeps those away who would take over a parked one. */
static bool
take_dead(struct ration_domain *d, struct member *m, uint64_t word, uint64_t deadline,
	  uint64_t *units)
{
	uint64_t taken = MEMBER_WORD(MEMBER_GEN(word), RATION_DRAINERS_MAX, MEMBER_TAKEN);
	struct ration_lcore *lc = ration_lcore_area(d, m);
	uint64_t was = word;

	if (MEMBER_STATE(word) == MEMBER_TAKEN || !ration_cas(&m->state, &word, taken, acquire))
		return false;
	if (lc != NULL && ration_repair(lc, deadline) != 0) {
		ration_store(&m->state, was, release);
		return false;
	}
	if (lc != NULL)
		*units = ration_give_all_back(ration_lcore_shared(d), lc);
	ration_trace_takeover((uint32_t)(m - d->members), true, *units);
	RATION_LOG_LIMITED(d, "slot %u of process %d is gone, %" PRIu64 " units of stock are back",
			   (uint32_t)(m - d->members), ration_load(&m->pid, relaxed), *units);
	ration_set_online(d, (uint32_t)(m - d->members), false);
	ration_store(&m->state, MEMBER_WORD(MEMBER_GEN(word), 0, MEMBER_DEAD), release);
	return true;
}

bool
ration_member_recover(struct ration_domain *d, struct member *m, uint64_t deadline, uint64_t *units)
{
	struct local *l = ration_local(d);
	bool done = true;
	uint64_t word;

	*units = 0;
	if (!ration_member_is_dead(m))
		return false;
	/* The tree must keep its shape, and one thread at a time may do this. */
	rte_ticketlock_lock(&l->tree);
	word = ration_load(&m->state, acquire);
	if (MEMBER_STATE(word) != MEMBER_DEAD)
		done = ration_member_is_dead(m) && take_dead(d, m, word, deadline, units);
	rte_ticketlock_unlock(&l->tree);
	return done;
}
