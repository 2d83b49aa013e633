/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Recovering the stock of an lcore whose thread or process has died: the counterpart of
 * page_counter_drain_cpu() in the kernel.
 *
 * A dead lcore does not answer, and its thread will not write the stock entries again. So the
 * primary process takes the state, repairs usage and returns the stock. Units that the member was
 * granted stay charged; ration_reap() reports them, because only the application knows whether
 * other threads still use them.
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

/*
 * Repair and return the stock of a dead member. TAKEN keeps drainers from a take-over. The taker is
 * RATION_DRAINERS_MAX, which is not the number of a drainer.
 */
static bool
take_dead(struct ration_domain *d, struct member *m, uint64_t word, uint64_t deadline,
	  uint64_t *units)
{
	uint64_t taken = MEMBER_WORD(MEMBER_GEN(word), RATION_DRAINERS_MAX, MEMBER_TAKEN);
	struct ration_lcore *lc = ration_lcore_area(d, m);
	uint64_t old = word;

	if (MEMBER_STATE(word) == MEMBER_TAKEN || !ration_cas(&m->state, &word, taken, acquire))
		return false;
	if (lc != NULL && ration_repair(lc, deadline) != 0) {
		ration_store(&m->state, old, release);
		return false;
	}
	if (lc != NULL)
		*units = ration_give_all_back(ration_lcore_shared(d), lc);
	ration_trace_takeover((uint32_t)(m - d->members), true, *units);
	RATION_LOG_LIMITED(
		d, "member %u of process %d has died: %" PRIu64 " units of its stock returned",
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
	/* The tree lock: repair reads the links, and only one thread may recover a member. */
	rte_ticketlock_lock(&l->tree);
	word = ration_load(&m->state, acquire);
	if (MEMBER_STATE(word) != MEMBER_DEAD)
		done = ration_member_is_dead(m) && take_dead(d, m, word, deadline, units);
	rte_ticketlock_unlock(&l->tree);
	return done;
}
