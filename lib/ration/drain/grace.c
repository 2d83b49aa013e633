/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Grace periods: they turn "no new walk sees it" into "no walk uses it". As rte_rcu_qsbr, with
 * walks of the tree as readers.
 *
 * A flag that new walks must see is changed by a seq_cst exchange before the grace period. A walk
 * starts by a seq_cst addition before it reads the flags. So the walk sees the change, or the grace
 * period sees the walk.
 *
 * - Members: if `seq` is odd, wait until it changes. It need not be even then: the change shows
 *   that the walk has ended.
 * - Shared area: walks count in inflight[inflight_index & 1]. Switch the index, wait until the old
 *   count is 0, and do both again, as SRCU does: a walk may have read the index before the first
 *   switch and count in the old word after the wait. New walks count in the other word, so a stream
 *   of them does not extend the wait.
 *
 * A walk of a dead lcore is not waited for. Models m_grace, n_handshakes; see "Grace periods" in
 * doc/guide/internals/protocols.rst.
 */

#include <errno.h>

#include <rte_cycles.h>
#include <rte_rcu_qsbr.h>

#include "drain/grace.h"
#include "lcore/member.h"
#include "lcore/self.h"
#include "shm/clock.h"
#include "shm/process.h"

/* Duration after which a walk may be that of a dead lcore. The check makes system calls. */
#define CHECK_DEAD_US 1000

/* Wait until the present walk of a member, if any, has ended. */
static bool
wait_walk(const struct member *m, const struct ration_lcore *lc, uint64_t deadline)
{
	uint64_t next_check = ration_cycles_in(CHECK_DEAD_US);
	/* seq_cst: after a flag was changed, see ration_walk_begin(). */
	uint32_t seq = ration_load(&lc->seq, seq_cst);

	/* Acquire: pairs with the release in ration_walk_end(). Model m_grace: EVENONLY. */
	while ((seq & 1) && ration_load(&lc->seq, acquire) == seq) {
		if (!ration_wait_on(deadline))
			return false;
		if (rte_get_tsc_cycles() < next_check)
			continue;
		/* A dead lcore never ends its walk, and changes nothing any more. */
		if (ration_member_is_dead(m))
			break;
		next_check = ration_cycles_in(CHECK_DEAD_US);
	}
	return true;
}

/*
 * Wait until the walks through the shared area that are in flight have ended. Model m_grace:
 * ONEFLIP, NOFLIP.
 */
static bool
wait_shared(struct ration_domain *d, uint64_t deadline)
{
	uint32_t flip, old;

	for (flip = 0; flip < 2; flip++) {
		old = ration_fetch_add(&d->inflight_index, 1, seq_cst) & 1;
		while ((uint32_t)ration_load(&d->inflight[old], seq_cst) != 0) {
			if (!ration_wait_on(deadline))
				return false;
		}
	}
	return true;
}

int
ration_grace(struct ration_domain *d, uint64_t deadline, uint32_t *stuck)
{
	uint32_t nb_members = ration_load(&d->nb_members, seq_cst), i;
	const struct ration_lcore *lc;

	for (i = 0; i < nb_members; i++) {
		lc = ration_lcore_area(d, &d->members[i]);
		if (lc == NULL || wait_walk(&d->members[i], lc, deadline))
			continue;
		if (stuck != NULL)
			*stuck = i;
		return -ETIMEDOUT;
	}
	if (stuck != NULL)
		*stuck = RATION_INDEX_NONE;
	return wait_shared(d, deadline) ? 0 : -ETIMEDOUT;
}

int
ration_grace_readers(struct ration_domain *d, uint64_t deadline)
{
	struct rte_rcu_qsbr *qsbr = ration_local(d)->qsbr;
	uint64_t token;

	if (qsbr == NULL)
		return 0;
	token = rte_rcu_qsbr_start(qsbr);
	while (rte_rcu_qsbr_check(qsbr, token, false) != 1) {
		if (!ration_wait_on(deadline))
			return -ETIMEDOUT;
	}
	return 0;
}
