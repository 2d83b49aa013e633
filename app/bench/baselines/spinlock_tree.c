/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>

#include <rte_spinlock.h>

#include "baselines/backend_loops.h"
#include "baselines/tree.h"

/**
 * @file
 * The kernel's res_counter, which page_counter has replaced: one spinlock for each level, held only
 * for the check and the addition at this level.
 */

struct spin_node {
	alignas(TREE_ALIGN) rte_spinlock_t lock;
	uint64_t usage;
	uint64_t max;
	uint64_t watermark;
	uint64_t failures;
	struct spin_node *parent;
};

/** The interior nodes, root first, then the leaves. A handle is an index. */
struct spin_tree {
	uint32_t interior;
	alignas(TREE_ALIGN) struct spin_node nodes[];
};

static inline struct spin_node *
spin_node_of(void *base, uint64_t c)
{
	struct spin_tree *t = base;

	return &t->nodes[(uint32_t)c];
}

/* Add n units at one level if there is room. */
static inline bool
spin_add(struct spin_node *node, uint64_t n)
{
	bool room;

	rte_spinlock_lock(&node->lock);
	room = n <= node->max && node->usage <= node->max - n;
	if (likely(room)) {
		node->usage += n;
		if (node->usage > node->watermark)
			node->watermark = node->usage;
	} else {
		node->failures++;
	}
	rte_spinlock_unlock(&node->lock);
	return room;
}

static inline void
spin_cancel(struct spin_node *node, const struct spin_node *end, uint64_t n)
{
	for (; node != end; node = node->parent) {
		rte_spinlock_lock(&node->lock);
		node->usage -= n;
		rte_spinlock_unlock(&node->lock);
	}
}

static inline int
spin_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct spin_node *leaf = spin_node_of(ctx, c), *node;

	for (node = leaf; node != NULL; node = node->parent) {
		if (likely(spin_add(node, n)))
			continue;
		spin_cancel(leaf, node, n);
		return -1;
	}
	return 0;
}

static inline int
spin_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	spin_cancel(spin_node_of(ctx, c), NULL, n);
	return 0;
}

BACKEND_SINGLE_LOOPS(spin, spin_charge, spin_uncharge)

static void *
spin_create(const struct backend_tree *tree)
{
	uint32_t nb = tree_nb_nodes(tree), i;
	struct spin_tree *t = aligned_alloc(TREE_ALIGN, sizeof(*t) + nb * sizeof(t->nodes[0]));

	if (t == NULL) {
		warn("spinlock-tree: %u counters", nb);
		return NULL;
	}
	t->interior = tree->depth;
	for (i = 0; i < nb; i++) {
		t->nodes[i] = (struct spin_node){
			.max = tree_max_of(tree, i),
			.parent = i > 0 ? &t->nodes[tree_parent_of(tree, i)] : NULL,
		};
		rte_spinlock_init(&t->nodes[i].lock);
	}
	return t;
}

static uint64_t
spin_counter(void *self, uint32_t i)
{
	const struct spin_tree *t = self;

	return t->interior + i;
}

static uint64_t
spin_granted(void *self, uint64_t c)
{
	struct spin_node *node = spin_node_of(self, c);
	uint64_t usage;

	rte_spinlock_lock(&node->lock);
	usage = node->usage;
	rte_spinlock_unlock(&node->lock);
	return usage;
}

const struct backend backend_spinlock_tree = {
	.name = "spinlock-tree",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = spin_create,
	.destroy = free,
	.join = backend_join_shared,
	.leave = backend_leave_shared,
	.counter = spin_counter,
	.charge = spin_charge,
	.uncharge = spin_uncharge,
	.granted = spin_granted,
	.loop = {BACKEND_LOOP_TABLE(spin)},
};
