/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Grace periods: from "nobody shall" to "nobody does". As in rte_rcu_qsbr, with walks of the tree
 * in the place of readers.
 */

#include <errno.h>

#include <rte_cycles.h>
#include <rte_rcu_qsbr.h>

#include "drain/grace.h"
#include "lcore/member.h"
#include "lcore/self.h"
#include "shm/clock.h"
#include "shm/process.h"

/* A walk that takes so long may be one of a dead lcore. To ask costs system calls. */
#define CHECK_DEAD_US 1000

/* Wait until a member is not in the walk it is in now. */
static bool
wait_walk(const struct member *m, const struct ration_lcore *lc, uint64_t deadline)
{
	uint64_t look = ration_cycles_in(CHECK_DEAD_US);
	/* seq_cst: after the mark that new walks shall see, see ration_walk_begin(). */
	uint32_t then = ration_load(&lc->seq, seq_cst);

	/* Acquire: pairs with the release in ration_walk_end(). Model m_grace: EVENONLY. */
	while ((then & 1) && ration_load(&lc->seq, acquire) == then) {
		if (!ration_wait_on(deadline))
			return false;
		if (rte_get_tsc_cycles() < look)
			continue;
		/* A dead lcore's walk goes no further. */
		if (ration_member_is_dead(m))
			break;
		look = ration_cycles_in(CHECK_DEAD_US);
	}
	return true;
}

/*
 * Wait for the threads without slot that are walking now. New ones count elsewhere, so a stream of
 * them cannot keep us here. As in SRCU the phase is turned twice: a thread may have read it before
 * it was turned and count in the old word only afterwards. Model m_grace: ONEFLIP, NOFLIP.
 */
static bool
wait_shared(struct ration_domain *d, uint64_t deadline)
{
	uint32_t turn, old;

	for (turn = 0; turn < 2; turn++) {
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
