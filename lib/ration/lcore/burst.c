/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Bursts that the stock does not cover.
 *
 * If each packet that misses walked the tree, a tenant at its limit would cost a burst of 32 up to
 * 64 walks, and each of them meets those of other lcores. So the first miss of a counter looks for
 * the other packets of the counter in the burst, and charges the units of all of them in one walk:
 * as many packets, in order, as there is room for at every level. The others are refused without
 * another look at the tree. These units are needed, not taken ahead, so they hide nothing. Returns
 * are summed in the same way. So a burst walks the tree once for each counter in it, and once more
 * if another walk has taken the room meanwhile (promise P9).
 *
 * A window of 64 packets, so that one word holds the set of those that are decided, and so that the
 * search costs less than the walk.
 */

#include "lcore/refusal.h"
#include "lcore/stats.h"
#include "lcore/stock.h"
#include "lcore/walk.h"
#include "lcore/watch.h"
#include "tree/counter.h"
#include "tree/hierarchy.h"

/*
 * A charge that finds less room than it has seen tries again once; then it takes only what is in
 * stock. Each time that it fails, another walk has taken the units.
 */
#define TRIES 2

/* What the packets of one counter need, and how it went. */
struct demand {
	uint64_t units;
	uint32_t tries; /* Left, before the tree counts as full. */
	struct counter *failed; /* The level that lacks room. */
	struct decision decision;
};

/* The part of a burst that starts at the first miss. */
struct window {
	const ration_counter_t *c;
	const uint32_t *n; /* NULL: one unit each. */
	uint32_t nb;
	uint8_t *granted; /* NULL in an uncharge. */
	uint64_t decided; /* A bit for each packet that a walk has decided. */
	uint32_t refused;
};

static inline uint64_t
units_at(const struct window *w, uint32_t i)
{
	return w->n != NULL ? w->n[i] : 1;
}

static inline bool
is_decided(const struct window *w, uint32_t i)
{
	return w->decided >> i & 1;
}

/* Whether packet i, or one after it, is decided. */
static inline bool
is_decided_later(const struct window *w, uint32_t i)
{
	return i < w->nb && i < __RATION_WINDOW && w->decided >> i != 0;
}

/* Find the packets of the counter at index i, which is their first. @return their units */
static uint64_t
find_packets(const struct window *w, uint32_t i, uint64_t *packets)
{
	const ration_counter_t c = w->c[i];
	uint64_t sum = 0, left;

	*packets = 0;
	for (; i < w->nb; i++)
		*packets |= (uint64_t)(w->c[i] == c) << i;
	if (w->n == NULL)
		return (uint64_t)__builtin_popcountll(*packets);
	for (left = *packets; left != 0; left &= left - 1)
		sum += w->n[__builtin_ctzll(left)];
	return sum;
}

/* Grant packets from `units`, in order, and refuse those that do not fit. @return units left */
static uint64_t
allot(struct window *w, uint64_t packets, uint64_t units, struct decision *decision)
{
	uint64_t need;
	uint32_t i;

	*decision = (struct decision){.refused = UINT64_MAX};
	for (; packets != 0; packets &= packets - 1) {
		i = (uint32_t)__builtin_ctzll(packets);
		need = units_at(w, i);
		w->granted[i] = need <= units;
		if (w->granted[i]) {
			units -= need;
			decision->granted = RTE_MAX(decision->granted, need);
		} else {
			decision->nb_refused++;
			decision->refused = RTE_MIN(decision->refused, need);
		}
	}
	return units;
}

/*
 * Grant the packets for which the stock and the tree have room, in order, and charge exactly what
 * they need. Within a walk of lc. @return false if the tree has less room than it had at the look
 */
static bool
grant(struct ration_lcore *lc, struct counter *c, struct window *w, uint64_t packets,
      struct demand *m)
{
	struct ration_stock *s = &lc->stocks[ration_index_of(ration_domain_of(lc), c)];
	uint64_t stock = ration_load(&s->units, relaxed), lacking = ration_sub_sat(m->units, stock);
	struct stock_bounds b = {0};
	struct hier_room look = {0};
	struct counter *failed;
	uint64_t room, left;

	if (lacking > 0 && m->tries > 0) {
		look = ration_hier_look(ration_domain_of(lc), c, lacking);
		m->failed = look.units < lacking ? look.least : m->failed;
	}
	room = look.units;
	left = allot(w, packets, stock + room, &m->decision);
	if (left >= room) { /* The stock suffices for those that are granted. */
		if (left - room != stock) /* Not the shared area. */
			ration_store(&s->units, (uint32_t)(left - room), relaxed);
		return true;
	}
	b = ration_stock_bounds(lc, c, room - left, BATCH_MORE);
	if (m->tries < TRIES)
		b.precharge = 0;
	if (ration_stock_charge(lc, c, room - left, &b, &failed) == 0)
		return true;
	m->failed = failed;
	return false;
}

/* Charge the units of these packets of c. Within a walk of lc. */
static void
charge_packets(struct ration_lcore *lc, struct counter *c, struct window *w, uint64_t packets,
	       uint64_t units)
{
	struct demand m = {.units = units, .failed = c, .tries = TRIES};

	while (!grant(lc, c, w, packets, &m))
		m.tries--;
	w->refused += m.decision.nb_refused;
	ration_watch_note(lc, ration_index_of(ration_domain_of(lc), c), m.decision.granted);
	if (m.decision.nb_refused > 0)
		ration_refusal(lc, c, m.failed, &m.decision);
}

/* Charge all packets of the counter at index i, the first of which has missed. */
static void
charge_all(struct ration_lcore *lc, struct window *w, uint32_t i)
{
	struct counter *c = NULL;
	uint64_t packets, want = find_packets(w, i, &packets);
	uint32_t token, nb = (uint32_t)__builtin_popcountll(packets);
	int rc;

	w->decided |= packets;
	token = ration_walk_begin(lc);
	rc = ration_stock_resolve(lc, w->c[i], &c);
	if (likely(rc == 0)) {
		charge_packets(lc, c, w, packets, want);
	} else {
		for (; packets != 0; packets &= packets - 1)
			w->granted[__builtin_ctzll(packets)] = 0;
		w->refused += nb;
		if (rc == -ESTALE) /* The first is counted already. */
			ration_stat_add(lc, &lc->stats.rejected, nb - 1);
	}
	ration_walk_end(lc, token);
}

static struct __ration_burst
end_of(const struct window *w, uint32_t i)
{
	return (struct __ration_burst){.end = i, .refused = w->refused};
}

__rte_noinline struct __ration_burst
__ration_charge_window(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
		       uint32_t nb, uint8_t *granted)
{
	struct window w = {
		.c = c, .n = n, .nb = RTE_MIN(nb, (uint32_t)__RATION_WINDOW), .granted = granted};
	uint32_t i = 0;

	lc = ration_stock_walker(lc);
	if (unlikely(lc == NULL)) {
		memset(granted, 0, w.nb);
		w.refused = w.nb;
		return end_of(&w, w.nb);
	}
	do {
		if (is_decided(&w, i))
			continue;
		/* The caller has seen that the first one misses. */
		if (i > 0 && __ration_stock_take(lc, c[i], units_at(&w, i)))
			granted[i] = 1;
		else
			charge_all(lc, &w, i);
	} while (is_decided_later(&w, ++i));
	return end_of(&w, i);
}

/* Uncharge packets of one counter run by run, as misuse demands: each run as a whole or not. */
static void
uncharge_runs(struct ration_lcore *lc, struct window *w, uint64_t packets)
{
	uint32_t i, end;
	uint64_t sum;

	while (packets != 0) {
		i = (uint32_t)__builtin_ctzll(packets);
		sum = __ration_run_units(w->c, w->n, i, w->nb, &end);
		if (__ration_trim(lc, w->c[i], sum) != 0)
			w->refused += end - i;
		for (; i < end; i++) /* The lowest bits are those of the run. */
			packets &= packets - 1;
	}
}

__rte_noinline struct __ration_burst
__ration_uncharge_window(struct ration_lcore *lc, const ration_counter_t *c, const uint32_t *n,
			 uint32_t nb)
{
	struct window w = {.c = c, .n = n, .nb = RTE_MIN(nb, (uint32_t)__RATION_WINDOW)};
	uint64_t packets, sum;
	uint32_t i = 0, end;

	lc = ration_stock_walker(lc);
	if (unlikely(lc == NULL)) {
		w.refused = w.nb;
		return end_of(&w, w.nb);
	}
	/* Leave a run that continues after the window to the next one: a run is not divided. */
	if (nb > w.nb && c[w.nb] == c[w.nb - 1]) {
		while (w.nb > 1 && c[w.nb - 1] == c[w.nb - 2])
			w.nb--;
		w.nb--;
	}
	do {
		if (is_decided(&w, i)) {
			i++;
			continue;
		}
		/* The caller has seen that the first run misses. */
		sum = __ration_run_units(c, n, i, w.nb, &end);
		if (i == 0 || !__ration_stock_put(lc, c[i], sum)) {
			sum = find_packets(&w, i, &packets);
			w.decided |= packets;
			if (unlikely(ration_stock_return(lc, c[i], sum) != 0))
				uncharge_runs(lc, &w, packets);
		}
		i = end;
	} while (is_decided_later(&w, i));
	return end_of(&w, i);
}
