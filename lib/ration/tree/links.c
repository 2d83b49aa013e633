/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include "tree/links.h"

void
ration_node_init(struct node *n, const char *name, uint64_t min, uint64_t low)
{
	memset(n, 0, sizeof(*n));
	strcpy(n->name, name);
	n->first_child = RATION_INDEX_NONE;
	n->last_child = RATION_INDEX_NONE;
	n->next = RATION_INDEX_NONE;
	n->prev = RATION_INDEX_NONE;
	n->next_offline = RATION_INDEX_NONE;
	ration_store(&n->min, min, relaxed);
	ration_store(&n->low, low, relaxed);
}

void
ration_link_child(struct ration_domain *d, uint32_t parent, uint32_t index)
{
	struct node *p = ration_node_at(d, parent), *n = ration_node_at(d, index);

	n->next = RATION_INDEX_NONE;
	n->prev = p->last_child;
	if (p->last_child != RATION_INDEX_NONE)
		ration_node_at(d, p->last_child)->next = index;
	else
		p->first_child = index;
	p->last_child = index;
	p->nb_children++;
}

void
ration_unlink_child(struct ration_domain *d, uint32_t parent, uint32_t index)
{
	struct node *p = ration_node_at(d, parent), *n = ration_node_at(d, index);

	if (n->prev != RATION_INDEX_NONE)
		ration_node_at(d, n->prev)->next = n->next;
	else
		p->first_child = n->next;
	if (n->next != RATION_INDEX_NONE)
		ration_node_at(d, n->next)->prev = n->prev;
	else
		p->last_child = n->prev;
	p->nb_children--;
}

uint32_t
ration_subtree_first(const struct ration_domain *d, uint32_t top)
{
	uint32_t child;

	while ((child = ration_node_at(d, top)->first_child) != RATION_INDEX_NONE)
		top = child;
	return top;
}

uint32_t
ration_subtree_next(const struct ration_domain *d, uint32_t index, uint32_t top)
{
	uint32_t sibling = ration_node_at(d, index)->next;

	if (index == top)
		return RATION_INDEX_NONE;
	if (sibling != RATION_INDEX_NONE)
		return ration_subtree_first(d, sibling);
	return ration_counter_at(d, index)->parent;
}
