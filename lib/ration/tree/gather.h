/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_GATHER_H_
#define RATION_TREE_GATHER_H_

/**
 * @file
 * Uncharge gather: uncharge a counter now and its ancestors later, so that a drain of many counters
 * writes each parent once instead of once per child.
 *
 * Deferred sums. There is one sum per level: parents[depth] names a counter, and units[depth] is
 * what must still be subtracted from its usage.
 *
 * 1. The caller names the counter in workspace::walking. Its usage and usage_local are reduced.
 * 2. If parents[] names another parent at its depth, the sums at that depth and below are flushed,
 *    the lowest level first. Then parents[depth] names the new parent.
 * 3. units[depth] grows by the units of step 1.
 * 4. At the end, all sums are flushed.
 *
 * One sum per level is enough, because drain scans visit counters by index, and siblings that were
 * created together have neighboring indices. A flush goes upward and moves each sum on to the next
 * parent, so the usage of a parent is reduced after that of its children.
 *
 * If the owner dies in between, some usage is too large, never too small. Each such counter is
 * named in walking or in parents[], or is above one of these: a name is replaced only after its sum
 * was flushed. So drain/repair.c needs the names, but not the sums.
 *
 * Only the owner of the lcore area, or the thread that took the member, uses its gather. Inline,
 * because a large drain consists of little else.
 */

#include <stdint.h>

#include "tree/usage_local.h"

/** Subtract the sums at `depth` and below from usage, the lowest level first. */
void ration_gather_flush(struct ration_domain *d, struct uncharge_gather *g, uint32_t depth);

/** Subtract all sums from usage, and clear parents[]. */
void ration_gather_finish(struct ration_domain *d, struct uncharge_gather *g);

/** Make `parent`, an index, the counter of the sum at `depth`. Flush the old sum if necessary. */
static inline void
ration_gather_switch_parent(struct ration_domain *d, struct uncharge_gather *g, uint32_t parent,
			    uint32_t depth)
{
	if (unlikely(g->units[depth] != 0 &&
		     ration_load(&g->parents[depth], relaxed) != parent + 1))
		ration_gather_flush(d, g, depth);
	/* Release: if the new name is seen after a death, the flush of the old sum is complete. */
	ration_store(&g->parents[depth], parent + 1, release);
}

/**
 * Note that n units were returned to c, so that the next ration_gather_finish() returns them to its
 * ancestors.
 */
static inline void
ration_gather_add(struct ration_domain *d, struct uncharge_gather *g, const struct counter *c,
		  uint64_t n)
{
	if (n == 0 || c->parent == RATION_INDEX_NONE)
		return;
	ration_gather_switch_parent(d, g, c->parent, c->parent_depth);
	g->units[c->parent_depth] += n;
}

#endif /* RATION_TREE_GATHER_H_ */
