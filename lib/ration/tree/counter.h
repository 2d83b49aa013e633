/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_COUNTER_H_
#define RATION_TREE_COUNTER_H_

/**
 * @file
 * Room tree: usage, max, watermark and ancestors of counters, and the rounds of drains with their
 * targets. It never reads a stock entry or a member entry.
 *
 * This file: handles and flags of counters, and the relations between counters.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** The counter at a depth on the path from the root (0) to c (depth of c). */
static inline struct counter *
ration_level(const struct ration_domain *d, struct counter *c, uint32_t depth)
{
	return depth == c->depth ? c : ration_counter_at(d, c->ancestors[depth]);
}

/** Index of the parent, or RATION_INDEX_NONE for the root. */
static inline uint32_t
ration_parent_index(const struct counter *c)
{
	return c->depth == 0 ? RATION_INDEX_NONE : c->ancestors[c->depth - 1];
}

/** Whether c is the counter at index `top`, or is below it. */
static inline bool
ration_is_below(const struct ration_domain *d, const struct counter *c, uint32_t top)
{
	uint32_t depth = ration_counter_at(d, top)->depth;

	if (c->depth > depth)
		return c->ancestors[depth] == top;
	return ration_index_of(d, c) == top;
}

/** Handle of the counter that uses an index now. */
static inline ration_counter_t
ration_handle(const struct ration_domain *d, uint32_t index)
{
	uint32_t gen = ration_load(&ration_counter_at(d, index)->gen, relaxed);

	return (uint64_t)ration_gen_tag(gen) << 32 | index;
}

/** The counter of a handle, or NULL if the handle is stale. */
static inline struct counter *
ration_resolve(const struct ration_domain *d, ration_counter_t handle)
{
	uint32_t index = (uint32_t)handle;
	struct counter *c;

	if (index >= d->max_counters)
		return NULL;
	c = ration_counter_at(d, index);
	/* Acquire: pairs with the release in ration_counter_publish(): all members are set. */
	if (!(ration_load(&c->flags, acquire) & COUNTER_IN_USE))
		return NULL;
	if (ration_gen_tag(ration_load(&c->gen, relaxed)) != (uint32_t)(handle >> 32))
		return NULL;
	return c;
}

/** Change flags so that all walks that start afterwards see it. The control lock is held. */
void ration_counter_change_flags(struct counter *c, uint32_t set, uint32_t clear);

/**
 * Set counter::cap_max to `bound` units, and update stock_bound of the counter and its ancestors.
 * The control lock is held.
 */
void ration_counter_set_cap_max(struct ration_domain *d, struct counter *c, uint32_t bound);

/** Largest cap in units that a refill can set now: twice the largest batch, 0 without stock. */
uint32_t ration_counter_cap(const struct counter *c, uint32_t batch, uint32_t batch_max);

/** Enable the stock of a counter that has lost its last child. The control lock is held. */
void ration_counter_enable_stock(struct ration_domain *d, struct counter *c);

/**
 * Initialize the counter at a free index; parent is NULL for the root. Its flags are stored last:
 * they make it visible. The control lock is held.
 */
void ration_counter_publish(struct ration_domain *d, uint32_t index, const struct counter *parent,
			    const struct ration_counter_params *p);

#endif /* RATION_TREE_COUNTER_H_ */
