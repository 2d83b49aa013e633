/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The stock of watched entries goes back in parts: see watch.c.
 *
 * At each quiescent point an entry loses what its lcore did not use since the last one. A request
 * also takes what exceeds the lcore's share (share.c): otherwise an lcore that could use all units
 * would keep all, and one that comes later would never get any. A request comes for each lcore that
 * is refused newly, and then more and more rarely.
 */

#include "lcore/member.h"
#include "lcore/recall.h"
#include "lcore/stats.h"
#include "lcore/stock.h"
#include "lcore/walk.h"
#include "lcore/watch.h"
#include "tree/counter.h"

bool
ration_recall(struct ration_lcore *lc, uint32_t index, uint64_t *units)
{
	struct watch *w = ration_watch_of(lc, index);

	if (w == NULL) {
		ration_watch_begin(lc, index);
		w = ration_watch_of(lc, index);
		if (w != NULL) /* The caller takes all. */
			w->unused = 0;
		return false;
	}
	w->turns = RATION_WATCH_TURNS;
	*units = ration_stock_shrink(lc, ration_counter_at(ration_domain_of(lc), index), w->unused,
				     true);
	w->unused = 0;
	return true;
}

/* The end of a quiescent interval of one entry. @return units returned */
static uint64_t
end_turn(struct ration_lcore *lc, struct watch *w)
{
	struct counter *c = ration_counter_at(ration_domain_of(lc), w->index);
	uint64_t units = 0;
	uint32_t token;

	w->unused = RTE_MIN(w->unused, ration_load(&lc->stocks[w->index].units, relaxed));
	if (w->unused > 0) { /* Mostly not: then there is no walk. */
		token = ration_walk_begin(lc);
		units = ration_stock_shrink(lc, c, w->unused, false);
		ration_walk_end(lc, token);
	}
	w->turns--;
	ration_watch_restart(lc, w);
	return units;
}

void
ration_recall_unused(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);
	uint64_t units = 0;
	uint32_t i = 0;

	while (i < ws->nb_watches) {
		units += end_turn(lc, &ws->watches[i]);
		if (ws->watches[i].turns == 0)
			ration_watch_end(lc, i);
		else
			i++;
	}
	if (units > 0)
		ration_stat_add(lc, &lc->stats.drained, units);
}
