/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/entry.h"

bool
ration_slot_sleeps(const struct ration_slot *s, uint32_t gen)
{
	uint32_t limit = ration_load(&s->limit, relaxed);

	return ration_limit_cap(limit) != 0 &&
	       ration_limit_match(ration_limit_turn(limit), ration_tag(gen)) <= RATION_CAP_MASK;
}

void
ration_slot_turn(struct ration_slot *s)
{
	ration_store(&s->limit, ration_limit_turn(ration_load(&s->limit, relaxed)), relaxed);
}
