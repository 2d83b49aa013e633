/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The life of an lcore in a domain: join, online, offline, leave. See lcore/member.h for the state word.
 */

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "lcore/give_back.h"
#include "lcore/idle.h"
#include "lcore/ledger.h"
#include "lcore/member.h"
#include "lcore/self.h"
#include "lcore/serve.h"
#include "lcore/stats.h"
#include "lcore/walk.h"
#include "shm/liveness.h"
#include "shm/process.h"
#include "shm/zone.h"
#include "tree/gate.h"

/* Leaves the slots of a thread that ends. */
static pthread_key_t at_thread_end;
static bool leaves_at_thread_end;

static void
leave_all(void *unused)
{
	(void)unused;
	while (ration_self_first() != NULL && ration_lcore_unregister(ration_self_first()) == 0)
		;
}

RTE_INIT(ration_lcore_init)
{
	leaves_at_thread_end = pthread_key_create(&at_thread_end, leave_all) == 0;
}

/* Raise the number of members that drains look at. */
static void
note_member(struct ration_domain *d, uint32_t member_id)
{
	uint32_t old = ration_load(&d->nb_members, relaxed);

	while (old <= member_id && !ration_cas(&d->nb_members, &old, member_id + 1, seq_cst))
		;
}

/*
 * Claim a free place. The last ones are for secondary processes: their memory is there already, so
 * that a process which may be killed need not take a lock of EAL's for it.
 */
static struct member *
claim_member(struct ration_domain *d)
{
	bool primary = rte_eal_process_type() == RTE_PROC_PRIMARY;
	uint32_t split = d->max_members - d->secondary_members;
	uint32_t i = primary ? 0 : split, end = primary ? split : d->max_members;
	uint32_t pid = (uint32_t)ration_this_process();
	struct member *m;
	uint64_t word;

	for (; i < end; i++) {
		m = &d->members[i];
		word = ration_load(&m->state, relaxed);
		if (MEMBER_STATE(word) != MEMBER_FREE)
			continue;
		/* Acquire: pairs with the release of the one who left. */
		if (!ration_cas(&m->state, &word,
				MEMBER_WORD(MEMBER_GEN(word) + 1, pid, MEMBER_CLAIMED), acquire))
			continue;
		note_member(d, i);
		return m;
	}
	rte_errno = ENOSPC;
	return NULL;
}

/* NUMA node for the stocks of the calling thread. */
static int
own_socket(const struct ration_domain *d)
{
	return rte_lcore_id() == LCORE_ID_ANY ? d->socket_id : (int)rte_socket_id();
}

/* A place that is used again: the ledger goes on, the statistics begin anew. */
static void
reset_area(struct ration_domain *d, struct ration_lcore *lc)
{
	struct drain_set set;

	memset(&lc->stats, 0, sizeof(lc->stats));
	/* The mailbox stays as it is: others may be writing, and an old request does no harm. */
	ration_store(&lc->lcore_id, rte_lcore_id(), relaxed);
	ration_idle_start(lc);
	/* No stock: whatever was asked for so far is done. */
	ration_drain_set_read(d, &set);
	ration_store(&lc->ack, set.round, release);
}

/*
 * Go ONLINE from a state in which nobody else touches the slots. seq_cst exchange: the first look
 * at the gate comes after it. Pairs with the opening of a round: either the drainer sees this
 * member online and asks it, or this member sees the gate. Model n_handshakes: ONLINE.
 */
static bool
enter_online(struct ration_domain *d, struct member *m, uint64_t word)
{
	uint64_t online = MEMBER_WORD(MEMBER_GEN(word) + 1, 0, MEMBER_ONLINE);
	uint32_t member_id = (uint32_t)(m - d->members);

	/* First: whoever counts the members that may hide units must not miss one. */
	ration_set_online(d, member_id, true);
	if (!ration_cas(&m->state, &word, online, seq_cst)) {
		ration_set_online(d, member_id, false);
		return false;
	}
	return true;
}

/* A registered thread is unregistered, in that thread: it may go on, but not as this lcore. */
static void
park_all(unsigned int lcore_id, void *unused)
{
	struct ration_lcore *lc;

	(void)unused;
	for (lc = ration_self_first(); lc != NULL; lc = lc->next_own) {
		if (ration_load(&lc->lcore_id, relaxed) != lcore_id)
			continue;
		ration_lcore_offline(lc);
		ration_store(&lc->lcore_id, LCORE_ID_ANY, relaxed);
	}
}

/* Once a process. EAL must be there, so not from a constructor. */
static void
watch_threads(void)
{
	static RATION_ATOMIC(uint32_t) watched;

	if (ration_load(&watched, relaxed) == 0 && ration_exchange(&watched, 1, relaxed) == 0)
		rte_lcore_callback_register("ration", NULL, park_all, NULL);
}

struct ration_lcore *
ration_lcore_register_extra(struct ration_domain *d)
{
	struct ration_lcore *lc;
	struct member *m;

	if (d == NULL) {
		rte_errno = EINVAL;
		return NULL;
	}
	m = claim_member(d);
	if (m == NULL)
		return NULL;
	lc = ration_lcore_area(d, m);
	if (lc == NULL)
		lc = ration_area_make(d, (uint32_t)(m - d->members), own_socket(d));
	if (lc == NULL) {
		ration_store(&m->state, MEMBER_WORD(0, 0, MEMBER_FREE), release);
		return NULL;
	}
	ration_store(&m->tid, ration_this_thread(), relaxed);
	ration_store(&m->pid, ration_this_process(), relaxed);
	ration_store(&m->start, ration_thread_start(ration_this_process(), ration_this_thread()),
		     relaxed);
	reset_area(d, lc);
	if (leaves_at_thread_end)
		pthread_setspecific(at_thread_end, d);
	watch_threads();
	ration_self_add(lc);
	enter_online(d, m, ration_load(&m->state, relaxed));
	return lc;
}

struct ration_lcore *
ration_lcore_register(struct ration_domain *d)
{
	struct ration_lcore *lc;

	if (d == NULL) {
		rte_errno = EINVAL;
		return NULL;
	}
	lc = ration_self_get(d);
	if (lc == NULL) {
		lc = ration_lcore_register_extra(d);
		ration_self_set(d, lc);
	} else if (!ration_lcore_is_usable(lc)) {
		ration_lcore_online(lc);
	}
	return lc;
}

/* The owner gives all its stock back, as if a drain had asked for it. */
static void
give_own_back(struct ration_lcore *lc)
{
	uint64_t units = ration_give_all_back(lc, lc);

	ration_stat_add(lc, &lc->stats.drained, units);
	ration_store(&lc->ack_units, ration_load(&lc->ack_units, relaxed) + units, relaxed);
}

int
ration_lcore_offline(struct ration_lcore *lc)
{
	struct member *m;
	uint64_t word;

	if (lc == NULL || !ration_lcore_is_usable(lc))
		return -EINVAL;
	m = ration_member_of(lc);
	give_own_back(lc);
	word = ration_load(&m->state, relaxed);
	/*
	 * Release, after the last store to a slot: pairs with the acquire of whoever takes over.
	 * Models d_takeover: PARKFIRST, PARKFULL; n_handshakes: PARK.
	 */
	ration_store(&m->state, MEMBER_WORD(MEMBER_GEN(word), 0, MEMBER_OFFLINE), release);
	ration_set_online(ration_domain_of(lc), lc->member_id, false);
	return 0;
}

int
ration_lcore_online(struct ration_lcore *lc)
{
	struct member *m;
	uint64_t word;

	if (lc == NULL || lc->flags & RATION_LCORE_SHARED)
		return -EINVAL;
	m = ration_member_of(lc);
	if (!ration_lcore_is_owner(lc, m))
		return -EINVAL;
	for (;;) {
		word = ration_load(&m->state, relaxed);
		if (MEMBER_STATE(word) != MEMBER_OFFLINE && MEMBER_STATE(word) != MEMBER_TAKEN)
			return -EINVAL;
		if (MEMBER_STATE(word) == MEMBER_OFFLINE &&
		    enter_online(ration_domain_of(lc), m, word))
			break;
		rte_pause();
	}
	/* A drainer may have asked and not looked again yet. Model d_takeover: NOSERVE. */
	ration_serve_fully(lc);
	return 0;
}

/*
 * What was granted here is nobody's from now on: whoever has the place next must not be held for
 * it. A secondary process could be killed half way, so it leaves that to the primary's sweep.
 */
static enum member_state
fold_own(struct ration_domain *d, struct member *m, struct ration_lcore *lc)
{
	uint32_t token, i;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY) {
		token = ration_walk_begin(lc);
		ration_ledger_fold(d, m, NULL, NULL);
		ration_walk_end(lc, token);
		return MEMBER_FREE;
	}
	for (i = 0; i < lc->nb_stocks; i++) {
		if (ration_load(&ration_ledger(lc)[i], relaxed) != 0)
			return MEMBER_UNREAPED;
	}
	return MEMBER_FREE;
}

int
ration_lcore_unregister(struct ration_lcore *lc)
{
	enum member_state state;
	struct ration_domain *d;
	struct member *m;

	if (lc == NULL || lc->flags & RATION_LCORE_SHARED)
		return -EINVAL;
	d = ration_domain_of(lc);
	m = ration_member_of(lc);
	if (!ration_lcore_is_owner(lc, m))
		return -EINVAL;
	/* From PARKED a drainer may be at the slots; ONLINE is ours alone. */
	if (!ration_lcore_is_usable(lc) && ration_lcore_online(lc) != 0)
		return -EINVAL;
	give_own_back(lc);
	state = fold_own(d, m, lc);
	ration_self_remove(lc);
	ration_set_online(d, lc->member_id, false);
	/* Release: pairs with the acquire of whoever claims the place next. */
	ration_store(&m->state, MEMBER_WORD(MEMBER_GEN(ration_load(&m->state, relaxed)), 0, state),
		     release);
	return 0;
}
