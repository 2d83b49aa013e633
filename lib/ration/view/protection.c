/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Effective protection of the counters below one.
 *
 * The rules are those of the memory controller of the kernel (page_counter, documented in
 * Documentation/admin-guide/cgroup-v2.rst), computed anew by each call. The kernel keeps the sums
 * of the claims up to date in each charge; here only who asks pays.
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "shm/process.h"
#include "shm/tree_lock.h"
#include "tree/counter.h"
#include "view/inspect.h"

/* a * b / c, rounded down, at most a: usages are from different instants, so b may exceed c. */
static uint64_t
share_of(uint64_t a, uint64_t b, uint64_t c)
{
	return (uint64_t)((unsigned __int128)a * RTE_MIN(b, c) / c);
}

/* What a counter needs from its parent for one kind of protection. */
struct parent_share {
	uint64_t usage;
	uint64_t effective;
	uint64_t claims; /* Of all its children. */
};

static uint64_t
effective(uint64_t usage, uint64_t setting, const struct parent_share *p, uint32_t flags)
{
	uint64_t claim = RTE_MIN(usage, setting), unclaimed;

	if (p->claims > p->effective)
		return share_of(claim, p->effective, p->claims);
	if (!(flags & RATION_PROTECTION_RECURSIVE) || p->effective == p->claims ||
	    p->usage <= p->claims || usage == claim)
		return claim;
	unclaimed = p->effective - p->claims;
	return claim + share_of(unclaimed, usage - claim, p->usage - p->claims);
}

static void
fill_row(const struct ration_domain *d, const struct ration_lineage *l, uint32_t top_depth,
	 struct ration_protection_row *row)
{
	uint32_t index = l->index[l->depth];
	const struct counter *c = ration_counter_at(d, index);
	const struct node *n = ration_node_at(d, index);
	bool offline = ration_load(&c->flags, relaxed) & RATION_COUNTER_OFFLINE;

	memset(row, 0, sizeof(*row));
	row->counter = ration_handle(d, index);
	row->parent = ration_handle(d, l->index[l->depth - 1]);
	row->depth = l->depth - top_depth;
	row->usage = ration_load(&c->usage, relaxed);
	row->min = offline ? 0 : ration_load(&n->min, relaxed);
	row->low = offline ? 0 : ration_load(&n->low, relaxed);
}

/*
 * Fill the rows but for the effective protection, and add each claim to the parent's row. `last`
 * has the last row of each depth. @return number of counters below `top`, or -EPROTO
 */
static int
read_rows(const struct ration_domain *d, const struct ration_lineage *top,
	  struct ration_protection_row *rows, uint32_t max_rows)
{
	uint32_t last[RATION_DEPTH_MAX + 2] = {0}, index = top->index[top->depth], nb = 0;
	struct ration_protection_row *row, *parent;
	struct ration_lineage l;

	for (;; nb++) {
		/* A cycle of links has more counters than there are. */
		if (nb > d->max_counters)
			return -EPROTO;
		index = ration_next_index(d, index);
		if (index == RATION_INDEX_NONE)
			return (int)nb;
		if (index >= d->max_counters || !ration_lineage_to(d, index, &l))
			return -EPROTO;
		if (l.depth <= top->depth) /* The first one after the subtree. */
			return (int)nb;
		if (nb >= max_rows)
			continue;
		row = &rows[nb];
		fill_row(d, &l, top->depth, row);
		last[row->depth] = nb;
		if (row->depth == 1)
			continue;
		parent = &rows[last[row->depth - 1]];
		parent->children_min += RTE_MIN(row->usage, row->min);
		parent->children_low += RTE_MIN(row->usage, row->low);
	}
}

static void
protect_row(struct ration_protection_row *row, const struct ration_protection_row *parent,
	    uint32_t flags)
{
	struct parent_share min, low;

	if (row->usage == 0)
		return;
	if (parent == NULL) {
		row->emin = row->min;
		row->elow = row->low;
		return;
	}
	min = (struct parent_share){parent->usage, parent->emin, parent->children_min};
	low = (struct parent_share){parent->usage, parent->elow, parent->children_low};
	row->emin = effective(row->usage, row->min, &min, flags);
	row->elow = effective(row->usage, row->low, &low, flags);
}

int
ration_protection(const struct ration_domain *d, ration_counter_t handle, uint32_t flags,
		  struct ration_protection_row *rows, uint32_t max_rows)
{
	uint32_t last[RATION_DEPTH_MAX + 2] = {0}, token, i;
	struct ration_lineage top;
	struct counter *c;
	int nb;

	if (flags & ~RATION_PROTECTION_RECURSIVE || (rows == NULL && max_rows > 0))
		return -EINVAL;
	do {
		token = ration_tree_read(d);
		nb = ration_inspect(d, handle, &c, &top);
		if (nb == 0)
			nb = read_rows(d, &top, rows, max_rows);
	} while (ration_tree_retry(d, token));
	for (i = 0; nb > 0 && i < RTE_MIN((uint32_t)nb, max_rows); i++) {
		protect_row(&rows[i], rows[i].depth > 1 ? &rows[last[rows[i].depth - 1]] : NULL,
			    flags);
		last[rows[i].depth] = i;
	}
	return nb;
}
