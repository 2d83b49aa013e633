/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_COUNTER_H_
#define RATION_TREE_COUNTER_H_

/**
 * @file
 * Room tree: owns usage, max, watermark, ancestors, rounds and their targets: limits and nothing else.
 * It never reads a stock or a member.
 *
 * A counter: its handle, its place in the tree, and its life as a word of flags.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** The counter at a depth on the way from the root (0) to c (its own depth). */
static inline struct counter *
ration_level(const struct ration_domain *d, struct counter *c, uint32_t depth)
{
	return depth == c->depth ? c : ration_counter_at(d, c->ancestors[depth]);
}

static inline uint32_t
ration_parent_index(const struct counter *c)
{
	return c->depth == 0 ? RATION_INDEX_NONE : c->ancestors[c->depth - 1];
}

/** Whether c is `top` or stands below it. */
static inline bool
ration_is_below(const struct ration_domain *d, const struct counter *c, uint32_t top)
{
	uint32_t depth = ration_counter_at(d, top)->depth;

	if (c->depth > depth)
		return c->ancestors[depth] == top;
	return ration_index_of(d, c) == top;
}

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
	/* Acquire: pairs with the release of counter_publish(), so that what it says is there. */
	if (!(ration_load(&c->flags, acquire) & COUNTER_IN_USE))
		return NULL;
	if (ration_gen_tag(ration_load(&c->gen, relaxed)) != (uint32_t)(handle >> 32))
		return NULL;
	return c;
}

/** Change flags, so that walks which begin afterwards see it. */
void ration_counter_change_flags(struct counter *c, uint32_t set, uint32_t clear);

/** Set the most that one lcore can hold in stock of a counter. */
void ration_counter_set_cap_max(struct ration_domain *d, struct counter *c, uint32_t bound);

/** The cap that refills of today can lead to. */
uint32_t ration_counter_cap(const struct counter *c);

/** A counter has lost its last child: it may be charged like a leaf again. */
void ration_counter_enable_stock(struct ration_domain *d, struct counter *c);

/** Fill a free counter. It becomes visible by its flags, last. */
void ration_counter_publish(struct ration_domain *d, uint32_t index, const struct counter *parent,
			    const struct ration_counter_params *p);

#endif /* RATION_TREE_COUNTER_H_ */
