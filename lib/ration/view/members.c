/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Read the state of members.
 */

#include <errno.h>
#include <string.h>

#include <rte_lcore.h>

#include "shm/zone.h"

/* The public states are those of the member entry. */
static_assert((int)RATION_MEMBER_FREE == (int)MEMBER_FREE &&
		      (int)RATION_MEMBER_CLAIMED == (int)MEMBER_CLAIMED &&
		      (int)RATION_MEMBER_ONLINE == (int)MEMBER_ONLINE &&
		      (int)RATION_MEMBER_OFFLINE == (int)MEMBER_OFFLINE &&
		      (int)RATION_MEMBER_TAKEN == (int)MEMBER_TAKEN &&
		      (int)RATION_MEMBER_UNREAPED == (int)MEMBER_UNREAPED &&
		      (int)RATION_MEMBER_DEAD == (int)MEMBER_DEAD,
	      "enum ration_member_state differs from enum member_state");

static void
add_up_stock(const struct ration_domain *d, const struct ration_area *area,
	     struct ration_member_info *info)
{
	uint32_t i, index;
	uint64_t bits;

	for (i = 0; i < area->nb_stocks / 64; i++) {
		bits = ration_load(&area->active[i], relaxed);
		for (; bits != 0; bits &= bits - 1) {
			index = i * 64 + (uint32_t)__builtin_ctzll(bits);
			if (index >= d->max_counters)
				continue;
			info->nb_stocks++;
			info->stock += ration_load(&area->stocks[index].units, relaxed);
		}
	}
}

int
ration_member_get(const struct ration_domain *d, uint32_t member_id,
		  struct ration_member_info *info)
{
	const struct member *m;
	struct ration_area area;
	enum member_state state;
	int found;

	if (info == NULL)
		return -EINVAL;
	if (member_id >= d->max_members)
		return -ENOENT;
	memset(info, 0, sizeof(*info));
	m = &d->members[member_id];
	state = MEMBER_STATE(ration_load(&m->state, acquire));
	if (state > MEMBER_DEAD)
		return -EPROTO;
	info->member_id = member_id;
	info->state = (enum ration_member_state)state;
	if (state == MEMBER_FREE)
		return 0;
	info->lcore_id = LCORE_ID_ANY;
	info->pid = ration_load(&m->pid, relaxed);
	info->tid = ration_load(&m->tid, relaxed);
	/* The entry has no area yet, or that of an earlier owner. */
	if (state == MEMBER_CLAIMED)
		return 0;
	found = ration_area_find(d, member_id, &area);
	if (found <= 0)
		return -EPROTO;
	info->lcore_id = ration_load(&area.lc->lcore_id, relaxed);
	ration_lcore_stats_get(area.lc, &info->stats);
	add_up_stock(d, &area, info);
	return 0;
}
