/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Reaping: free the member entries of dead lcores and the drainer bits of dead processes. Units
 * that a dead lcore was granted stay charged. They are reported, because only the application knows
 * whether other threads still use them.
 */

#include <errno.h>

#include <rte_errno.h>
#include <rte_ticketlock.h>

#include "control/lock.h"
#include "drain/recover.h"
#include "lcore/ledger.h"
#include "lcore/member.h"
#include "shm/clock.h"
#include "shm/eal.h"
#include "shm/liveness.h"
#include "shm/process.h"
#include "tree/counter.h"
#include "tree/gate.h"

/*
 * Clear the drainer bits of dead processes in the round, and so their gates. Model c_rounds:
 * NOREAP.
 */
static void
release_drainers(struct ration_domain *d)
{
	uint64_t id;
	int i;

	for (i = 0; i < RATION_DRAINERS_MAX; i++) {
		id = ration_load(&d->drainers[i], acquire);
		if (id != 0 && id != ration_process_id() && !ration_process_is_alive(id))
			ration_gate_close(d, i);
	}
}

/*
 * Fold the ledger of a member, counter by counter. The lock is not held while the callback runs, so
 * that it may read the tree. The control lock keeps counters from being created or released.
 */
static void
fold_all(struct ration_domain *d, struct ration_lcore *lc, ration_reap_cb cb, void *arg)
{
	struct local *l = ration_local(d);
	struct ration_dead row = {
		.member_id = lc->member_id,
		.lcore_id = ration_load(&lc->lcore_id, relaxed),
		.pid = ration_load(&ration_member_of(lc)->pid, relaxed),
	};
	int64_t units;
	uint32_t i;

	for (i = 0; i < lc->nb_stocks; i++) {
		if (ration_load(&ration_ledger(lc)[i], relaxed) == 0)
			continue;
		rte_ticketlock_lock(&l->tree);
		units = ration_ledger_fold(d, lc, i);
		rte_ticketlock_unlock(&l->tree);
		if (units <= 0 || cb == NULL)
			continue;
		row.counter = ration_handle(d, i);
		row.units = (uint64_t)units;
		cb(&row, arg);
	}
}

/* Reap one member. @return 1 if it was dead, 0 if not, or negative errno */
static int
reap_member(struct ration_domain *d, struct member *m, uint64_t deadline, ration_reap_cb cb,
	    void *arg)
{
	struct ration_lcore *lc;
	uint64_t units, word;
	bool dead;

	if (ration_member_is_dead(m) && !ration_member_recover(d, m, deadline, &units))
		return -ETIMEDOUT;
	word = ration_load(&m->state, acquire);
	lc = ration_lcore_area(d, m);
	dead = MEMBER_STATE(word) == MEMBER_DEAD;
	if (!dead && MEMBER_STATE(word) != MEMBER_UNREAPED)
		return 0;
	if (lc != NULL)
		fold_all(d, lc, dead ? cb : NULL, arg);
	/* Release: pairs with the acquire in claim_member(). */
	ration_store(&m->state, MEMBER_WORD(MEMBER_GEN(word), 0, MEMBER_FREE), release);
	return dead;
}

int
ration_reap(struct ration_domain *d, uint32_t timeout_us, ration_reap_cb cb, void *arg)
{
	uint64_t deadline = ration_cycles_in(timeout_us);
	uint32_t nb_members, i;
	int nb_dead = 0, failed = 0, rc;

	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	release_drainers(d);
	nb_members = ration_load(&d->nb_members, seq_cst);
	for (i = 0; i < nb_members; i++) {
		rc = reap_member(d, &d->members[i], deadline, cb, arg);
		/* Go on: a member that cannot be repaired must not keep those after it. */
		if (rc < 0)
			failed = rc;
		else
			nb_dead += rc;
	}
	ration_control_unlock(d);
	return failed != 0 ? failed : nb_dead;
}
