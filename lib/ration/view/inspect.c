/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <string.h>

#include <rte_atomic.h>

#include "tree/counter.h"
#include "view/inspect.h"

bool
ration_lineage_to(const struct ration_domain *d, uint32_t index, struct ration_lineage *lineage)
{
	const struct counter *c = ration_counter_at(d, index);
	uint32_t i;

	memcpy(lineage->index, c->ancestors, sizeof(c->ancestors));
	lineage->depth = ration_read_once(&c->depth);
	/* The compiler must not read the original again instead of the copy. */
	rte_compiler_barrier();
	if (lineage->depth > RATION_DEPTH_MAX || (lineage->depth == 0) != (index == 0))
		return false;
	lineage->index[lineage->depth] = index;
	for (i = 0; i < lineage->depth; i++) {
		if (lineage->index[i] >= d->max_counters)
			return false;
	}
	return lineage->index[0] == 0;
}

bool
ration_is_in_subtree(const struct ration_domain *d, uint32_t index,
		     const struct ration_lineage *top)
{
	const struct counter *c = ration_counter_at(d, index);

	if (top->depth < RATION_DEPTH_MAX && ration_read_once(&c->depth) > top->depth)
		return ration_read_once(&c->ancestors[top->depth]) == top->index[top->depth];
	return index == top->index[top->depth];
}

/*
 * A link to a child is valid only if the child links back. A child has one `prev` only, so a reader
 * that follows valid links never visits the same counter twice, and its loop ends.
 */
static uint32_t
check_child(const struct ration_domain *d, uint32_t index, const struct ration_lineage *parent,
	    uint32_t prev)
{
	struct ration_lineage lineage;

	if (index == RATION_INDEX_NONE)
		return index;
	if (index >= d->max_counters || !ration_lineage_to(d, index, &lineage) ||
	    lineage.depth != parent->depth + 1 ||
	    lineage.index[parent->depth] != parent->index[parent->depth] ||
	    ration_read_once(&ration_node_at(d, index)->prev) != prev)
		return RATION_INDEX_DAMAGED;
	return index;
}

uint32_t
ration_first_child(const struct ration_domain *d, const struct ration_lineage *parent)
{
	const struct node *n = ration_node_at(d, parent->index[parent->depth]);

	return check_child(d, ration_read_once(&n->first_child), parent, RATION_INDEX_NONE);
}

uint32_t
ration_next_sibling(const struct ration_domain *d, const struct ration_lineage *lineage)
{
	struct ration_lineage parent = *lineage;
	uint32_t index = lineage->index[lineage->depth];

	/* The root has no siblings. */
	if (parent.depth-- == 0)
		return RATION_INDEX_NONE;
	return check_child(d, ration_read_once(&ration_node_at(d, index)->next), &parent, index);
}

int
ration_inspect(const struct ration_domain *d, ration_counter_t handle, struct counter **c,
	       struct ration_lineage *lineage)
{
	*c = ration_resolve(d, handle);
	if (*c == NULL)
		return -ESTALE;
	return ration_lineage_to(d, (uint32_t)handle, lineage) ? 0 : -EPROTO;
}

uint32_t
ration_next_index(const struct ration_domain *d, uint32_t index)
{
	struct ration_lineage lineage;
	uint32_t next;

	if (!ration_lineage_to(d, index, &lineage))
		return RATION_INDEX_DAMAGED;
	next = ration_first_child(d, &lineage);
	while (next == RATION_INDEX_NONE && lineage.depth > 0) {
		next = ration_next_sibling(d, &lineage);
		lineage.depth--;
	}
	return next;
}
