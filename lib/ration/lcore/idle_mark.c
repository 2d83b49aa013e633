/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/idle_mark.h"

bool
ration_idle_marked(const struct ration_stock *s, uint32_t gen)
{
	uint32_t limit = ration_load(&s->limit, relaxed);

	return ration_limit_cap(limit) != 0 &&
	       __ration_limit_match(ration_limit_toggle_idle(limit), ration_gen_tag(gen)) <=
		       RATION_CAP_MASK;
}

void
ration_toggle_idle_mark(struct ration_stock *s)
{
	ration_store(&s->limit, ration_limit_toggle_idle(ration_load(&s->limit, relaxed)), relaxed);
}
