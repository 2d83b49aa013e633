/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * What an lcore did not use of its stock.
 *
 * When lcores share a counter at its limit, each is refused again and again. If every refusal took
 * the stock of all others, the same units would move through the tree once per burst, and every
 * move costs the contended operations that a stock is there to avoid. What a refused charge may ask
 * for are units that their lcore does not use (promise P4). So an lcore watches the entries that it
 * was asked for:
 *
 * W1: the first request takes all stock of the entry, and begins the watch. A refusal of the
 *     lcore's own begins one, too.
 * W2: a watched entry has the idle mark, so each charge misses, and the slow path notes the fewest
 *     units that were left since the last quiescent point. A hit cannot note this without being
 *     slower everywhere. The slow path takes the units from the stock as a hit does: it writes
 *     nothing shared.
 * W3: at each quiescent point these unused units go back to the tree, unasked.
 * W4: so members that see the watch need not ask. They read `watched`, which the owner writes only
 *     when a watch begins or ends.
 * W5: a watch ends RATION_WATCH_TURNS quiescent points after the last refusal that the lcore knows
 *     of. Members that are still refused then ask again.
 *
 * An lcore watches RATION_WATCHES_MAX entries; of others each request takes all stock.
 */

#include "lcore/entry.h"
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

	if (__ration_limit_match(ration_load(&s->limit, relaxed), ration_gen_tag(gen)) <=
	    RATION_CAP_MASK)
		ration_toggle_idle_mark(s);
}

void
ration_watch_begin(struct ration_lcore *lc, uint32_t index)
{
	struct workspace *ws = ration_workspace(lc);
	struct watch *w = ration_watch_of(lc, index);

	if (w == NULL) {
		if (ws->nb_watches == RATION_WATCHES_MAX)
			return;
		ration_store(&ws->watched[ws->nb_watches], index + 1, relaxed);
		w = &ws->watches[ws->nb_watches++];
		*w = (struct watch){.index = index};
		ration_watch_restart(lc, w);
		ration_turn_hurry(lc);
	}
	w->turns = RATION_WATCH_TURNS;
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

void
ration_watch_end_all(struct ration_lcore *lc)
{
	while (ration_workspace(lc)->nb_watches > 0)
		ration_watch_end(lc, 0);
}

void
ration_watch_restart(struct ration_lcore *lc, struct watch *w)
{
	w->unused = ration_load(&lc->stocks[w->index].units, relaxed);
	mark(lc, w->index);
}

void
__ration_watch_note(struct ration_lcore *lc, uint32_t index)
{
	struct watch *w = ration_watch_of(lc, index);

	if (w == NULL)
		return;
	w->unused = RTE_MIN(w->unused, ration_load(&lc->stocks[index].units, relaxed));
	mark(lc, index);
}
