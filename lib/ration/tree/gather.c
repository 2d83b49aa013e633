/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "tree/gather.h"

void
ration_upward_settle(struct ration_domain *d, struct upward *u, uint32_t depth)
{
	struct counter *c;
	uint64_t n;
	uint32_t i;

	for (i = RATION_DEPTH_MAX; i-- > depth;) {
		n = u->units[i];
		if (n == 0)
			continue;
		c = ration_counter_at(d, ration_load(&u->at[i], relaxed) - 1);
		u->units[i] = 0;
		ration_fetch_sub(&c->usage, n, seq_cst);
		if (i == 0)
			continue;
		ration_upward_turn(d, u, c->parent, i - 1);
		u->units[i - 1] += n;
	}
}

void
ration_upward_finish(struct ration_domain *d, struct upward *u)
{
	uint32_t i;

	ration_upward_settle(d, u, 0);
	for (i = 0; i < RATION_DEPTH_MAX; i++)
		ration_store(&u->at[i], 0, release);
}
