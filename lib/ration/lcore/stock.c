/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The cold side of the stock: refill when it is too small, trim when it is too large.
 *
 * After either, the stock stands in the middle of its slot (cap is twice what was taken ahead), so
 * that the next operation hits in both directions: a random +-1 walk takes batch^2 steps to the
 * next miss, and a load that only charges walks once per batch.
 *
 * Near a limit less is taken ahead: at most the margin / (2 x lcores), so that the units which all
 * lcores hide together stay below half of what is left, and nothing is hidden when nothing is left.
 */

#include <errno.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "lcore/entry.h"
#include "lcore/ledger.h"
#include "lcore/member.h"
#include "lcore/requests.h"
#include "lcore/stats.h"
#include "lcore/stock.h"
#include "lcore/walk.h"
#include "shm/trace.h"
#include "tree/counter.h"
#include "tree/gate.h"
#include "tree/hierarchy.h"

/* What the share of this lcore in the domain's stock_max leaves for the cap of one slot. */
static uint64_t
room_for_cap(const struct ration_lcore *lc, uint32_t index)
{
	uint64_t share = ration_domain_of(lc)->stock_share;
	uint64_t others = ration_workspace(lc)->caps -
			  ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));

	return ration_sub_sat(share, others);
}

/* Units to take ahead when `need` are needed anyway. */
static uint32_t
precharge_units(const struct ration_lcore *lc, struct counter *c, uint64_t need)
{
	const struct ration_domain *d = ration_domain_of(lc);
	uint32_t batch = ration_load(&c->batch, relaxed);

	if (batch == 0)
		return 0;
	/* seq_cst: after the beginning of the walk, see ration_walk_begin(). */
	if (ration_load(&c->flags, seq_cst) & (COUNTER_STOCKLESS | COUNTER_DYING))
		return 0;
	/* Model a_feed_gate: NOGATE, FEED. */
	if (ration_gate_is_set(d, c))
		return 0;
	return ration_precharge_units(batch, room_for_cap(lc, ration_index_of(d, c)),
				      ration_hier_margin(d, c), need,
				      RTE_MAX(ration_nb_online(d), 1u));
}

static int
reject(struct ration_lcore *lc, int rc)
{
	ration_stat_add(lc, &lc->stats.rejected, 1);
	return rc;
}

/* A charge of which `need` units are not in stock. */
static int
charge_tree(struct ration_lcore *lc, struct counter *c, uint64_t need, bool force,
	    struct counter **failed)
{
	struct ration_domain *d = ration_domain_of(lc);
	bool shared = lc->flags & RATION_LCORE_SHARED;
	uint32_t ahead = shared ? 0 : precharge_units(lc, c, need);
	uint32_t index = ration_index_of(d, c);
	bool over = false;
	int rc = -EDQUOT;

	if (!shared)
		ration_store(&ration_workspace(lc)->walking, index + 1, release);
	if (ahead > 0)
		rc = ration_hier_charge(d, c, need + ahead, failed);
	if (rc != 0) { /* Others were faster: exactly what is needed may still fit. */
		ahead = 0;
		rc = ration_hier_charge(d, c, need, failed);
	}
	if (rc != 0 && force)
		rc = ration_hier_force(d, c, need, &over);
	if (rc != 0)
		return rc;
	/* After usage: see repair.c. Model i_repair: LEDGERFIRST. */
	ration_ledger_add(lc, index, (int64_t)(need + ahead));
	ration_stat_add(lc, over ? &lc->stats.forced : &lc->stats.refills, 1);
	ration_trace_refill(lc->member_id, index, need, ahead);
	/* After usage: so usage >= granted + stock at every instant. */
	if (!shared)
		ration_entry_set(lc, index, ration_load(&c->gen, relaxed), ahead, 2 * ahead);
	return 0;
}

/* Wake a slot that was put to sleep. See idle.c. */
static void
clear_idle_mark(struct ration_lcore *lc, struct counter *c)
{
	struct ration_stock *s = &lc->stocks[ration_index_of(ration_domain_of(lc), c)];

	if (ration_idle_marked(s, ration_load(&c->gen, relaxed)))
		ration_toggle_idle_mark(s);
}

static int
refill(struct ration_lcore *lc, ration_counter_t handle, uint64_t n, bool force,
       struct counter **failed)
{
	struct counter *c = ration_resolve(ration_domain_of(lc), handle);
	uint32_t stock;

	if (unlikely(c == NULL))
		return reject(lc, -ESTALE);
	if (unlikely(ration_load(&c->flags, seq_cst) & COUNTER_DYING))
		return -ENOENT;
	/*
	 * Again, behind the look at the mark: when a counter is buried the mark goes with it. Not
	 * marked and still there: whoever marks it from now on waits for this walk. Model
	 * e_destroy: NORECHECK.
	 */
	if (unlikely(ration_resolve(ration_domain_of(lc), handle) == NULL))
		return reject(lc, -ESTALE);
	clear_idle_mark(lc, c);
	/* What is in stock is charged already and goes into the bargain. */
	stock = ration_load(&lc->stocks[(uint32_t)handle].units, relaxed);
	if (stock >= n) {
		if (n > 0)
			ration_store(&lc->stocks[(uint32_t)handle].units,
				     __ration_stock_less(stock, n), relaxed);
		return 0;
	}
	return charge_tree(lc, c, n - stock, force, failed);
}

/*
 * Whoever is not the owner, or is parked, must not touch the stock: a drainer may be at it. All its
 * slots were inactive when it parked, so it ends up here, and walks like a thread without slot.
 */
static struct ration_lcore *
usable_or_shared(struct ration_lcore *lc)
{
	if (!(lc->flags & RATION_LCORE_SHARED) && likely(ration_lcore_is_usable(lc)))
		return lc;
	/* If it were killed in a walk, nothing would tell that it was in one. */
	if (unlikely(rte_eal_process_type() != RTE_PROC_PRIMARY))
		return NULL;
	return ration_lcore_shared(ration_domain_of(lc));
}

/* A definitive or plain refusal, for want of room in `failed`. Within a walk. */
static void
note_refusal(struct ration_lcore *lc, struct counter *failed)
{
	ration_fetch_add(&failed->failures, 1, relaxed);
	ration_stat_add(lc, &lc->stats.refusals, 1);
	ration_trace_refusal(lc->member_id, ration_index_of(ration_domain_of(lc), failed));
}

static int
charge_slow(struct ration_lcore *lc, ration_counter_t c, uint64_t n, bool force)
{
	struct counter *failed;
	uint32_t token;
	int rc;

	lc = usable_or_shared(lc);
	if (unlikely(lc == NULL))
		return -E_RTE_SECONDARY;
	token = ration_walk_begin(lc);
	rc = refill(lc, c, n, force, &failed);
	if (unlikely(rc == -EDQUOT)) {
		note_refusal(lc, failed);
		ration_request_return(lc, failed);
	}
	ration_walk_end(lc, token);
	return rc;
}

__rte_noinline int
__ration_refill(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	return charge_slow(lc, c, n, false);
}

__rte_noinline int
__ration_force(struct ration_lcore *lc, ration_counter_t c, uint64_t n)
{
	return charge_slow(lc, c, n, true);
}

int
ration_attempt(struct ration_lcore *lc, ration_counter_t c, uint64_t n, uint32_t *failed)
{
	struct counter *at;
	uint32_t token;
	int rc;

	lc = usable_or_shared(lc);
	if (unlikely(lc == NULL))
		return -E_RTE_SECONDARY;
	token = ration_walk_begin(lc);
	rc = refill(lc, c, n, false, &at);
	if (rc == -EDQUOT)
		*failed = ration_index_of(ration_domain_of(lc), at);
	ration_walk_end(lc, token);
	return rc;
}

void
ration_refuse(struct ration_lcore *lc, ration_counter_t handle, uint32_t failed)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t token;

	lc = usable_or_shared(lc);
	if (unlikely(lc == NULL))
		return;
	token = ration_walk_begin(lc);
	/* As long as the counter is there, so is the level above it. */
	if (ration_resolve(d, handle) != NULL)
		note_refusal(lc, ration_counter_at(d, failed));
	ration_walk_end(lc, token);
}

/* Too much was given back: say so, change nothing. */
static int
reject_range(struct ration_lcore *lc, struct counter *c)
{
	ration_fetch_add(&c->rejected, 1, relaxed);
	return reject(lc, -ERANGE);
}

/* n units go to the tree, past the stock. */
static int
uncharge_tree(struct ration_lcore *lc, struct counter *c, uint64_t n)
{
	struct ration_domain *d = ration_domain_of(lc);

	if (n == 0)
		return 0;
	/* Before usage: see repair.c. Model i_repair: LEDGERLAST. */
	ration_ledger_add(lc, ration_index_of(d, c), -(int64_t)n);
	if (unlikely(ration_hier_uncharge(d, c, n) != 0)) {
		ration_ledger_add(lc, ration_index_of(d, c), (int64_t)n);
		return reject_range(lc, c);
	}
	ration_stat_add(lc, &lc->stats.trims, 1);
	ration_trace_trim(lc->member_id, ration_index_of(d, c), n);
	return 0;
}

/* The stock takes what it may keep of n, the rest goes to the tree. */
static int
uncharge_stock(struct ration_lcore *lc, struct counter *c, uint64_t n)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t index = ration_index_of(d, c), gen = ration_load(&c->gen, relaxed);
	uint32_t stock = ration_load(&lc->stocks[index].units, relaxed);
	uint32_t cap = ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));
	uint64_t own = ration_load(&c->usage_local, relaxed);
	uint32_t ahead, keep;
	int rc;

	if (ration_idle_marked(&lc->stocks[index], gen)) {
		ration_toggle_idle_mark(&lc->stocks[index]);
		if (n <= __ration_stock_room(stock, cap)) {
			ration_store(&lc->stocks[index].units, __ration_stock_more(stock, n),
				     relaxed);
			return 0;
		}
	}
	/* Our own stock is charged but not granted: nobody can give that back. */
	if (unlikely(!ration_fits(stock, n, own)))
		return reject_range(lc, c);
	/* 0 if gated, interior, dying or without margin: then all goes up. */
	ahead = precharge_units(lc, c, 0);
	keep = (uint32_t)RTE_MIN(stock + n, (uint64_t)ahead);
	ration_store(&ration_workspace(lc)->walking, index + 1, release);
	/* Before usage: so usage >= granted + stock at every instant. */
	ration_entry_set(lc, index, gen, keep, 2 * ahead);
	rc = uncharge_tree(lc, c, stock + n - keep);
	if (unlikely(rc != 0))
		ration_entry_set(lc, index, gen, stock, cap);
	return rc;
}

__rte_noinline int
__ration_trim(struct ration_lcore *lc, ration_counter_t handle, uint64_t n)
{
	struct counter *c;
	uint32_t token;
	int rc;

	lc = usable_or_shared(lc);
	if (unlikely(lc == NULL))
		return -E_RTE_SECONDARY;
	token = ration_walk_begin(lc);
	c = ration_resolve(ration_domain_of(lc), handle);
	if (unlikely(c == NULL))
		rc = reject(lc, -ESTALE);
	else if (lc->flags & RATION_LCORE_SHARED)
		rc = uncharge_tree(lc, c, n);
	else
		rc = uncharge_stock(lc, c, n);
	ration_walk_end(lc, token);
	return rc;
}
