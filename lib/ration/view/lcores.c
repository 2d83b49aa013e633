/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Read-only access to members and their statistics.
 */

#include "shm/zone.h"

const struct ration_lcore *
ration_lcore_get(const struct ration_domain *d, uint32_t member_id)
{
	struct ration_area stocks;
	const struct member *m;
	enum member_state state;

	if (member_id >= d->max_members)
		return NULL;
	m = &d->members[member_id];
	state = MEMBER_STATE(ration_load(&m->state, acquire));
	if (state == MEMBER_FREE || state == MEMBER_CLAIMED || state == MEMBER_UNREAPED)
		return NULL;
	return ration_area_find(d, member_id, &stocks) > 0 ? stocks.lc : NULL;
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
