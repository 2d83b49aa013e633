/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Sizes and offsets of the parts of a domain and of an lcore area.
 */

#include <rte_lcore.h>

#include "shm/layout.h"

size_t
ration_area_size(uint32_t max_counters, bool shared)
{
	/* A multiple of 64, so that bitmap words and cache lines are whole. */
	size_t nb = RTE_ALIGN_CEIL((size_t)max_counters, (size_t)64);
	size_t size = offsetof(struct ration_lcore, stocks) + nb * sizeof(struct ration_stock) +
		      RATION_RED_ZONE;

	if (!shared)
		size += nb * sizeof(int64_t) + nb / 8 + sizeof(struct workspace) +
			3 * RATION_RED_ZONE;
	return RTE_ALIGN_CEIL(size, (size_t)RTE_CACHE_LINE_SIZE);
}

void
ration_area_poison(struct ration_lcore *lc)
{
	ration_poison(&lc->stocks[lc->nb_stocks], RATION_RED_ZONE);
	if (lc->flags & RATION_LCORE_SHARED)
		return;
	ration_poison(&ration_ledger(lc)[lc->nb_stocks], RATION_RED_ZONE);
	ration_poison(&ration_active(lc)[lc->nb_stocks / 64], RATION_RED_ZONE);
	ration_poison(ration_workspace(lc) + 1, RATION_RED_ZONE);
}

void
ration_area_init(struct ration_domain *d, struct ration_lcore *lc, uint32_t member_id,
		 uint32_t flags)
{
	RTE_BUILD_BUG_ON(sizeof(struct ration_stock) != 8);
	lc->domain_offset = (int64_t)((uintptr_t)d - (uintptr_t)lc);
	lc->member_id = member_id;
	ration_store(&lc->lcore_id, LCORE_ID_ANY, relaxed);
	lc->nb_stocks = RTE_ALIGN_CEIL(d->max_counters, 64u);
	lc->flags = flags;
	ration_area_poison(lc);
}

size_t
ration_domain_lay_out(struct ration_domain *d)
{
	size_t at = sizeof(*d) + d->max_members * sizeof(struct member);

	RTE_BUILD_BUG_ON(sizeof(struct counter) != 3 * RTE_CACHE_LINE_SIZE);
	at = RTE_ALIGN_CEIL(at, (size_t)RTE_CACHE_LINE_SIZE);
	d->counters_offset = at;
	at += (size_t)d->max_counters * sizeof(struct counter) + RATION_RED_ZONE;
	d->nodes_offset = at;
	at += (size_t)d->max_counters * sizeof(struct node) + RATION_RED_ZONE;
	at = RTE_ALIGN_CEIL(at, (size_t)RTE_CACHE_LINE_SIZE);
	d->shared_offset = at;
	return at + ration_area_size(d->max_counters, true);
}

struct ration_lcore *
ration_lcore_shared(struct ration_domain *d)
{
	return (struct ration_lcore *)((uintptr_t)d + d->shared_offset);
}
