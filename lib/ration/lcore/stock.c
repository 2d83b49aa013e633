/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The slow path of the stock: refill when it is too small, trim when it is too large.
 *
 * A refill of `need` units takes p more, the precharge, and sets the cap to 2 p. So the stock is in
 * the middle of its range, and the next charge and the next uncharge both hit: a random +-1 walk
 * takes batch^2 steps to the next miss, and a load that only charges walks the tree once per batch.
 *
 * Near a limit p is smaller: at most margin / (2 x members). So even if every member fills its
 * stock up to the cap, all stocks together fit into the margin. Where that is less than the share
 * of the limit (share.c), the cap is the share: an lcore takes no more ahead then, but it keeps
 * what it gets back.
 */

#include <errno.h>

#include <rte_errno.h>

#include "lcore/entry.h"
#include "lcore/idle_mark.h"
#include "lcore/ledger.h"
#include "lcore/member.h"
#include "lcore/refusal.h"
#include "lcore/share.h"
#include "lcore/stats.h"
#include "lcore/stock.h"
#include "lcore/walk.h"
#include "lcore/watch.h"
#include "shm/eal.h"
#include "shm/trace.h"
#include "tree/counter.h"
#include "tree/gate.h"
#include "tree/hierarchy.h"

/* Largest cap of one entry: the lcore's share of stock_max, minus the caps of its other entries. */
static uint64_t
room_for_cap(const struct ration_lcore *lc, uint32_t index)
{
	uint64_t share = ration_domain_of(lc)->stock_share;
	uint64_t others = ration_workspace(lc)->caps -
			  ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));

	return ration_sub_sat(share, others);
}

struct stock_bounds
ration_stock_bounds(const struct ration_lcore *lc, struct counter *c, uint64_t need,
		    enum batch_change change)
{
	const struct ration_domain *d = ration_domain_of(lc);
	uint32_t batch = ration_batch_units(lc, c, change);
	struct stock_bounds b = {0};
	uint64_t most, share;

	if (batch == 0 || lc->flags & RATION_LCORE_SHARED)
		return b;
	/* seq_cst: after the start of the walk, see ration_walk_begin(). */
	if (ration_load(&c->flags, seq_cst) & (COUNTER_STOCKLESS | COUNTER_DYING))
		return b;
	/* Model a_feed_gate: NOGATE, FEED. */
	if (ration_gate_is_set(d, c))
		return b;
	most = room_for_cap(lc, ration_index_of(d, c));
	/* A batch that grows leaves half of the room to other counters. */
	batch = (uint32_t)RTE_MIN(batch, RTE_MAX(ration_load(&c->batch, relaxed), most / 4));
	b.precharge = ration_precharge_units(batch, most, ration_hier_margin(d, c), need,
					     RTE_MAX(ration_nb_online(d), 1u));
	b.cap = 2 * b.precharge;
	b.keep = b.fill = b.precharge;
	if (likely(b.precharge == batch))
		return b;
	share = ration_share_units(lc, c);
	b.near_limit = share != UINT64_MAX;
	batch = ration_load(&c->batch, relaxed);
	share = RTE_MIN(share, RTE_MIN(most, (uint64_t)2 * batch));
	if (b.near_limit && share > b.cap) {
		b.cap = (uint32_t)share;
		b.keep = (uint32_t)share / 2;
		b.fill = b.cap;
	}
	return b;
}

static int
reject(struct ration_lcore *lc, int rc)
{
	ration_stat_add(lc, &lc->stats.rejected, 1);
	return rc;
}

/* Note a walk that has charged `need` units, and `b->precharge` more. */
static void
note_charge(struct ration_lcore *lc, struct counter *c, uint64_t need, const struct stock_bounds *b,
	    bool over)
{
	uint32_t index = ration_index_of(ration_domain_of(lc), c);

	/* After usage is increased: see drain/repair.c. Model i_repair: LEDGERFIRST. */
	ration_ledger_add(lc, index, (int64_t)(need + b->precharge));
	ration_stat_add(lc, over ? &lc->stats.forced : &lc->stats.refills, 1);
	ration_trace_refill(lc->member_id, index, need, b->precharge);
	if (b->near_limit)
		ration_share_note(lc, c);
}

/* Name the counter that a walk of lc changes, for drain/repair.c. */
static void
name_walk(struct ration_lcore *lc, uint32_t index)
{
	if (!(lc->flags & RATION_LCORE_SHARED))
		ration_store(&ration_workspace(lc)->walking, index + 1, release);
}

int
ration_stock_charge(struct ration_lcore *lc, struct counter *c, uint64_t need,
		    const struct stock_bounds *b, struct counter **failed)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t index = ration_index_of(d, c);
	int rc;

	name_walk(lc, index);
	rc = ration_hier_charge(d, c, need + b->precharge, failed);
	if (rc != 0)
		return rc;
	note_charge(lc, c, need, b, false);
	/* After usage is increased: usage >= granted + stock at every instant. */
	if (!(lc->flags & RATION_LCORE_SHARED))
		ration_entry_set(lc, index, ration_load(&c->gen, relaxed), b->precharge, b->cap);
	return 0;
}

/* Charge `need` units, which the stock lacks, to the tree, beyond the limits. */
static int
force_tree(struct ration_lcore *lc, struct counter *c, uint64_t need)
{
	struct stock_bounds none = {0};
	bool over = false;
	int rc;

	name_walk(lc, ration_index_of(ration_domain_of(lc), c));
	rc = ration_hier_force(ration_domain_of(lc), c, need, &over);
	if (rc != 0)
		return rc;
	note_charge(lc, c, need, &none, over);
	/* Nothing stays in stock: all that comes back brings usage down. */
	if (!(lc->flags & RATION_LCORE_SHARED))
		ration_entry_set(lc, ration_index_of(ration_domain_of(lc), c),
				 ration_load(&c->gen, relaxed), 0, 0);
	return 0;
}

/* Charge `need` units, which the stock lacks, to the tree, and set the stock entry. */
static int
charge_tree(struct ration_lcore *lc, struct counter *c, uint64_t need, bool force,
	    struct counter **failed)
{
	struct stock_bounds b;
	int rc = -EDQUOT;

	/* A charge that will be refused reads no more than it must. */
	*failed = ration_hier_look(ration_domain_of(lc), c, need).lacks;
	if (*failed == NULL) {
		b = ration_stock_bounds(lc, c, need, BATCH_MORE);
		rc = ration_stock_charge(lc, c, need, &b, failed);
		if (rc != 0 && b.precharge > 0) { /* Without precharge, `need` may still fit. */
			b = ration_stock_bounds(lc, c, need, BATCH_SAME);
			b.precharge = 0;
			rc = ration_stock_charge(lc, c, need, &b, failed);
		}
	}
	return rc != 0 && force ? force_tree(lc, c, need) : rc;
}

/* Uncharge n units from the tree. The stock is not changed. */
static int
uncharge_tree(struct ration_lcore *lc, struct counter *c, uint64_t n)
{
	struct ration_domain *d = ration_domain_of(lc);

	if (n == 0)
		return 0;
	/* Before usage is reduced: see drain/repair.c. Model i_repair: LEDGERLAST. */
	ration_ledger_add(lc, ration_index_of(d, c), -(int64_t)n);
	if (unlikely(ration_hier_uncharge(d, c, n) != 0)) {
		ration_ledger_add(lc, ration_index_of(d, c), (int64_t)n);
		return -ERANGE;
	}
	ration_stat_add(lc, &lc->stats.trims, 1);
	ration_trace_trim(lc->member_id, ration_index_of(d, c), n);
	return 0;
}

/*
 * Keep `keep` of the units in stock, with this cap, and return the others to the tree.
 * @return units, or -ERANGE: more are in stock than are charged, and nothing is changed
 */
static int64_t
keep_only(struct ration_lcore *lc, struct counter *c, uint32_t keep, uint32_t cap)
{
	uint32_t index = ration_index_of(ration_domain_of(lc), c);
	uint32_t gen = ration_load(&c->gen, relaxed);
	uint32_t stock = ration_load(&lc->stocks[index].units, relaxed);
	uint32_t cap_before = ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));

	name_walk(lc, index);
	/* Before usage is reduced: usage >= granted + stock at every instant. */
	ration_entry_set(lc, index, gen, keep, cap);
	if (likely(uncharge_tree(lc, c, stock - keep) == 0))
		return stock - keep;
	ration_entry_set(lc, index, gen, stock, cap_before);
	return -ERANGE;
}

/*
 * Clear the idle mark, if the entry has it, and make its batch smaller. See idle.c and batch.c. A
 * charge keeps all units: it may need them.
 * @return whether it had the mark
 */
static bool
clear_idle_mark(struct ration_lcore *lc, struct counter *c, bool charge)
{
	struct ration_stock *s = &lc->stocks[ration_index_of(ration_domain_of(lc), c)];
	uint32_t stock = ration_load(&s->units, relaxed);
	uint32_t cap = ration_limit_cap(ration_load(&s->limit, relaxed));
	struct stock_bounds b;

	if (likely(!ration_idle_marked(s, ration_load(&c->gen, relaxed))))
		return false;
	ration_toggle_idle_mark(s);
	if (cap > 2 * ration_batch_units(lc, c, BATCH_LESS)) {
		b = ration_stock_bounds(lc, c, 0, BATCH_LESS);
		if (charge)
			b.cap = RTE_MAX(b.cap, stock);
		keep_only(lc, c, stock > b.cap ? b.keep : stock, b.cap);
	}
	return true;
}

int
ration_stock_resolve(struct ration_lcore *lc, ration_counter_t handle, struct counter **c)
{
	*c = ration_resolve(ration_domain_of(lc), handle);
	if (unlikely(*c == NULL))
		return reject(lc, -ESTALE);
	if (unlikely(ration_load(&(*c)->flags, seq_cst) & COUNTER_DYING))
		return -ENOENT;
	/*
	 * Resolve the handle again after reading DYING: releasing a counter clears the flag too. If
	 * the counter is not dying and still exists, a call that marks it from now on waits for
	 * this walk. Model e_destroy: NORECHECK.
	 */
	if (unlikely(ration_resolve(ration_domain_of(lc), handle) == NULL))
		return reject(lc, -ESTALE);
	clear_idle_mark(lc, *c, true);
	return 0;
}

static int
refill(struct ration_lcore *lc, ration_counter_t handle, uint64_t n, bool force, struct counter **c,
       struct counter **failed)
{
	uint32_t stock;
	int rc = ration_stock_resolve(lc, handle, c);

	if (rc != 0)
		return rc;
	/* The units in stock are charged already: they count toward n. */
	stock = ration_load(&lc->stocks[(uint32_t)handle].units, relaxed);
	if (stock < n)
		rc = charge_tree(lc, *c, n - stock, force, failed);
	else if (n > 0)
		ration_store(&lc->stocks[(uint32_t)handle].units, __ration_stock_less(stock, n),
			     relaxed);
	ration_watch_note(lc, (uint32_t)handle, rc == 0 ? n : 0);
	return rc;
}

struct ration_lcore *
ration_stock_walker(struct ration_lcore *lc)
{
	if (!(lc->flags & RATION_LCORE_SHARED) && likely(ration_lcore_is_usable(lc)))
		return lc;
	/* If the process is killed, a walk through the shared area cannot be found and repaired. */
	if (unlikely(!ration_is_primary()))
		return NULL;
	return ration_lcore_shared(ration_domain_of(lc));
}

static int
charge_slow(struct ration_lcore *lc, ration_counter_t handle, uint64_t n, bool force)
{
	struct counter *c, *failed;
	uint32_t token;
	int rc;

	lc = ration_stock_walker(lc);
	if (unlikely(lc == NULL))
		return -E_RTE_SECONDARY;
	token = ration_walk_begin(lc);
	rc = refill(lc, handle, n, force, &c, &failed);
	if (unlikely(rc == -EDQUOT))
		ration_refusal(lc, c, failed, &(struct decision){.nb_refused = 1, .refused = n});
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
ration_charge_error(const struct ration_lcore *lc, ration_counter_t handle)
{
	const struct ration_domain *d = ration_domain_of(lc);
	const struct counter *c;
	uint32_t flags;

	/* As ration_stock_walker() decides. */
	if (!ration_is_primary() && !ration_lcore_is_usable(lc))
		return -E_RTE_SECONDARY;
	c = ration_resolve(d, handle);
	if (c == NULL)
		return -ESTALE;
	flags = ration_load(&c->flags, seq_cst);
	if (!(flags & COUNTER_DYING))
		return -EDQUOT;
	/* Releasing a counter clears the mark, too: was it that of this counter? */
	return ration_resolve(d, handle) != NULL ? -ENOENT : -ESTALE;
}

int
ration_attempt(struct ration_lcore *lc, ration_counter_t handle, uint64_t n, uint32_t *failed)
{
	struct counter *c, *at;
	uint32_t token;
	int rc;

	lc = ration_stock_walker(lc);
	if (unlikely(lc == NULL))
		return -E_RTE_SECONDARY;
	token = ration_walk_begin(lc);
	rc = refill(lc, handle, n, false, &c, &at);
	if (rc == -EDQUOT)
		*failed = ration_index_of(ration_domain_of(lc), at);
	ration_walk_end(lc, token);
	return rc;
}

void
ration_refuse(struct ration_lcore *lc, ration_counter_t handle, uint32_t failed)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct counter *c;
	uint32_t token;

	lc = ration_stock_walker(lc);
	if (unlikely(lc == NULL))
		return;
	token = ration_walk_begin(lc);
	c = ration_resolve(d, handle);
	/* While the counter exists, all levels above it exist. */
	if (c != NULL)
		ration_refusal_count(lc, c, ration_counter_at(d, failed), 1);
	ration_walk_end(lc, token);
}

/* Whether nothing of a watched entry was unused in this window, see watch.c. */
static bool
uses_all(const struct ration_lcore *lc, uint32_t index)
{
	const struct watch *w = ration_watch_of(lc, index);

	return w != NULL && w->unused == 0;
}

/* Uncharge n units: the stock keeps as many as there is room for, the tree gets the rest. */
static int
uncharge_stock(struct ration_lcore *lc, struct counter *c, uint64_t n, bool was_idle)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t index = ration_index_of(d, c), gen = ration_load(&c->gen, relaxed);
	uint32_t stock = ration_load(&lc->stocks[index].units, relaxed);
	uint32_t cap = ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));
	uint64_t usage_local = ration_load(&c->usage_local, relaxed);
	struct stock_bounds b;
	uint32_t keep;
	int rc;

	if (was_idle && n <= __ration_stock_room(stock, cap)) {
		ration_store(&lc->stocks[index].units, __ration_stock_more(stock, n), relaxed);
		return 0;
	}
	/* The stock is part of usage_local but not granted: only the rest can be uncharged. */
	if (unlikely(!ration_fits(stock, n, usage_local)))
		return -ERANGE;
	/* All 0 if the gate is set, or the counter has no stock or is being destroyed. */
	b = ration_stock_bounds(lc, c, 0, was_idle ? BATCH_SAME : BATCH_MORE);
	/*
	 * A burst fills the stock: the owner needs it again soon, and what it leaves in the tree
	 * makes others walk. Single units leave room for those that follow, unless the owner needs
	 * all: then it does not give away in one walk what it takes back unit by unit.
	 */
	keep = n < b.fill / 4 && stock + n > b.fill && !(b.near_limit && uses_all(lc, index))
		       ? b.keep
		       : (uint32_t)RTE_MIN(stock + n, (uint64_t)b.fill);
	name_walk(lc, index);
	/* Before usage is reduced: usage >= granted + stock at every instant. */
	ration_entry_set(lc, index, gen, keep, b.cap);
	rc = uncharge_tree(lc, c, stock + n - keep);
	if (unlikely(rc != 0)) {
		ration_entry_set(lc, index, gen, stock, cap);
		return rc;
	}
	if (b.near_limit)
		ration_share_note(lc, c);
	return 0;
}

int64_t
ration_stock_shrink(struct ration_lcore *lc, struct counter *c, uint32_t unused, bool only_near)
{
	uint32_t index = ration_index_of(ration_domain_of(lc), c);
	uint32_t stock = ration_load(&lc->stocks[index].units, relaxed);
	uint32_t cap = ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));
	struct stock_bounds b = ration_stock_bounds(lc, c, 0, BATCH_SAME);
	uint32_t keep =
		RTE_MIN(stock - RTE_MIN(unused, stock), only_near && !b.near_limit ? 0 : b.cap);

	/* Write nothing in vain: the entry of an lcore that only polls does not change. */
	if (keep == stock && cap <= b.cap)
		return 0;
	return keep_only(lc, c, keep, keep > 0 ? b.cap : 0);
}

static int
trim(struct ration_lcore *lc, ration_counter_t handle, uint64_t n)
{
	struct counter *c = ration_resolve(ration_domain_of(lc), handle);
	int rc;

	if (unlikely(c == NULL))
		return -ESTALE;
	if (lc->flags & RATION_LCORE_SHARED)
		return uncharge_tree(lc, c, n);
	rc = uncharge_stock(lc, c, n, clear_idle_mark(lc, c, false));
	ration_watch_note(lc, (uint32_t)handle, 0);
	return rc;
}

int
ration_stock_return(struct ration_lcore *lc, ration_counter_t handle, uint64_t n)
{
	uint32_t token = ration_walk_begin(lc);
	int rc = trim(lc, handle, n);

	ration_walk_end(lc, token);
	return rc;
}

__rte_noinline int
__ration_trim(struct ration_lcore *lc, ration_counter_t handle, uint64_t n)
{
	uint32_t token;
	int rc;

	lc = ration_stock_walker(lc);
	if (unlikely(lc == NULL))
		return -E_RTE_SECONDARY;
	token = ration_walk_begin(lc);
	rc = trim(lc, handle, n);
	if (unlikely(rc == -ERANGE)) /* Within the walk, so the counter still exists. */
		ration_fetch_add(
			&ration_counter_at(ration_domain_of(lc), (uint32_t)handle)->rejected, 1,
			relaxed);
	if (unlikely(rc != 0))
		reject(lc, rc);
	ration_walk_end(lc, token);
	return rc;
}
