/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_launch.h>
#include <rte_lcore.h>

#include "lcore/member.h"
#include "shm/liveness.h"

void
ration_set_online(struct ration_domain *d, uint32_t member_id, bool online)
{
	RATION_ATOMIC(uint64_t) *word = &d->online[member_id / 64];
	uint64_t bit = UINT64_C(1) << (member_id % 64);

	if (online)
		ration_fetch_or(word, bit, seq_cst);
	else
		ration_fetch_and(word, ~bit, seq_cst);
}

bool
ration_member_is_ours(const struct member *m)
{
	return ration_load(&m->pid, relaxed) == ration_this_process();
}

bool
ration_member_is_mine(const struct member *m)
{
	return ration_load(&m->tid, relaxed) == ration_this_thread() && ration_member_is_ours(m) &&
	       MEMBER_STATE(ration_load(&m->state, relaxed)) == MEMBER_ONLINE;
}

bool
ration_member_is_waiting_worker(const struct member *m, uint32_t lcore_id)
{
	if (!ration_member_is_ours(m) || lcore_id >= RTE_MAX_LCORE ||
	    lcore_id == rte_get_main_lcore())
		return false;
	/* An lcore that is not enabled has zeros for state (WAIT) and file descriptors. */
	return rte_lcore_is_enabled(lcore_id) && rte_eal_get_lcore_state(lcore_id) == WAIT;
}

bool
ration_lcore_is_usable(const struct ration_lcore *lc)
{
	return !(lc->flags & RATION_LCORE_SHARED) && ration_member_is_mine(ration_member_of(lc));
}

bool
ration_lcore_is_owner(const struct ration_lcore *lc, const struct member *m)
{
	return !(lc->flags & RATION_LCORE_SHARED) &&
	       ration_load(&m->tid, relaxed) == ration_this_thread() && ration_member_is_ours(m);
}

bool
ration_member_is_dead(const struct member *m)
{
	/* Acquire: pairs with the CAS in enter_online(), after pid, tid and start are set. */
	uint64_t word = ration_load(&m->state, acquire);
	int32_t pid = ration_load(&m->pid, relaxed);
	uint64_t start;

	switch (MEMBER_STATE(word)) {
	case MEMBER_FREE:
	case MEMBER_UNREAPED:
		return false;
	case MEMBER_CLAIMED: /* tid and start are not set yet: test the process in the word. */
		pid = (int32_t)MEMBER_TAKER(word);
		return ration_thread_start(pid, pid) == 0;
	case MEMBER_DEAD:
		return true;
	default:
		start = ration_thread_start(pid, ration_load(&m->tid, relaxed));
		/* If a start time is unknown, assume that the owner is alive. */
		return start != ration_load(&m->start, relaxed) && start != RATION_START_UNKNOWN &&
		       ration_load(&m->start, relaxed) != RATION_START_UNKNOWN;
	}
}
