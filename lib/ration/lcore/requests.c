/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The mailbox of an lcore: the word `pending` and the list requests[], on one cache line.
 *
 * R1: a drain or a refused charge writes its counter to an empty word of the list by one CAS,
 *     unless the list has the counter already.
 * R2: it sets a bit of `pending`. The owner reads the list at its next quiescent point.
 *
 * A writer never waits. With an rte_ring, a producer would wait for another one that was preempted
 * in the middle of an enqueue, and forever for one that was killed there.
 *
 * Drain: its request must not be lost, because the drain may time out before the owner reads it,
 * and the report says that the stock comes back later. If the list is full, the drain requests all
 * stock.
 * Refused charge: its request may be lost; the first refusal of the next quiescent interval writes
 *     it again. If the list is full whenever a counter is refused, because others are refused
 *     before it every time, one of hundreds requests all stock, so that the counter is not refused
 *     for ever.
 * Destroyed counter: a request may name one. Then the owner returns stock needlessly, no more.
 *
 * See "The mailbox" in doc/guide/internals/protocols.rst.
 */

#include "lcore/requests.h"
#include "lcore/watch.h"
#include "lcore/watch_levels.h"
#include "tree/counter.h"
#include "tree/gate.h"

/* Number of members that one refusal sends requests to. */
#define REQUESTED_MAX 8

/*
 * After so many quiescent intervals with requests for a counter the next ones, until each member is
 * asked once, insist: they request all stock of members whose list is full. Rarely, because that
 * costs the member a refill of each counter that it uses.
 */
#define PATIENCE 512

/* Result of writing a request. */
enum outcome {
	WRITTEN,
	FOUND, /* The list has the request already. */
	FULL,
	OVERTAKEN /* Another writer took the empty word first. */
};

/* Return true if lc may hide units below c. The owner of lc may change this at any time. */
static bool
may_hide(const struct ration_lcore *lc, const struct counter *c, uint32_t index)
{
	uint32_t flags = ration_load(&c->flags, relaxed);

	/* The children may have stock, in many entries: leave the scan to the owner. */
	if (flags & (COUNTER_STOCKLESS | RATION_COUNTER_DIRECT))
		return true;
	return ration_load(&ration_active(lc)[index / 64], relaxed) >> (index % 64) & 1;
}

/* Bit of a word of requests[]: what is in use may stay. Not in the request of a drain. */
#define REFUSED (1u << 31)

/* R1: write a request to the list of an lcore. That of a drain serves a refused charge as well. */
static enum outcome
write_request(struct ration_lcore *lc, uint32_t request)
{
	uint32_t i, found, empty = RATION_REQUESTS_MAX, none = 0;

	for (i = 0; i < RATION_REQUESTS_MAX; i++) {
		found = ration_load(&lc->requests[i], relaxed);
		if (found == request || (found | REFUSED) == request)
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

	do { /* Each retry means that another writer succeeded. */
		outcome = write_request(lc, index + 1);
	} while (outcome == OVERTAKEN);
	if (outcome == FULL)
		bits |= RATION_PENDING_EVERYTHING;
	/*
	 * R2. seq_cst, after the request: pairs with the exchange in ration_requests_take(). Set it
	 * also if the request was found: its writer may have died between R1 and R2. Model
	 * n_handshakes: ROUND.
	 */
	ration_fetch_or(&lc->pending, bits, seq_cst);
}

static void
request_from(struct ration_domain *d, struct member *m, const struct counter *c, bool spare,
	     uint32_t kind, bool insists)
{
	uint32_t index = ration_index_of(d, c);
	struct ration_lcore *lc = ration_lcore_area(d, m);
	enum outcome outcome;

	if (!may_hide(lc, c, index))
		return;
	/* Members that watch their stock return it unasked, but for what is in use. */
	if (kind == REFUSED &&
	    ((spare && ration_is_watched(lc, index)) || ration_level_is_watched(lc, index)))
		return;
	outcome = write_request(lc, (index + 1) | kind);
	/*
	 * R2. seq_cst, after the request, as above. Model n_handshakes: PENDINGFIRST. If the
	 * request was found, its writer sets `pending`, unless it has died between R1 and R2. If
	 * the list is full or another writer was first, the owner reads the list anyway.
	 */
	if (outcome == WRITTEN || (outcome == FOUND && ration_load(&lc->pending, relaxed) == 0))
		ration_fetch_or(&lc->pending, RATION_PENDING_REQUESTS, seq_cst);
	else if (unlikely(outcome == FULL && insists))
		ration_fetch_or(&lc->pending, RATION_PENDING_EVERYTHING, seq_cst);
}

void
ration_request_return(struct ration_lcore *lc, const struct counter *c,
		      const struct counter *failed, bool all, uint64_t nth)
{
	struct ration_domain *d = ration_domain_of(lc);
	/* Its stock of c counts towards its own charges: that is nothing that it hides. */
	bool spare = c == failed && !(ration_load(&c->flags, relaxed) &
				      (COUNTER_STOCKLESS | RATION_COUNTER_DIRECT));
	uint32_t nb = ration_load(&d->nb_members, relaxed), i, first;
	uint32_t turns = (nb + REQUESTED_MAX - 1) / REQUESTED_MAX;
	bool insists = nth % PATIENCE + turns >= PATIENCE;
	uint32_t kind = all ? 0 : REFUSED;
	struct member *m;

	if (nb == 0)
		return;
	/*
	 * By the requests for the counter, not of the lcore: an lcore that is refused for two
	 * counters in turn would ask the same half of 16 members for each of them every time. Each
	 * lcore starts elsewhere, so that several that are refused at once ask more members.
	 */
	first = (uint32_t)((lc->member_id + nth) % nb * REQUESTED_MAX % nb);
	for (i = 0; i < RTE_MIN(nb, (uint32_t)REQUESTED_MAX); i++) {
		m = &d->members[(first + i) % nb];
		if (spare && ration_lcore_area(d, m) == lc)
			continue;
		if (MEMBER_STATE(ration_load(&m->state, relaxed)) == MEMBER_ONLINE)
			request_from(d, m, failed, spare, kind, insists);
	}
}

void
ration_requests_take(struct ration_lcore *lc, struct drain_set *set)
{
	uint32_t i, request, pending = 0;

	/*
	 * seq_cst, before the list and the round are read: a later request sets `pending` again,
	 * and the next drain scan finds it. Models n_handshakes: REQUEST; f_partial: CLEARLATE.
	 */
	if (ration_load(&lc->pending, relaxed) != 0)
		pending = ration_exchange(&lc->pending, 0, seq_cst);
	/*
	 * Read the round before the scan: a round that opens during the scan must not be
	 * acknowledged. Models f_partial and k_targets: NEWEST.
	 */
	ration_drain_set_read(ration_domain_of(lc), set);
	if (pending & RATION_PENDING_EVERYTHING)
		set->everything = true;
	set->recall = set->nb_targets == 0 && !set->everything;
	if (pending == 0)
		return;
	for (i = 0; i < RATION_REQUESTS_MAX; i++) {
		if (ration_load(&lc->requests[i], relaxed) == 0)
			continue;
		/* Acquire: pairs with the release in write_request(). Empties the word. */
		request = ration_exchange(&lc->requests[i], 0, acquire);
		set->recall &= (request & REFUSED) != 0;
		set->targets[set->nb_targets++] = (request & ~REFUSED) - 1;
	}
}
