/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Calls of lcores and of guest threads on the tree. */

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "eal.h"
#include "soak.h"

#define BURST 32

/* ------------------------------------------------------------------- holdings */

static void
give_back(struct player *p, const struct holding *h)
{
	int rc;

	soak_let_go(p->s, h);
	rc = ration_uncharge(p->lc, h->c, h->n);
	if (rc != 0)
		soak_log_error(p->s, "uncharge of %u units of counter %u: %d", h->n, h->which, rc);
}

static void
give_one_back(struct player *p)
{
	struct holding h;
	uint32_t i;

	if (p->nb_held == 0)
		return;
	i = prng_below(&p->prng, p->nb_held);
	h = p->held[i];
	p->held[i] = p->held[--p->nb_held];
	give_back(p, &h);
}

void
soak_give_all_back(struct player *p)
{
	while (p->nb_held > 0)
		give_one_back(p);
}

/* Put units into the pool for other threads. */
static bool
hand_over(struct player *p, const struct holding *h)
{
	struct soak *s = p->s;
	bool done = false;

	rte_ticketlock_lock(&s->pool_lock);
	if (s->nb_pool < SOAK_POOL) {
		s->pool[s->nb_pool++] = *h;
		done = true;
	}
	rte_ticketlock_unlock(&s->pool_lock);
	if (done)
		soak_count(p, SOAK_HANDED_OVER);
	return done;
}

static bool
take_over(struct player *p, struct holding *h)
{
	struct soak *s = p->s;
	bool done = false;

	rte_ticketlock_lock(&s->pool_lock);
	if (s->nb_pool > 0) {
		*h = s->pool[--s->nb_pool];
		done = true;
	}
	rte_ticketlock_unlock(&s->pool_lock);
	return done;
}

void
soak_empty_pool(struct player *p)
{
	struct holding h;

	while (take_over(p, &h))
		give_back(p, &h);
}

/* -------------------------------------------------------------------- charges */

static int
charge(struct player *p, const struct holding *h)
{
	static const uint32_t timeouts[] = {0, 20, 20, 200, 2000, 50000};
	const uint64_t kind = prng_below(&p->prng, 1000);
	int rc;

	if (kind < 5 && p->s->by_force) {
		soak_note_force(p->s, h->which, h->n);
		rc = ration_charge_force(p->lc, h->c, h->n);
		if (rc == 0)
			soak_count(p, SOAK_FORCED);
		return rc;
	}
	/* These calls wait for all other lcores. */
	if (kind >= 7)
		return ration_try_charge(p->lc, h->c, h->n);
	rc = ration_try_charge_sync(p->lc, h->c, h->n,
				    timeouts[prng_below(&p->prng, RTE_DIM(timeouts))], NULL);
	if (rc == 0 || rc == -EDQUOT)
		soak_count(p, rc == 0 ? SOAK_SYNC_GRANTED : SOAK_SYNC_REFUSED);
	/* A timeout, or too many concurrent drains, is allowed. */
	return rc == -ETIMEDOUT || rc == -EAGAIN ? -EDQUOT : rc;
}

void
soak_charge(struct player *p, uint32_t which)
{
	struct holding h = {.which = which};
	uint32_t epoch;
	int rc;

	/* Acquire: pairs with the release of enter(). */
	h.c = ration_load(&p->s->book[h.which].handle, acquire);
	if (h.c == RATION_COUNTER_NONE || p->nb_held == SOAK_HELD)
		return;
	h.n = 1 + prng_below(&p->prng, prng_below(&p->prng, 50) == 0 ? 200 : 8);
	epoch = ration_load(&p->s->epoch, seq_cst);
	rc = charge(p, &h);
	if (rc == 0) {
		soak_hold(p, &h, epoch);
		soak_count(p, SOAK_GRANTED);
		if (prng_below(&p->prng, 4) != 0 || !hand_over(p, &h))
			p->held[p->nb_held++] = h;
		return;
	}
	soak_count(p, SOAK_REFUSED);
	/* Only a counter that is being destroyed may be reported as missing. */
	if (rc != -EDQUOT && rc != -ENOENT && rc != -ESTALE)
		soak_log_error(p->s, "charge of %u units of counter %u: %d", h.n, h.which, rc);
	give_one_back(p);
}

void
soak_drain(struct player *p)
{
	static const uint32_t timeouts[] = {0, 0, 10, 10, 100, 1000, SOAK_MINUTE};
	const uint32_t timeout = timeouts[prng_below(&p->prng, RTE_DIM(timeouts))];
	const uint32_t which = prng_below(&p->prng, SOAK_ENTRIES);
	const ration_counter_t c = ration_load(&p->s->book[which].handle, acquire);
	int rc;

	if (c == RATION_COUNTER_NONE)
		return;
	rc = ration_drain(p->s->d, c, timeout, NULL);
	if (rc == 0)
		soak_count(p, SOAK_DRAINED);
	else if (rc == -ETIMEDOUT && timeout < SOAK_MINUTE)
		soak_count(p, SOAK_DRAIN_TIMED_OUT);
	else if (rc != -ESTALE && rc != -EAGAIN)
		soak_log_error(p->s, "a drain of counter %u within %u us: %d", which, timeout, rc);
}

static void
play_once(struct player *p)
{
	struct holding h;

	switch (prng_below(&p->prng, 8)) {
	case 0:
		if (take_over(p, &h))
			give_back(p, &h);
		break;
	case 1:
	case 2:
	case 3:
		give_one_back(p);
		break;
	default:
		soak_charge(p, prng_below(&p->prng, SOAK_ENTRIES));
		break;
	}
}

void
soak_play(struct player *p, uint32_t operations)
{
	while (operations-- > 0) {
		play_once(p);
		if (operations % BURST == 0)
			ration_quiescent(p->lc);
	}
}

/* -------------------------------------------------------------------- workers */

static void
register_player(struct player *p)
{
	p->lc = ration_lcore_register(p->s->d);
	if (p->lc != NULL)
		return;
	/* Guests may have taken all member entries. */
	if (rte_errno != ENOSPC)
		soak_log_error(p->s, "register: %s", rte_strerror(rte_errno));
	p->lc = ration_lcore_shared(p->s->d);
	soak_count(p, SOAK_BEYOND_MEMBERS);
}

static bool
is_member(const struct player *p)
{
	return p->lc != ration_lcore_shared(p->s->d);
}

static void
unregister_player(struct player *p)
{
	if (is_member(p) && ration_lcore_unregister(p->lc) != 0)
		soak_log_error(p->s, "unregister");
	p->lc = ration_lcore_shared(p->s->d);
}

/* Go offline for a moment. An offline lcore may charge, but holds no stock. */
static void
go_offline(struct player *p)
{
	if (ration_lcore_offline(p->lc) != 0)
		soak_log_error(p->s, "offline");
	soak_count(p, SOAK_OFFLINE);
	sched_yield();
	if (prng_below(&p->prng, 4) == 0)
		play_once(p);
	if (ration_lcore_online(p->lc) != 0)
		soak_log_error(p->s, "back online");
}

/* Go offline, unregister, register again or drain, now and then. */
static void
change_membership(struct player *p)
{
	switch (prng_below(&p->prng, 100)) {
	case 0:
		if (is_member(p))
			go_offline(p);
		break;
	case 1:
		unregister_player(p);
		soak_count(p, SOAK_LEAVING);
		break;
	case 2:
		soak_drain(p);
		break;
	default:
		/* Without registration for some time. */
		if (is_member(p))
			break;
		soak_count(p, SOAK_UNREGISTERED);
		if (prng_below(&p->prng, 8) == 0)
			register_player(p);
		break;
	}
}

static void
play_phase(struct player *p)
{
	uint32_t i;

	for (i = 0; i < p->s->bursts; i++) {
		soak_play(p, BURST);
		change_membership(p);
		/* Many lcores share a CPU, and a drain waits for all of them. */
		if (prng_below(&p->prng, 4) != 0)
			sched_yield();
	}
}

/* Stand still: most lcores poll, some are offline, some have unregistered. */
static void
stand_still(struct player *p, uint32_t phase)
{
	const bool offline = prng_below(&p->prng, 4) == 0 && is_member(p);

	if (offline && ration_lcore_offline(p->lc) != 0)
		soak_log_error(p->s, "offline");
	ration_store(&p->finished, phase, release);
	while (ration_load(&p->s->phase, acquire) == phase) {
		if (!offline)
			ration_quiescent(p->lc);
		sched_yield();
	}
	if (offline && ration_lcore_online(p->lc) != 0)
		soak_log_error(p->s, "back online");
}

static int
work(void *arg)
{
	struct player *p = arg;
	uint32_t phase = 0;

	register_player(p);
	for (;;) {
		stand_still(p, phase);
		phase = ration_load(&p->s->phase, acquire);
		if (phase == UINT32_MAX)
			break;
		play_phase(p);
	}
	soak_give_all_back(p);
	unregister_player(p);
	return 0;
}

int
soak_start(struct soak *s, uint64_t seed)
{
	struct player *me = &s->workers[SOAK_WORKERS];
	unsigned int i;

	me->lc = ration_lcore_register(s->d);
	if (me->lc == NULL)
		return -1;
	for (i = 0; i < SOAK_WORKERS; i++) {
		s->workers[i].s = s;
		s->workers[i].prng.state = seed * SOAK_WORKERS + i;
		if (test_launch(work, &s->workers[i], i + 1) != 0)
			return -1;
	}
	return 0;
}

void
soak_start_phase(struct soak *s, uint32_t bursts)
{
	s->bursts = bursts;
	/* Release: publishes the parameters of this phase. */
	ration_fetch_add(&s->phase, 1, acq_rel);
}

bool
soak_is_still(const struct soak *s)
{
	const uint32_t phase = ration_load(&s->phase, relaxed);
	unsigned int i;

	for (i = 0; i < SOAK_WORKERS; i++) {
		/* Pairs with the release in stand_still(). */
		if (ration_load(&s->workers[i].finished, acquire) != phase)
			return false;
	}
	return true;
}

int
soak_end(struct soak *s)
{
	struct player *me = &s->workers[SOAK_WORKERS];
	unsigned int i;
	int rc = 0;

	ration_store(&s->phase, UINT32_MAX, release);
	for (i = 0; i < SOAK_WORKERS; i++)
		while (rte_eal_get_lcore_state(i + 1) != WAIT)
			ration_quiescent(me->lc);
	for (i = 0; i < SOAK_WORKERS; i++)
		rc |= test_wait(i + 1);
	soak_give_all_back(me);
	soak_empty_pool(me);
	return rc;
}

/* --------------------------------------------------------------------- guests */

/* Become an lcore if EAL has a free id, and a member if the domain has a free entry. */
static void *
visit(void *arg)
{
	struct player *p = arg;
	const bool registered = rte_thread_register() == 0;
	struct holding *h;

	soak_count(p, SOAK_GUEST);
	if (!registered)
		soak_count(p, SOAK_BEYOND_LCORES);
	register_player(p);
	ration_fetch_add(&p->s->nb_come, 1, acq_rel);
	while (ration_load(&p->s->nb_come, acquire) < ration_load(&p->s->nb_invited, acquire)) {
		ration_quiescent(p->lc);
		sched_yield();
	}
	soak_play(p, 4 * BURST);
	/* The thread ends; its granted units stay. */
	while (p->nb_held > 0) {
		h = &p->held[--p->nb_held];
		if (!hand_over(p, h))
			give_back(p, h);
	}
	if (prng_below(&p->prng, 2))
		unregister_player(p);
	if (registered)
		rte_thread_unregister();
	/* Some have not unregistered; the end of the thread does that. */
	return NULL;
}

void
soak_invite(struct soak *s, uint32_t nb)
{
	struct player *me = &s->workers[SOAK_WORKERS];
	pthread_t threads[SOAK_GUESTS];
	uint32_t i;

	ration_store(&s->nb_come, 0, release);
	ration_store(&s->nb_invited, nb, release);
	for (i = 0; i < nb; i++) {
		s->guests[i].s = s;
		s->guests[i].nb_held = 0;
		s->guests[i].prng.state = prng_next(&me->prng);
		if (pthread_create(&threads[i], NULL, visit, &s->guests[i]) != 0)
			break;
	}
	if (i < nb) {
		soak_log_error(s, "thread %u cannot be started", i);
		ration_store(&s->nb_invited, i, release);
	}
	while (i-- > 0) {
		/* Guests drain, and this lcore gets requests, too. */
		while (pthread_tryjoin_np(threads[i], NULL) == EBUSY) {
			ration_quiescent(me->lc);
			sched_yield();
		}
	}
}
