/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The mailbox of an lcore: a word `pending` and a short list of counters, on one cache line.
 *
 * A drain and a refused charge ask for stock in the same way: they write the counter into the list of
 * the lcore, unless it is there already, and then set `pending`. The lcore looks at its next quiescent
 * point. Nobody waits to write: an rte_ring in this place makes its producers wait for one that was
 * preempted, or for ever for one that was killed.
 *
 * The requests of a drain must not get lost, because the drain may give up before the lcore looks, and
 * its report says that the stock comes back later. So a drain that finds the list full asks for
 * everything. The request of a refused charge may get lost: the next refusal asks again. A request may
 * also name a counter that is gone; then stock goes back that need not, no more.
 */

#include "lcore/requests.h"
#include "tree/counter.h"
#include "tree/gate.h"

/* Lcores that one refusal asks; the next refusal goes on after them. */
#define REQUESTED_MAX 8

/* What has become of a request. */
enum outcome {
	WRITTEN,
	FOUND, /* It was there already. */
	FULL,
	OVERTAKEN /* Another request was written to the same place first. */
};

/* Whether lc can hide units below c. A look from outside: it may be outdated. */
static bool
may_hide(const struct ration_lcore *lc, const struct counter *c, uint32_t index)
{
	uint32_t flags = ration_load(&c->flags, relaxed);

	/* With children it is a question of many slots: let the owner look. */
	if (flags & (COUNTER_STOCKLESS | RATION_COUNTER_DIRECT))
		return true;
	return ration_load(&ration_active(lc)[index / 64], relaxed) >> (index % 64) & 1;
}

/* Write a request into the list of an lcore. */
static enum outcome
write_request(struct ration_lcore *lc, uint32_t request)
{
	uint32_t i, found, empty = RATION_REQUESTS_MAX, none = 0;

	for (i = 0; i < RATION_REQUESTS_MAX; i++) {
		found = ration_load(&lc->requests[i], relaxed);
		if (found == request)
			return FOUND;
		if (found == 0 && empty == RATION_REQUESTS_MAX)
			empty = i;
	}
	if (empty == RATION_REQUESTS_MAX)
		return FULL;
	/* Release: pairs with the acquire in ration_requests_take(). */
	return ration_cas(&lc->requests[empty], &none, request, release) ? WRITTEN : OVERTAKEN;
}

void
ration_request_drain(struct ration_lcore *lc, uint32_t index)
{
	uint32_t bits = RATION_PENDING_REQUESTS;
	enum outcome outcome;

	do { /* Not more often than the list is long: each time, another request got in. */
		outcome = write_request(lc, index + 1);
	} while (outcome == OVERTAKEN);
	if (outcome == FULL)
		bits |= RATION_PENDING_EVERYTHING;
	/*
	 * seq_cst, after the request: pairs with the exchange in ration_requests_take(). Also if the
	 * request was there already: its author may have died before it set the word. Model
	 * n_handshakes: ROUND.
	 */
	ration_fetch_or(&lc->pending, bits, seq_cst);
}

static void
request_from(struct ration_domain *d, struct member *m, const struct counter *c)
{
	uint32_t index = ration_index_of(d, c);
	struct ration_lcore *lc = ration_lcore_area(d, m);

	/* If the list is full or another request was faster, the owner looks as well. */
	if (!may_hide(lc, c, index) || write_request(lc, index + 1) != WRITTEN)
		return;
	/* seq_cst, after the request, as above. Model n_handshakes: PENDINGFIRST. */
	ration_fetch_or(&lc->pending, RATION_PENDING_REQUESTS, seq_cst);
}

void
ration_request_return(struct ration_lcore *lc, const struct counter *failed)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t nb = ration_load(&d->nb_members, relaxed), i, first;
	struct member *m;

	if (nb == 0)
		return;
	first = (uint32_t)(ration_load(&lc->stats.refusals, relaxed) * REQUESTED_MAX % nb);
	for (i = 0; i < RTE_MIN(nb, (uint32_t)REQUESTED_MAX); i++) {
		m = &d->members[(first + i) % nb];
		if (MEMBER_STATE(ration_load(&m->state, relaxed)) == MEMBER_ONLINE)
			request_from(d, m, failed);
	}
}

void
ration_requests_take(struct ration_lcore *lc, struct drain_set *set)
{
	uint32_t i, index, pending = 0;

	/*
	 * seq_cst, before the list and the round are read: a request that comes later sets the word
	 * again, and is found by the next pass. Models n_handshakes: REQUEST; f_partial: CLEARLATE.
	 */
	if (ration_load(&lc->pending, relaxed) != 0)
		pending = ration_exchange(&lc->pending, 0, seq_cst);
	/*
	 * The round before the drain: never acknowledge one that came during it. Models f_partial and
	 * k_targets: NEWEST.
	 */
	ration_drain_set_read(ration_domain_of(lc), set);
	if (pending & RATION_PENDING_EVERYTHING)
		set->everything = true;
	if (pending == 0)
		return;
	for (i = 0; i < RATION_REQUESTS_MAX; i++) {
		if (ration_load(&lc->requests[i], relaxed) == 0)
			continue;
		/* Acquire: pairs with write_request(); the place is free for the next. */
		index = ration_exchange(&lc->requests[i], 0, acquire) - 1;
		set->targets[set->nb_targets++] = index;
	}
}
