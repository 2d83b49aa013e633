/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Looking at members and their event counters.
 */

#include "shm/zone.h"

const struct ration_lcore *
ration_lcore_get(const struct ration_domain *d, uint32_t slot_id)
{
	struct ration_stocks stocks;
	const struct member *m;
	enum member_state state;

	if (slot_id >= d->max_lcores)
		return NULL;
	m = &d->members[slot_id];
	state = MEMBER_STATE(ration_load(&m->state, acquire));
	if (state == MEMBER_FREE || state == MEMBER_CLAIMED || state == MEMBER_LEFT)
		return NULL;
	return ration_inspect_stocks(d, slot_id, &stocks) > 0 ? stocks.lc : NULL;
}

void
ration_lcore_stats_get(const struct ration_lcore *lc, struct ration_lcore_stats *stats)
{
	stats->refills = ration_load(&lc->stats.refills, relaxed);
	stats->trims = ration_load(&lc->stats.trims, relaxed);
	stats->refusals = ration_load(&lc->stats.refusals, relaxed);
	stats->forced = ration_load(&lc->stats.forced, relaxed);
	stats->drains = ration_load(&lc->stats.drains, relaxed);
	stats->drained = ration_load(&lc->stats.drained, relaxed);
	stats->idle = ration_load(&lc->stats.idle, relaxed);
	stats->rejected = ration_load(&lc->stats.rejected, relaxed);
}
