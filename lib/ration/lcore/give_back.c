/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The drain scan.
 *
 * A drain scan reads all active stock entries of an lcore once, and returns the stock of those that
 * its drain set covers. If only refused charges ask, what is in use may stay (recall.c).
 *
 * The work at one quiescent point is limited, so a scan may take several. It
 * ends with the drain set that it started with, and the round of that set is acknowledged, never a
 * newer one. If a scan started again whenever a request arrives, a stream of requests would keep it
 * from ending. Requests that arrive meanwhile keep `pending` set, and the next scan has them.
 * Model f_partial; see "Drain and gate" in doc/guide/internals/protocols.rst.
 */

#include "lcore/entry.h"
#include "lcore/give_back.h"
#include "lcore/ledger.h"
#include "lcore/recall.h"
#include "lcore/stats.h"
#include "lcore/walk.h"
#include "lcore/watch_levels.h"
#include "tree/counter.h"
#include "tree/gate.h"
#include "tree/gather.h"

/* More units were in stock than are charged: a caller has uncharged too much. */
static __rte_noinline void
reject_rest(struct ration_lcore *lc, uint32_t index, uint64_t rest)
{
	ration_ledger_add(lc, index, (int64_t)rest);
	ration_fetch_add(&ration_counter_at(ration_domain_of(lc), index)->rejected, 1, relaxed);
	ration_stat_add(lc, &lc->stats.rejected, 1);
}

/*
 * Empty a stock entry and return its units to the counter; the ancestors are left to the caller.
 * The order of the stores: the entry before usage, so that usage >= granted + stock at every
 * instant (model a_feed_gate: LATEEMPTY), and the ledger before usage, for drain/repair.c. Bitmap
 * and sum of caps are left to the caller, too: an active bit of an empty entry is harmless
 * meanwhile.
 */
static inline uint64_t
empty_entry(struct ration_lcore *lc, struct workspace *ws, struct ration_stock *s,
	    RATION_ATOMIC(int64_t) *ledger, struct counter *c, uint32_t index)
{
	uint32_t stock = ration_load(&s->units, relaxed);
	uint64_t taken;

	ration_store(&s->units, 0, relaxed);
	ration_store(&s->limit, 0, relaxed);
	if (stock == 0)
		return 0;
	ration_store(&ws->walking, index + 1, release);
	ration_store(ledger, ration_load(ledger, relaxed) - stock, release);
	taken = ration_usage_take_both(c, stock);
	if (unlikely(taken < stock))
		reject_rest(lc, index, stock - taken);
	return taken;
}

uint64_t
ration_give_back_entry(struct ration_lcore *lc, uint32_t index)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct workspace *ws = ration_workspace(lc);
	struct counter *c = ration_counter_at(d, index);
	struct ration_stock *s = &lc->stocks[index];
	uint32_t cap = ration_limit_cap(ration_load(&s->limit, relaxed));
	uint64_t units = empty_entry(lc, ws, s, &ration_ledger(lc)[index], c, index);

	ration_entry_close(lc, index, cap);
	ration_gather_add(d, &ws->gather, c, units);
	return units;
}

/* Return true if the scan covers c. If it covers the parent of c too, note the parent. */
static bool
scan_covers(const struct ration_domain *d, struct drain_scan *scan, const struct counter *c)
{
	if (!ration_drain_set_covers(d, &scan->set, c))
		return false;
	/* Each entry may be watched. */
	if (!scan->set.recall && c->parent != RATION_INDEX_NONE &&
	    ration_drain_set_covers(d, &scan->set, ration_counter_at(d, c->parent)))
		scan->covered_parent = c->parent;
	return true;
}

/* Return the stock of an entry that the scan covers, or a part of it if it is in use. */
static uint64_t
give_back_covered(struct ration_lcore *lc, const struct drain_scan *scan, uint32_t index)
{
	uint64_t units;

	if (scan->set.recall && ration_recall(lc, index, &units))
		return units;
	return ration_give_back_entry(lc, index);
}

/* Progress of a scan through one word of the active bitmap. */
struct word {
	uint32_t base; /* Index of the first stock entry. */
	uint64_t left; /* Entries still to scan. */
	uint64_t ahead; /* Those whose counters are not prefetched yet. */
	uint64_t emptied; /* Entries emptied by this scan. */
	uint64_t caps; /* Sum of the caps of the entries that give_back_siblings() emptied. */
};

/* Counters to prefetch: otherwise each atomic operation would wait for a cache miss. */
#define FETCH_AHEAD 8

static inline uint32_t
first_of(uint64_t bits)
{
	return (uint32_t)__builtin_ctzll(bits);
}

static inline void
fetch_ahead(struct word *w, const struct counter *counters)
{
	if (w->ahead == 0)
		return;
	__builtin_prefetch((const void *)&counters[first_of(w->ahead)].usage, 1);
	w->ahead &= w->ahead - 1;
}

/*
 * Return the stock of entries at the head of a word, as long as their counters are children of
 * scan->covered_parent. A large drain returns mostly such entries, so values that they share are
 * read once, and the units for the parent are summed in a local variable. If the lcore dies before
 * the sum is stored, drain/repair.c needs only the index of the parent in gather.parents[], which
 * ration_gather_switch_parent() has stored.
 */
static inline uint64_t
give_back_siblings(struct ration_lcore *lc, const struct drain_scan *scan, struct word *w,
		   uint64_t *work)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct workspace *ws = ration_workspace(lc);
	struct counter *counters = ration_counter_at(d, w->base);
	struct ration_stock *stocks = &lc->stocks[w->base];
	RATION_ATOMIC(int64_t) *ledger = &ration_ledger(lc)[w->base];
	const uint32_t parent = scan->covered_parent,
		       depth = counters[first_of(w->left)].parent_depth;
	uint64_t units = 0;
	uint32_t i;

	ration_gather_switch_parent(d, &ws->gather, parent, depth);
	for (; w->left != 0 && *work > 0; w->left &= w->left - 1) {
		i = first_of(w->left);
		if (counters[i].parent != parent)
			break;
		fetch_ahead(w, counters);
		*work -= RTE_MIN(*work, (uint64_t)RATION_ENTRY_WORK);
		w->emptied |= w->left & -w->left;
		w->caps += ration_limit_cap(ration_load(&stocks[i].limit, relaxed));
		units += empty_entry(lc, ws, &stocks[i], &ledger[i], &counters[i], w->base + i);
	}
	ws->gather.units[depth] += units;
	return units;
}

/*
 * Continue a scan through one word of the bitmap.
 *
 * give_back_siblings() does not store the bitmap word and the sum of caps for each entry; they are
 * stored here, once per word. An active bit of an empty entry is harmless meanwhile, and each
 * atomic operation waits for all stores before it, so fewer stores make the scan faster.
 *
 * If scan_covers() has just set covered_parent to the parent of c, neither the second nor the third
 * branch runs, and the loop repeats with the same counter on purpose: the first branch takes it
 * then, with its siblings.
 */
static uint64_t
scan_word(struct ration_lcore *lc, struct drain_scan *scan, uint64_t *work)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t at = (scan->next + scan->first) % lc->nb_stocks;
	struct word w = {.base = RTE_ALIGN_FLOOR(at, 64u)};
	RATION_ATOMIC(uint64_t) *word = &ration_active(lc)[w.base / 64];
	const struct counter *counters = ration_counter_at(d, w.base), *c;
	uint64_t all = ration_load(word, relaxed), budget = *work - RATION_WORD_WORK, units = 0;
	uint32_t i;

	w.left = w.ahead = all & UINT64_MAX << at % 64;
	for (i = 0; i < FETCH_AHEAD; i++)
		fetch_ahead(&w, counters);
	while (w.left != 0 && budget > 0) {
		c = &counters[first_of(w.left)];
		if (c->parent != RATION_INDEX_NONE && c->parent == scan->covered_parent) {
			units += give_back_siblings(lc, scan, &w, &budget);
		} else if (!scan_covers(d, scan, c)) {
			budget -= RTE_MIN(budget, (uint64_t)RATION_ENTRY_WORK);
			fetch_ahead(&w, counters);
			w.left &= w.left - 1;
		} else if (c->parent == RATION_INDEX_NONE || c->parent != scan->covered_parent) {
			budget -= RTE_MIN(budget, (uint64_t)RATION_ENTRY_WORK);
			fetch_ahead(&w, counters);
			units += give_back_covered(lc, scan, w.base + first_of(w.left));
			if (ration_load(&lc->stocks[w.base + first_of(w.left)].limit, relaxed) == 0)
				w.emptied |= w.left & -w.left;
			w.left &= w.left - 1;
		}
	}
	ration_store(word, all & ~w.emptied, relaxed);
	ration_workspace(lc)->caps -= w.caps;
	scan->next = RTE_ALIGN_FLOOR(scan->next, 64u) + (w.left != 0 ? first_of(w.left) : 64);
	*work = budget;
	return units;
}

uint64_t
ration_scan_go(struct ration_lcore *lc, struct drain_scan *scan, uint64_t work)
{
	const bool whole = scan->next == 0;
	uint64_t units = 0;

	/* The index may belong to another counter since the last quiescent point. */
	scan->covered_parent = RATION_INDEX_NONE;
	if (scan->set.nb_targets == 0 && !scan->set.everything)
		scan->next = lc->nb_stocks;
	while (scan->next < lc->nb_stocks && work > 0)
		units += scan_word(lc, scan, &work);
	ration_gather_finish(ration_domain_of(lc), &ration_workspace(lc)->gather);
	scan->running = scan->next < lc->nb_stocks;
	/* Not after a scan in parts: an entry that it has passed may be active again, unwatched. */
	if (whole && !scan->running && scan->set.recall)
		ration_levels_watch(lc, &scan->set);
	return units;
}

uint64_t
ration_give_back(struct ration_lcore *lc, const struct drain_set *set)
{
	struct drain_scan scan = {.set = *set, .running = true};

	return ration_scan_go(lc, &scan, UINT64_MAX);
}

uint64_t
ration_give_all_back(struct ration_lcore *walker, struct ration_lcore *lc)
{
	struct drain_set all = {.everything = true};
	uint32_t token = ration_walk_begin(walker);
	uint64_t units = ration_give_back(lc, &all);

	ration_walk_end(walker, token);
	/* No stock is left for a scan that was running. */
	ration_workspace(lc)->scan.running = false;
	return units;
}
