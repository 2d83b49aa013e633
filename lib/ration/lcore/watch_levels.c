/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Watched levels.
 *
 * A charge may be refused by a parent: then the units are in the stock of other counters, and each
 * lcore has its own. A member that watches its entries (watch.c) would be asked for the parent in
 * each quiescent interval all the same. So a member says for which levels it watches all stock:
 *
 * W8: a scan that serves requests of refused charges leaves no active entry below their levels that
 *     is not watched. Then the lcore watches these levels, and members that see it need not ask.
 * W9: when an entry below such a level becomes active that is not watched, or a watch ends, the
 *     level is not watched any more.
 */

#include "lcore/watch.h"
#include "lcore/watch_levels.h"
#include "tree/counter.h"

static void
forget(struct workspace *ws, uint32_t place)
{
	uint32_t last = --ws->nb_levels;

	ration_store(&ws->levels[place], ration_load(&ws->levels[last], relaxed), relaxed);
	ration_store(&ws->levels[last], 0, relaxed);
}

/* Do not trust what is there: a process may have died in the middle of a change. */
void
ration_levels_reset(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);
	uint32_t i;

	ws->nb_levels = 0;
	for (i = 0; i < RATION_LEVELS_MAX; i++) {
		if (ration_load(&ws->levels[i], relaxed) != 0)
			ration_store(&ws->levels[i], 0, relaxed);
	}
}

void
ration_levels_watch(struct ration_lcore *lc, const struct drain_set *set)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct workspace *ws = ration_workspace(lc);
	uint32_t i, flags;

	for (i = 0; i < set->nb_targets; i++) {
		flags = ration_load(&ration_counter_at(d, set->targets[i])->flags, relaxed);
		/* Of a counter without children `watched` says it. */
		if (!(flags & (COUNTER_STOCKLESS | RATION_COUNTER_DIRECT)) ||
		    ration_level_is_watched(lc, set->targets[i]))
			continue;
		if (ws->nb_levels == RATION_LEVELS_MAX)
			forget(ws, 0);
		ration_store(&ws->levels[ws->nb_levels++], set->targets[i] + 1, relaxed);
	}
}

/* Whether the counter with this index is c, or above it. */
static bool
is_above(const struct counter *c, uint32_t own, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < c->depth; i++) {
		if (c->ancestors[i] == index)
			return true;
	}
	return own == index;
}

__rte_noinline void
__ration_levels_note(struct ration_lcore *lc, uint32_t index)
{
	struct workspace *ws = ration_workspace(lc);
	const struct counter *c = ration_counter_at(ration_domain_of(lc), index);
	uint32_t i = 0;

	if (ration_watch_of(lc, index) != NULL)
		return;
	while (i < ws->nb_levels) {
		if (is_above(c, index, ration_load(&ws->levels[i], relaxed) - 1))
			forget(ws, i);
		else
			i++;
	}
}

bool
ration_level_is_watched(const struct ration_lcore *lc, uint32_t index)
{
	const struct workspace *ws = ration_workspace(lc);
	uint32_t i;

	for (i = 0; i < RATION_LEVELS_MAX; i++) {
		if (ration_load(&ws->levels[i], relaxed) == index + 1)
			return true;
	}
	return false;
}
