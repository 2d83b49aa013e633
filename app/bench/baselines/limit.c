/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>

#include <rte_branch_prediction.h>
#include <rte_prefetch.h>

#include <ration_compat.h>

#include "baselines/backend_loops.h"

/**
 * @file
 * A lower bound for any accounting in an lcore's own memory. A charge is a load, a compare, a
 * subtraction and a store. An uncharge is a load, a compare, an addition and a store. There is no
 * tree, no policy and no generation, and the bound of the uncharge is a constant.
 *
 * It has those costs of libration that no implementation avoids: relaxed atomic accesses, and
 * counter addresses made of a base register and the low half of a 64-bit handle, 8 bytes apart.
 */

/** Initial units of a counter, and the most units that it can have. */
#define LIMIT_UNITS 128

struct limit_slot {
	RATION_ATOMIC(uint32_t) left;
	uint32_t unused;
};

struct limit {
	uint32_t counters;
	alignas(RTE_CACHE_LINE_SIZE) struct limit_slot slots[];
};

static inline struct limit_slot *
limit_slot_of(void *base, uint64_t c)
{
	struct limit *l = base;

	return &l->slots[(uint32_t)c];
}

static inline int
limit_charge(void *base, uint64_t c, uint64_t n)
{
	struct limit_slot *s = limit_slot_of(base, c);
	uint32_t left = ration_load(&s->left, relaxed);

	if (unlikely(left < n))
		return -1;
	ration_store(&s->left, left - (uint32_t)n, relaxed);
	return 0;
}

static inline int
limit_uncharge(void *base, uint64_t c, uint64_t n)
{
	struct limit_slot *s = limit_slot_of(base, c);
	uint64_t sum = ration_load(&s->left, relaxed) + n;

	if (unlikely(sum > LIMIT_UNITS))
		return -1;
	ration_store(&s->left, (uint32_t)sum, relaxed);
	return 0;
}

static inline void
limit_prefetch(void *base, const uint64_t *c, uint16_t nb)
{
	uint16_t i;

	for (i = 0; i < nb; i++)
		rte_prefetch0(limit_slot_of(base, c[i]));
}

BACKEND_SINGLE_LOOPS(limit, limit_charge, limit_uncharge)
BACKEND_LOOP_AHEAD(limit, limit_charge_singles, limit_uncharge_singles, limit_prefetch)

static void *
limit_create(const struct backend_tree *tree)
{
	size_t size = sizeof(struct limit) + tree->counters * sizeof(struct limit_slot);
	struct limit *l = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_ROUNDUP(size));
	uint32_t i;

	if (l == NULL) {
		warn("limit: %u counters", tree->counters);
		return NULL;
	}
	l->counters = tree->counters;
	for (i = 0; i < tree->counters; i++)
		l->slots[i].left = LIMIT_UNITS;
	return l;
}

static uint64_t
limit_counter(void *self, uint32_t i)
{
	(void)self;
	return i;
}

static uint64_t
limit_granted(void *self, uint64_t c)
{
	return LIMIT_UNITS - ration_load(&limit_slot_of(self, c)->left, relaxed);
}

const struct backend backend_limit = {
	.name = "limit",
	.flags = BACKEND_EXACT,
	.create = limit_create,
	.destroy = free,
	.join = backend_join_shared,
	.leave = backend_leave_shared,
	.counter = limit_counter,
	.charge = limit_charge,
	.uncharge = limit_uncharge,
	.granted = limit_granted,
	.loop = {BACKEND_LOOP_TABLE(limit), [BACKEND_BURSTS_AHEAD] = limit_loop_bursts_ahead},
};
