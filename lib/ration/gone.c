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

#include <errno.h>
#include <inttypes.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "gone.h"
#include "liveness.h"
#include "trace.h"

bool
ration_member_is_dead(const struct member *m)
{
	/* Acquire: pairs with the release in ration_lcore_join(). */
	uint64_t word = ration_load(&m->state, acquire);
	int32_t pid = ration_load(&m->pid, relaxed);
	uint64_t start;

	switch (MEMBER_STATE(word)) {
	case MEMBER_FREE:
	case MEMBER_LEFT:
		return false;
	case MEMBER_CLAIMED: /* Who claims says no more than its process. */
		pid = (int32_t)MEMBER_TAKER(word);
		return ration_thread_start(pid, pid) == 0;
	case MEMBER_GONE:
		return true;
	default:
		start = ration_thread_start(pid, ration_load(&m->tid, relaxed));
		/* In doubt it is alive. */
		return start != ration_load(&m->start, relaxed) && start != RATION_START_UNKNOWN &&
		       ration_load(&m->start, relaxed) != RATION_START_UNKNOWN;
	}
}

static uint64_t
give_all_back(struct ration_domain *d, struct ration_lcore *lc)
{
	struct round_view all = {.everything = true};
	uint32_t token = ration_walk_begin(ration_lcore_none(d));
	uint64_t units = ration_give_back(lc, &all);

	ration_walk_end(ration_lcore_none(d), token);
	ration_workspace(lc)->pass.running = false;
	return units;
}

/* Mend and empty a dead member. Its state keeps those away who would take over a parked one. */
static bool
take_dead(struct ration_domain *d, struct member *m, uint64_t word, uint64_t deadline,
	  uint64_t *units)
{
	uint64_t taken = MEMBER_WORD(MEMBER_EPOCH(word), RATION_ASKERS_MAX, MEMBER_TAKEN);
	struct ration_lcore *lc = ration_block(d, m);
	uint64_t was = word;

	if (MEMBER_STATE(word) == MEMBER_TAKEN || !ration_cas(&m->state, &word, taken, acquire))
		return false;
	if (lc != NULL && ration_repair(lc, deadline) != 0) {
		ration_store(&m->state, was, release);
		return false;
	}
	if (lc != NULL)
		*units = give_all_back(d, lc);
	ration_trace_takeover((uint32_t)(m - d->members), true, *units);
	RATION_LOG_LIMITED(d, "slot %u of process %d is gone, %" PRIu64 " units of stock are back",
			   (uint32_t)(m - d->members), ration_load(&m->pid, relaxed), *units);
	ration_set_online(d, (uint32_t)(m - d->members), false);
	ration_store(&m->state, MEMBER_WORD(MEMBER_EPOCH(word), 0, MEMBER_GONE), release);
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
	if (MEMBER_STATE(word) != MEMBER_GONE)
		done = ration_member_is_dead(m) && take_dead(d, m, word, deadline, units);
	rte_ticketlock_unlock(&l->tree);
	return done;
}

/* Take the bits of dead askers from the round. Their gates end. Model c_rounds: NOREAP. */
static void
release_askers(struct ration_domain *d)
{
	uint64_t id;
	int i;

	for (i = 0; i < RATION_ASKERS_MAX; i++) {
		id = ration_load(&d->askers[i], acquire);
		if (id != 0 && id != ration_process_id() && !ration_process_is_alive(id))
			ration_round_close(d, i);
	}
}

void
ration_settle(struct ration_domain *d, struct member *m, ration_gone_cb cb, void *arg)
{
	struct ration_lcore *lc = ration_block(d, m);
	struct ration_gone row = {
		.slot_id = (uint32_t)(m - d->members),
		.pid = ration_load(&m->pid, relaxed),
	};
	uint32_t i, nb = lc->nb_slots;
	int64_t units;

	row.lcore_id = ration_load(&lc->lcore_id, relaxed);
	for (i = 0; i < nb; i++) {
		units = ration_load(&ration_ledger(lc)[i], relaxed);
		if (units == 0)
			continue;
		ration_fetch_add(&ration_counter_at(d, i)->ledger, units, relaxed);
		ration_store(&ration_ledger(lc)[i], 0, relaxed);
		row.counter = ration_handle(d, i);
		row.units = (uint64_t)units;
		if (units > 0 && cb != NULL)
			cb(&row, arg);
	}
}

/* Sweep one member. @return whether it was gone, or negative errno */
static int
sweep(struct ration_domain *d, struct member *m, uint64_t deadline, ration_gone_cb cb, void *arg)
{
	struct local *l = ration_local(d);
	uint64_t units, word;
	bool gone;

	if (ration_member_is_dead(m) && !ration_member_recover(d, m, deadline, &units))
		return -ETIMEDOUT;
	word = ration_load(&m->state, acquire);
	gone = MEMBER_STATE(word) == MEMBER_GONE;
	if (!gone && MEMBER_STATE(word) != MEMBER_LEFT)
		return 0;
	rte_ticketlock_lock(&l->tree);
	if (ration_block(d, m) != NULL)
		ration_settle(d, m, gone ? cb : NULL, arg);
	rte_ticketlock_unlock(&l->tree);
	/* Release: pairs with the acquire of whoever claims the place next. */
	ration_store(&m->state, MEMBER_WORD(MEMBER_EPOCH(word), 0, MEMBER_FREE), release);
	return gone;
}

int
ration_sweep(struct ration_domain *d, uint32_t timeout_us, ration_gone_cb cb, void *arg)
{
	uint64_t deadline = rte_get_tsc_cycles() + rte_get_tsc_hz() / 1000000 * timeout_us;
	uint32_t nb_members, i;
	int swept = 0, rc;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	release_askers(d);
	nb_members = ration_load(&d->nb_members, seq_cst);
	for (i = 0; i < nb_members; i++) {
		rc = sweep(d, &d->members[i], deadline, cb, arg);
		if (rc < 0) {
			swept = rc;
			break;
		}
		swept += rc;
	}
	ration_control_unlock(d);
	return swept;
}
