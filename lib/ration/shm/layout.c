/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Where the parts of a domain and of an lcore's block lie.
 */

#include <rte_lcore.h>

#include "shm/layout.h"

size_t
ration_block_size(uint32_t max_counters, bool slotless)
{
	/* A multiple of 64, so that bitmap words and cache lines are whole. */
	size_t nb = RTE_ALIGN_CEIL((size_t)max_counters, (size_t)64);
	size_t size = offsetof(struct ration_lcore, slots) + nb * sizeof(struct ration_slot) +
		      RATION_RED_ZONE;

	if (!slotless)
		size += nb * sizeof(int64_t) + nb / 8 + sizeof(struct workspace) +
			3 * RATION_RED_ZONE;
	return RTE_ALIGN_CEIL(size, (size_t)RTE_CACHE_LINE_SIZE);
}

void
ration_block_poison(struct ration_lcore *lc)
{
	ration_poison(&lc->slots[lc->nb_slots], RATION_RED_ZONE);
	if (lc->flags & RATION_LCORE_SLOTLESS)
		return;
	ration_poison(&ration_ledger(lc)[lc->nb_slots], RATION_RED_ZONE);
	ration_poison(&ration_active(lc)[lc->nb_slots / 64], RATION_RED_ZONE);
	ration_poison(ration_workspace(lc) + 1, RATION_RED_ZONE);
}

void
ration_block_init(struct ration_domain *d, struct ration_lcore *lc, uint32_t slot_id,
		  uint32_t flags)
{
	RTE_BUILD_BUG_ON(sizeof(struct ration_slot) != 8);
	lc->domain_offset = (int64_t)((uintptr_t)d - (uintptr_t)lc);
	lc->slot_id = slot_id;
	ration_store(&lc->lcore_id, LCORE_ID_ANY, relaxed);
	lc->nb_slots = RTE_ALIGN_CEIL(d->max_counters, 64u);
	lc->flags = flags;
	ration_block_poison(lc);
}

size_t
ration_domain_lay_out(struct ration_domain *d)
{
	size_t at = sizeof(*d) + d->max_lcores * sizeof(struct member);

	RTE_BUILD_BUG_ON(sizeof(struct counter) != 3 * RTE_CACHE_LINE_SIZE);
	at = RTE_ALIGN_CEIL(at, (size_t)RTE_CACHE_LINE_SIZE);
	d->counters_offset = at;
	at += (size_t)d->max_counters * sizeof(struct counter) + RATION_RED_ZONE;
	d->nodes_offset = at;
	at += (size_t)d->max_counters * sizeof(struct node) + RATION_RED_ZONE;
	at = RTE_ALIGN_CEIL(at, (size_t)RTE_CACHE_LINE_SIZE);
	d->none_offset = at;
	return at + ration_block_size(d->max_counters, true);
}

struct ration_lcore *
ration_lcore_none(struct ration_domain *d)
{
	return (struct ration_lcore *)((uintptr_t)d + d->none_offset);
}
