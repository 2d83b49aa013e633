/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Repairing usage after an lcore has died in the middle of a walk.
 *
 * A charge writes the ledger after usage and usage_local, an uncharge before them. So a walk that
 * is interrupted at any step leaves usage too large, never too small, and no limit is exceeded
 * before the repair. The ledgers give the correct values:
 *
 *   usage_local = sum of the ledgers of the counter
 *   usage       = usage_local + sum of the usage of its children
 *
 * M1: the dead lcore named the counter of its walk in workspace::walking, and the parents of a
 *     gather in gather.parents[], each before the first change.
 * M2: for each of them, measure the excess of all levels up to the root, at a moment without any
 *     other walk. To find one, look twice, before and after the measurement: no seq is odd, none
 *     has changed, and no walk through the shared area has started. Walks are rare and short, so
 *     such a moment comes soon. No lcore is stopped for it.
 * M3: subtract the excess. Other walks may continue: all of them add and subtract, so the excess
 *     stays the same.
 * M4: compute the bitmap and the sum of caps from the stock entries, and make seq even.
 *
 * Model i_repair; see "Repair after a death" in doc/guide/internals/protocols.rst.
 */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "drain/repair.h"
#include "lcore/ledger.h"
#include "lcore/member.h"
#include "lcore/walk.h"
#include "tree/counter.h"

/* Walk sequence numbers of all members at one moment. */
struct walks {
	uint32_t seq[RATION_MEMBERS_MAX];
};

/* Return true if no walk is in flight. A dead lcore is in none, even if its seq is odd. */
static bool
look_at_walks(struct ration_domain *d, struct walks *w)
{
	uint32_t nb_members = ration_load(&d->nb_members, seq_cst), i;
	const struct ration_lcore *lc;

	if ((uint32_t)ration_shared_walks(d) != 0)
		return false;
	for (i = 0; i < nb_members; i++) {
		lc = ration_lcore_area(d, &d->members[i]);
		w->seq[i] = lc != NULL ? ration_load(&lc->seq, seq_cst) : 0;
		if ((w->seq[i] & 1) && !ration_member_is_dead(&d->members[i]))
			return false;
	}
	for (; i < RATION_MEMBERS_MAX; i++)
		w->seq[i] = 0;
	return true;
}

/*
 * Return true if no walk has started since look_at_walks() filled w. `shared` is the
 * ration_shared_walks() of that moment. Model i_repair: ONELOOK, NOSHARED.
 */
static bool
still_quiet(struct ration_domain *d, const struct walks *w, uint64_t shared)
{
	struct walks now;
	uint32_t i;

	if (!look_at_walks(d, &now) || ration_shared_walks(d) != shared)
		return false;
	for (i = 0; i < RATION_MEMBERS_MAX; i++) {
		if (now.seq[i] != w->seq[i])
			return false;
	}
	return true;
}

static uint64_t
sum_children(const struct ration_domain *d, uint32_t index)
{
	uint32_t child = ration_node_at(d, index)->first_child;
	uint64_t sum = 0;

	for (; child != RATION_INDEX_NONE; child = ration_node_at(d, child)->next)
		sum += ration_load(&ration_counter_at(d, child)->usage, relaxed);
	return sum;
}

/* Excess of usage_local and usage of a counter over their correct values. */
struct excess {
	uint64_t usage_local;
	uint64_t usage;
};

/* M2: compute the excess of all levels from c to the root in x[], by depth. @return 0 or -EPROTO */
static int
measure(struct ration_domain *d, struct counter *c, struct excess *x)
{
	uint64_t below = 0, truth;
	struct counter *l;
	int64_t ledgers;
	uint32_t i;

	for (i = c->depth + 1; i-- > 0;) {
		l = ration_level(d, c, i);
		/* Without one of the ledgers, granted units would look like an excess. */
		if (ration_ledgers_sum(d, ration_index_of(d, l), &ledgers) != 0)
			return -EPROTO;
		truth = (uint64_t)ledgers;
		x[i].usage_local = ration_load(&l->usage_local, relaxed) - truth;
		/* The child on this path counts without its excess: take_back() subtracts that. */
		truth += sum_children(d, ration_index_of(d, l)) - below;
		x[i].usage = ration_load(&l->usage, relaxed) - truth;
		below = x[i].usage;
	}
	return 0;
}

/* M3: subtract the excess of all levels from c to the root. */
static void
take_back(struct ration_domain *d, struct counter *c, const struct excess *x)
{
	struct counter *l;
	uint32_t i;

	for (i = c->depth + 1; i-- > 0;) {
		l = ration_level(d, c, i);
		ration_fetch_sub(&l->usage_local, x[i].usage_local, seq_cst);
		ration_fetch_sub(&l->usage, x[i].usage, seq_cst);
	}
}

/* M2 and M3 for all levels from one counter to the root. */
static int
repair_path(struct ration_domain *d, uint32_t index, uint64_t deadline)
{
	struct counter *c = ration_counter_at(d, index);
	struct excess x[RATION_DEPTH_MAX + 1];
	struct walks w;
	uint64_t shared;

	for (;;) {
		shared = ration_shared_walks(d);
		if (look_at_walks(d, &w)) {
			if (measure(d, c, x) != 0)
				return -EPROTO;
			if (still_quiet(d, &w, shared))
				break;
		}
		if (rte_get_tsc_cycles() >= deadline)
			return -ETIMEDOUT;
		rte_pause();
	}
	take_back(d, c, x);
	return 0;
}

/* Compute the bitmap and the sum of caps: the lcore may have died before it wrote them. */
static void
repair_entries(struct ration_lcore *lc)
{
	RATION_ATOMIC(uint64_t) *active = ration_active(lc);
	const struct ration_stock *s;
	uint64_t caps = 0, bit;
	uint32_t i;

	for (i = 0; i < lc->nb_stocks; i++) {
		s = &lc->stocks[i];
		bit = UINT64_C(1) << (i % 64);
		if ((ration_load(&s->limit, relaxed) | ration_load(&s->units, relaxed)) != 0)
			ration_fetch_or(&active[i / 64], bit, relaxed);
		caps += ration_limit_cap(ration_load(&s->limit, relaxed));
	}
	ration_workspace(lc)->caps = caps;
}

int
ration_repair(struct ration_lcore *lc, uint64_t deadline)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct workspace *ws = ration_workspace(lc);
	uint32_t i, at;
	int rc;

	repair_entries(lc);
	/*
	 * Repair all levels of the gather, also those with units[] 0: a flush clears the sum before
	 * it reduces usage. Model i_repair: WALKONLY, GATHERFIRST, NOWALKING.
	 */
	for (i = 0; i <= RATION_DEPTH_MAX; i++) {
		at = ration_load(i < RATION_DEPTH_MAX ? &ws->gather.parents[i] : &ws->walking,
				 relaxed);
		/* A dead process wrote the index, which may be corrupted: check it. */
		if (at == 0 || at > d->max_counters ||
		    !(ration_load(&ration_counter_at(d, at - 1)->flags, acquire) & COUNTER_IN_USE))
			continue;
		rc = repair_path(d, at - 1, deadline);
		if (rc != 0)
			return rc;
	}
	memset(&ws->gather, 0, sizeof(ws->gather));
	/* Readers of the refusals need not wait for a move that does not end. */
	ration_store(&ws->refused_moves,
		     (ration_load(&ws->refused_moves, relaxed) + 1) & ~UINT32_C(1), release);
	ration_store(&ws->walking, 0, relaxed);
	/* Even: the walk has ended. */
	ration_store(&lc->seq, (ration_load(&lc->seq, relaxed) + 1) & ~UINT32_C(1), release);
	return 0;
}
