/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_GATHER_H_
#define RATION_TREE_GATHER_H_

/**
 * @file
 * Giving units back to a counter, and to its ancestors later: a drain of many counters touches each
 * parent once. Inline, because that drain consists of little else.
 */

#include <stdint.h>

#include "tree/usage_local.h"

/** Give back all that is noted at `depth` and below it, the lowest level first. */
void ration_upward_settle(struct ration_domain *d, struct upward *u, uint32_t depth);

/** Give back all that is noted. */
void ration_upward_finish(struct ration_domain *d, struct upward *u);

/** From now on what is noted at `depth` is for `parent`. */
static inline void
ration_upward_turn(struct ration_domain *d, struct upward *u, uint32_t parent, uint32_t depth)
{
	if (unlikely(u->units[depth] != 0 && ration_load(&u->at[depth], relaxed) != parent + 1))
		ration_upward_settle(d, u, depth);
	/* Release: the one before is settled, and named above, by then. */
	ration_store(&u->at[depth], parent + 1, release);
}

/**
 * Give n back to c now, to its ancestors by the next ration_upward_finish().
 * @return what of it was charged
 */
static inline uint64_t
ration_upward_uncharge(struct ration_domain *d, struct upward *u, struct counter *c, uint64_t n)
{
	uint64_t taken = ration_take_own_and_usage(c, n);

	if (taken == 0 || c->parent == RATION_INDEX_NONE)
		return taken;
	ration_upward_turn(d, u, c->parent, c->parent_depth);
	u->units[c->parent_depth] += taken;
	return taken;
}

#endif /* RATION_TREE_GATHER_H_ */
