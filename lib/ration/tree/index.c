/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "tree/index.h"

/*
 * Some members of a free counter may still be read: flags and generation for a stale handle, depth
 * and ancestors for a stale return request, and the link to the next free index in the node. The
 * members before them are poisoned.
 */
static void
poison_entry(struct ration_domain *d, uint32_t index)
{
	ration_poison(ration_counter_at(d, index), offsetof(struct counter, max));
	ration_poison(ration_node_at(d, index), offsetof(struct node, next));
}

static void
unpoison_entry(struct ration_domain *d, uint32_t index)
{
	ration_unpoison(ration_counter_at(d, index), sizeof(struct counter));
	ration_unpoison(ration_node_at(d, index), sizeof(struct node));
}

void
ration_entries_poison(struct ration_domain *d)
{
	uint32_t i;

	ration_poison(ration_counter_at(d, d->max_counters), RATION_RED_ZONE);
	ration_poison(ration_node_at(d, d->max_counters), RATION_RED_ZONE);
	if (RATION_RED_ZONE == 0)
		return;
	for (i = 0; i < d->max_counters; i++)
		poison_entry(d, i);
}

uint32_t
ration_take_index(struct ration_domain *d)
{
	uint32_t index;

	if (d->nb_ever_used < d->max_counters) {
		index = d->nb_ever_used++;
		unpoison_entry(d, index);
		ration_store(&ration_counter_at(d, index)->gen, d->first_gen, relaxed);
		return index;
	}
	index = d->free_head;
	if (index == RATION_INDEX_NONE)
		return index;
	d->free_head = ration_node_at(d, index)->next;
	if (d->free_head == RATION_INDEX_NONE)
		d->free_tail = RATION_INDEX_NONE;
	unpoison_entry(d, index);
	return index;
}

void
ration_return_index(struct ration_domain *d, uint32_t index)
{
	ration_node_at(d, index)->next = RATION_INDEX_NONE;
	if (d->free_tail != RATION_INDEX_NONE)
		ration_node_at(d, d->free_tail)->next = index;
	else
		d->free_head = index;
	d->free_tail = index;
	poison_entry(d, index);
}

bool
ration_index_is_full(const struct ration_domain *d)
{
	return d->nb_ever_used == d->max_counters && d->free_head == RATION_INDEX_NONE;
}
