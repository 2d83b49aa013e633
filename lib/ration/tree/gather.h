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
void ration_gather_flush(struct ration_domain *d, struct uncharge_gather *g, uint32_t depth);

/** Give back all that is noted. */
void ration_gather_finish(struct ration_domain *d, struct uncharge_gather *g);

/** From now on what is noted at `depth` is for `parent`. */
static inline void
ration_gather_switch_parent(struct ration_domain *d, struct uncharge_gather *g, uint32_t parent,
			    uint32_t depth)
{
	if (unlikely(g->units[depth] != 0 &&
		     ration_load(&g->parents[depth], relaxed) != parent + 1))
		ration_gather_flush(d, g, depth);
	/* Release: the one before is settled, and named above, by then. */
	ration_store(&g->parents[depth], parent + 1, release);
}

/**
 * Give n back to c now, to its ancestors by the next ration_gather_finish().
 * @return what of it was charged
 */
static inline uint64_t
ration_gather_uncharge(struct ration_domain *d, struct uncharge_gather *g, struct counter *c,
		       uint64_t n)
{
	uint64_t taken = ration_usage_take_both(c, n);

	if (taken == 0 || c->parent == RATION_INDEX_NONE)
		return taken;
	ration_gather_switch_parent(d, g, c->parent, c->parent_depth);
	g->units[c->parent_depth] += taken;
	return taken;
}

#endif /* RATION_TREE_GATHER_H_ */
