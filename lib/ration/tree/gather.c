/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "tree/gather.h"

void
ration_gather_flush(struct ration_domain *d, struct uncharge_gather *g, uint32_t depth)
{
	struct counter *c;
	uint64_t n;
	uint32_t i;

	for (i = RATION_DEPTH_MAX; i-- > depth;) {
		n = g->units[i];
		if (n == 0)
			continue;
		c = ration_counter_at(d, ration_load(&g->parents[i], relaxed) - 1);
		g->units[i] = 0;
		ration_fetch_sub(&c->usage, n, seq_cst);
		if (i == 0)
			continue;
		ration_gather_switch_parent(d, g, c->parent, i - 1);
		g->units[i - 1] += n;
	}
}

void
ration_gather_finish(struct ration_domain *d, struct uncharge_gather *g)
{
	uint32_t i;

	ration_gather_flush(d, g, 0);
	for (i = 0; i < RATION_DEPTH_MAX; i++)
		ration_store(&g->parents[i], 0, release);
}
