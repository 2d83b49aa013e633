/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Members of a domain: register, offline, online, unregister. See lcore/member.h for the states.
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
#include "shm/eal.h"
#include "shm/liveness.h"
#include "shm/process.h"
#include "shm/zone.h"
#include "tree/gate.h"

/* Unregisters the members of a thread that ends. */
static pthread_key_t at_thread_end;
static bool unregisters_at_thread_end;

static void
unregister_all(void *unused)
{
	struct ration_lcore *lc;

	(void)unused;
	/* The thread may end after rte_eal_cleanup(): then no member of it is left. */
	for (lc = ration_self_first(); lc != NULL; lc = ration_self_first()) {
		if (ration_lcore_unregister(lc) != 0)
			break;
	}
	ration_self_forget();
}

RTE_INIT(ration_lcore_init)
{
	unregisters_at_thread_end = pthread_key_create(&at_thread_end, unregister_all) == 0;
}

/* Raise nb_members, the number of member entries that drains read, to include member_id. */
static void
note_member(struct ration_domain *d, uint32_t member_id)
{
	uint32_t old = ration_load(&d->nb_members, relaxed);

	while (old <= member_id && !ration_cas(&d->nb_members, &old, member_id + 1, seq_cst))
		;
}

/*
 * Claim a free member entry. The last secondary_members entries are for secondary processes. Their
 * lcore areas exist already, so a process that may be killed does not take a lock of EAL to reserve
 * memory.
 */
static struct member *
claim_member(struct ration_domain *d)
{
	/* A forked child takes an entry of its parent: the others may be needed by real ones. */
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
		/* Acquire: pairs with the release by which the entry became FREE. */
		if (!ration_cas(&m->state, &word,
				MEMBER_WORD(MEMBER_GEN(word) + 1, pid, MEMBER_CLAIMED), acquire))
			continue;
		note_member(d, i);
		return m;
	}
	rte_errno = ENOSPC;
	return NULL;
}

/* NUMA node for the lcore area of the calling thread. */
static int
own_socket(const struct ration_domain *d)
{
	return rte_lcore_id() == LCORE_ID_ANY ? d->socket_id : (int)rte_socket_id();
}

/* Prepare an lcore area for a new owner: clear the statistics, keep the ledger. */
static void
reset_area(struct ration_domain *d, struct ration_lcore *lc)
{
	struct drain_set set;

	memset(&lc->stats, 0, sizeof(lc->stats));
	/* Keep the mailbox: other threads may be writing to it, and an old request is harmless. */
	ration_store(&lc->lcore_id, rte_lcore_id(), relaxed);
	ration_idle_start(lc);
	/* The member has no stock, so all drains of the present round are served. */
	ration_drain_set_read(d, &set);
	ration_store(&lc->ack, set.round, release);
}

/*
 * T4 of lcore/member.h: go ONLINE from CLAIMED or OFFLINE. The CAS is seq_cst and comes before the
 * first read of the gate. It pairs with the opening of a round: either the drainer sees this member
 * online and sends it a request, or this member sees the gate. Model n_handshakes: ONLINE.
 */
static bool
enter_online(struct ration_domain *d, struct member *m, uint64_t word)
{
	uint64_t online = MEMBER_WORD(MEMBER_GEN(word) + 1, 0, MEMBER_ONLINE);
	uint32_t member_id = (uint32_t)(m - d->members);

	/* First: ration_nb_online() must not miss a member that may hold stock. */
	ration_set_online(d, member_id, true);
	if (!ration_cas(&m->state, &word, online, seq_cst)) {
		ration_set_online(d, member_id, false);
		return false;
	}
	return true;
}

/*
 * Callback of rte_thread_unregister(), in the thread that loses its lcore_id. The thread may go on,
 * so its members stay registered, but offline and without lcore_id.
 */
static void
take_all_offline(unsigned int lcore_id, void *unused)
{
	struct ration_lcore *lc;

	(void)unused;
	for (lc = ration_self_first(); lc != NULL; lc = lc->next_own) {
		if (!ration_lcore_is_there(lc)) { /* It ends after rte_eal_cleanup(). */
			ration_self_forget();
			return;
		}
		if (ration_load(&lc->lcore_id, relaxed) != lcore_id)
			continue;
		ration_lcore_offline(lc);
		ration_store(&lc->lcore_id, LCORE_ID_ANY, relaxed);
	}
}

/* Register the callback once per process. Not in a constructor: EAL must be initialized. */
static void
watch_threads(void)
{
	static RATION_ATOMIC(uint32_t) watched;

	if (ration_load(&watched, relaxed) == 0 && ration_exchange(&watched, 1, relaxed) == 0)
		rte_lcore_callback_register("ration", NULL, take_all_offline, NULL);
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
	if (unregisters_at_thread_end)
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

/* Return all stock of the calling owner, and count it as a drain does. */
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
	 * T1. Release, after the last store to a stock entry: pairs with the acquire in
	 * take_over(). Models d_takeover: OFFLINEFIRST, OFFLINEFULL; n_handshakes: GOOFFLINE.
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
	/*
	 * A wait of this thread served the member in vain meanwhile. If countdown passed 0 then, it
	 * has wrapped, and the next look for idle stock would be 4 billion quiescent points away.
	 */
	ration_idle_start(lc);
	/* A drainer may still wait for an answer to its request. Model d_takeover: NOSERVE. */
	ration_serve_fully(lc);
	return 0;
}

/*
 * Fold the ledger of the member into those of the counters: a death of the next owner of the entry
 * must not report these units. A secondary process may be killed halfway, so it leaves a ledger
 * that is not empty to ration_reap() in the primary process.
 * @return next state of the member
 */
static enum member_state
fold_own(struct ration_domain *d, struct ration_lcore *lc)
{
	uint32_t token, i;

	if (ration_is_primary()) {
		token = ration_walk_begin(lc);
		for (i = 0; i < lc->nb_stocks; i++)
			ration_ledger_fold(d, lc, i);
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

	if (lc == NULL)
		return -EINVAL;
	if (!ration_lcore_is_there(lc))
		return -ENODEV;
	if (lc->flags & RATION_LCORE_SHARED)
		return -EINVAL;
	d = ration_domain_of(lc);
	m = ration_member_of(lc);
	if (!ration_lcore_is_owner(lc, m))
		return -EINVAL;
	/* While the member is offline, a drainer may be writing its stock entries. */
	if (!ration_lcore_is_usable(lc) && ration_lcore_online(lc) != 0)
		return -EINVAL;
	give_own_back(lc);
	state = fold_own(d, lc);
	ration_self_remove(lc);
	ration_set_online(d, lc->member_id, false);
	/* Release: pairs with the acquire in claim_member(). */
	ration_store(&m->state, MEMBER_WORD(MEMBER_GEN(ration_load(&m->state, relaxed)), 0, state),
		     release);
	return 0;
}
