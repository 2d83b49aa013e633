/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>

#include <rte_branch_prediction.h>

#include <ration_compat.h>

#include "accounter_loops.h"

/**
 * @file
 * What one does without stock: every charge adds to every level with a locked instruction, leaf
 * first; where the sum is above the limit it takes everything back. The shape of the kernel's
 * page_counter_try_charge() and page_counter_uncharge(), watermark included, with its full
 * barriers. The word that everybody writes is alone on its lines.
 */

#define ATOMIC_ALIGN 128
#define ATOMIC_UNLIMITED ((uint64_t)INT64_MAX)

struct atomic_node {
	alignas(ATOMIC_ALIGN) RATION_ATOMIC(uint64_t) usage;
	alignas(ATOMIC_ALIGN) RATION_ATOMIC(uint64_t) watermark;
	uint64_t max;
	struct atomic_node *parent;
};

/** The interior nodes, root first, then the leaves. */
struct atomic_tree {
	uint32_t interior;
	alignas(ATOMIC_ALIGN) struct atomic_node nodes[];
};

static inline struct atomic_node *
atomic_node_of(void *base, uint64_t c)
{
	struct atomic_tree *t = base;

	return &t->nodes[(uint32_t)c];
}

/* Take n units back from `node` up to, but not including, `end`. */
static inline void
atomic_cancel(struct atomic_node *node, const struct atomic_node *end, uint64_t n)
{
	for (; node != end; node = node->parent)
		ration_fetch_sub(&node->usage, n, seq_cst);
}

static inline int
atomic_charge(void *base, uint64_t c, uint64_t n)
{
	struct atomic_node *leaf = atomic_node_of(base, c), *node;
	uint64_t sum;

	for (node = leaf; node != NULL; node = node->parent) {
		sum = ration_fetch_add(&node->usage, n, seq_cst) + n;
		if (unlikely(sum > node->max)) {
			atomic_cancel(leaf, node->parent, n);
			return -1;
		}
		if (unlikely(sum > ration_load(&node->watermark, relaxed)))
			ration_store(&node->watermark, sum, relaxed);
	}
	return 0;
}

static inline int
atomic_uncharge(void *base, uint64_t c, uint64_t n)
{
	atomic_cancel(atomic_node_of(base, c), NULL, n);
	return 0;
}

static inline uint16_t
atomic_charge_burst(void *base, const uint64_t *c, uint16_t nb, uint8_t *granted)
{
	return burst_of_charges(base, c, nb, granted, atomic_charge);
}

static inline uint16_t
atomic_uncharge_burst(void *base, const uint64_t *c, uint16_t nb)
{
	return burst_of_uncharges(base, c, nb, atomic_uncharge);
}

static uint64_t
atomic_loop_same(void *base, const struct accounter_work *w)
{
	return loop_same(base, w, atomic_charge, atomic_uncharge);
}

static uint64_t
atomic_loop_turn(void *base, const struct accounter_work *w)
{
	return loop_turn(base, w, atomic_charge, atomic_uncharge);
}

static uint64_t
atomic_loop_bursts(void *base, const struct accounter_work *w)
{
	return loop_bursts(base, w, atomic_charge_burst, atomic_uncharge_burst);
}

static void *
atomic_create(const struct accounter_tree *tree)
{
	uint32_t nb = tree->depth + tree->counters, i;
	struct atomic_tree *t = aligned_alloc(ATOMIC_ALIGN, sizeof(*t) + nb * sizeof(t->nodes[0]));

	if (t == NULL) {
		warn("atomic-tree: %u counters", nb);
		return NULL;
	}
	t->interior = tree->depth;
	for (i = 0; i < nb; i++) {
		bool leaf = i >= tree->depth;
		uint32_t parent = leaf ? tree->depth : i;

		t->nodes[i] = (struct atomic_node){
			.max = leaf ? tree->max : ATOMIC_UNLIMITED,
			.parent = parent > 0 ? &t->nodes[parent - 1] : NULL,
		};
	}
	if (tree->root_max > 0)
		t->nodes[0].max = tree->root_max;
	return t;
}

static uint64_t
atomic_counter(void *self, uint32_t i)
{
	const struct atomic_tree *t = self;

	return t->interior + i;
}

static uint64_t
atomic_granted(void *self, uint64_t c)
{
	return ration_load(&atomic_node_of(self, c)->usage, relaxed);
}

const struct accounter accounter_atomic_tree = {
	.name = "atomic-tree",
	.create = atomic_create,
	.destroy = free,
	.counter = atomic_counter,
	.charge = atomic_charge,
	.uncharge = atomic_uncharge,
	.granted = atomic_granted,
	.loop =
		{
			[ACCOUNTER_SAME] = atomic_loop_same,
			[ACCOUNTER_TURN] = atomic_loop_turn,
			[ACCOUNTER_BURSTS] = atomic_loop_bursts,
		},
};
