/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The stock of watched entries goes back in parts: see watch.c.
 *
 * An lcore whose share becomes smaller looks for that itself, now and then: the lcore that has come
 * would otherwise have to ask all members for the rest of its share.
 */

#include "lcore/member.h"
#include "lcore/recall.h"
#include "lcore/stats.h"
#include "lcore/stock.h"
#include "lcore/walk.h"
#include "lcore/watch.h"
#include "lcore/watch_levels.h"
#include "tree/counter.h"

bool
ration_recall(struct ration_lcore *lc, uint32_t index, uint64_t *units)
{
	struct watch *w = ration_watch_of(lc, index);
	int64_t back;

	if (w == NULL) {
		ration_watch_begin(lc, index);
		w = ration_watch_of(lc, index);
		if (w != NULL) /* The caller takes all. */
			w->unused = 0;
		return false;
	}
	w->end = w->age + RATION_WATCH_WINDOWS;
	back = ration_stock_shrink(lc, ration_counter_at(ration_domain_of(lc), index), w->unused,
				   true);
	if (back < 0)
		return false;
	w->unused = 0;
	*units = (uint64_t)back;
	return true;
}

/* The end of some quiescent intervals of one entry. @return units returned */
static uint64_t
end_window(struct ration_lcore *lc, struct watch *w)
{
	struct counter *c = ration_counter_at(ration_domain_of(lc), w->index);
	uint32_t token, stock = ration_load(&lc->stocks[w->index].units, relaxed);
	int64_t back = 0;

	w->age++;
	w->unused = RTE_MIN(w->unused, stock);
	/* Without stock the counter may be gone: it is destroyed after its stock is taken. */
	if (stock > 0 && (w->unused > 0 || w->age % RATION_WATCH_LOOKS == 0)) {
		token = ration_walk_begin(lc);
		back = ration_stock_shrink(lc, c, w->unused, false);
		ration_walk_end(lc, token);
	}
	if (back < 0) { /* Without a watch, a request or the search for idle stock takes it. */
		w->end = w->age;
		back = 0;
	}
	ration_watch_restart(lc, w);
	return (uint64_t)back;
}

void
ration_recall_unused(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);
	uint64_t units = 0;
	uint32_t i = 0;

	/* The report of a drain counts what its scan returns. */
	if (ws->scan.running)
		return;
	while (i < ws->nb_watches) {
		units += end_window(lc, &ws->watches[i]);
		if (ws->watches[i].age < ws->watches[i].end) {
			i++;
			continue;
		}
		ration_watch_end(lc, i);
		ration_levels_reset(lc);
	}
	if (units > 0)
		ration_stat_add(lc, &lc->stats.drained, units);
}
