/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * What an lcore did not use of its stock.
 *
 * When lcores share a counter at its limit, each is refused again and again. If each refusal took
 * the stock of all others, the same units would move through the tree once per burst, and every
 * move costs the contended operations that a stock is there to avoid. A charge of an lcore that has
 * its part may ask for units that their lcore does not use (promise P4). So an lcore watches the
 * entries that it was asked for:
 *
 * W1: the first request takes all stock of the entry, and begins the watch. A refusal of the
 *     lcore's own begins one, too.
 * W2: a watched entry has the idle mark, so each charge misses, and the slow path notes the fewest
 *     units that were left. A hit cannot note this without being slower everywhere. The slow path
 *     takes the units from the stock as a hit does: it writes nothing shared. Once none were left,
 *     and all charges were of one unit, charges hit until the next measurement.
 * W3: units that were not used for RATION_WATCH_TURNS quiescent intervals go back to the tree,
 *     unasked. Not after one: a loop that polls empty queues has many between two bursts.
 * W4: so members that see the watch need not ask. They read `watched`, which the owner writes only
 *     when a watch begins or ends.
 * W5: what is in use goes back if it exceeds the share of the lcore (share.c), which may have
 *     become smaller.
 * W6: it also goes to an lcore that asks for all (refusal.c): one that was granted no charge as
 *     large lately.
 * W7: a watch ends RATION_WATCH_WINDOWS times later, after the last refusal that the lcore knows
 *     of. Members that are still refused then ask again.
 *
 * W8, W9: levels above: see watch_levels.c.
 *
 * An lcore watches RATION_WATCHES_MAX entries; of others each request takes all stock. Entries of
 * RATION_COUNTER_EXACT are not watched.
 */

#include "lcore/idle_mark.h"
#include "lcore/turn.h"
#include "lcore/watch.h"
#include "tree/counter.h"

struct watch *
ration_watch_of(const struct ration_lcore *lc, uint32_t index)
{
	struct workspace *ws = ration_workspace(lc);
	uint32_t i;

	for (i = 0; i < ws->nb_watches; i++) {
		if (ws->watches[i].index == index)
			return &ws->watches[i];
	}
	return NULL;
}

bool
ration_is_watched(const struct ration_lcore *lc, uint32_t index)
{
	const struct workspace *ws = ration_workspace(lc);
	uint32_t i;

	for (i = 0; i < RATION_WATCHES_MAX; i++) {
		if (ration_load(&ws->watched[i], relaxed) == index + 1)
			return true;
	}
	return false;
}

/* The next charge must miss. */
static void
mark(struct ration_lcore *lc, uint32_t index)
{
	struct ration_stock *s = &lc->stocks[index];
	uint32_t gen = ration_load(&ration_counter_at(ration_domain_of(lc), index)->gen, relaxed);
	uint32_t limit = ration_load(&s->limit, relaxed);

	if (ration_limit_cap(limit) != 0 &&
	    __ration_limit_match(limit, ration_gen_tag(gen)) <= RATION_CAP_MASK)
		ration_toggle_idle_mark(s);
}

/* Whether c, or a level above it, keeps no share. */
static bool
is_exact(const struct ration_domain *d, struct counter *c)
{
	uint32_t i, flags = 0;

	for (i = 0; i <= c->depth; i++)
		flags |= ration_load(&ration_level(d, c, i)->flags, relaxed);
	return flags & RATION_COUNTER_EXACT;
}

void
ration_watch_begin(struct ration_lcore *lc, uint32_t index)
{
	const struct ration_domain *d = ration_domain_of(lc);
	struct workspace *ws = ration_workspace(lc);
	struct watch *w = ration_watch_of(lc, index);

	if (w == NULL) {
		if (ws->nb_watches == RATION_WATCHES_MAX ||
		    is_exact(d, ration_counter_at(d, index)))
			return;
		ration_store(&ws->watched[ws->nb_watches], index + 1, relaxed);
		w = &ws->watches[ws->nb_watches++];
		*w = (struct watch){.index = index};
		ration_watch_restart(lc, w);
		ration_turn_hurry(lc, RATION_WATCH_TURNS);
	}
	w->end = w->age + RATION_WATCH_WINDOWS;
}

void
ration_watch_end(struct ration_lcore *lc, uint32_t place)
{
	struct workspace *ws = ration_workspace(lc);
	uint32_t last = --ws->nb_watches;
	uint32_t index = ws->watches[place].index;
	const struct counter *c = ration_counter_at(ration_domain_of(lc), index);

	if (ration_idle_marked(&lc->stocks[index], ration_load(&c->gen, relaxed)))
		ration_toggle_idle_mark(&lc->stocks[index]);
	ws->watches[place] = ws->watches[last];
	ration_store(&ws->watched[place], ration_load(&ws->watched[last], relaxed), relaxed);
	ration_store(&ws->watched[last], 0, relaxed);
}

/* Do not trust what is there: a process may have died in the middle of a change. */
void
ration_watch_reset(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);
	uint32_t i;

	ws->nb_watches = 0;
	for (i = 0; i < RATION_WATCHES_MAX; i++) {
		if (ration_load(&ws->watched[i], relaxed) != 0)
			ration_store(&ws->watched[i], 0, relaxed);
	}
}

void
ration_watch_restart(struct ration_lcore *lc, struct watch *w)
{
	w->unused = ration_load(&lc->stocks[w->index].units, relaxed);
	w->granted = w->granted_now;
	w->granted_now = 0;
	mark(lc, w->index);
}

void
__ration_watch_note(struct ration_lcore *lc, uint32_t index, uint64_t granted)
{
	struct watch *w = ration_watch_of(lc, index);

	if (w == NULL)
		return;
	w->unused = RTE_MIN(w->unused, ration_load(&lc->stocks[index].units, relaxed));
	w->granted_now = RTE_MAX(w->granted_now, granted);
	/* Nothing more to learn: `unused` cannot become less, nor what is granted if all is one. */
	if (w->unused > 0 || w->granted_now > 1)
		mark(lc, index);
}
