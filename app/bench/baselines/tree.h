/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BASELINE_TREE_H_
#define BENCH_BASELINE_TREE_H_

/**
 * @file
 * The tree of the baselines that follow the kernel, and the functions that walk it. atomic-tree and
 * cas-tree use nothing else; the others add a stock. The word that all lcores write has its own
 * cache lines.
 */

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include <rte_branch_prediction.h>

#include <ration_compat.h>

#include "baselines/backend.h"

#define TREE_ALIGN 128
#define TREE_UNLIMITED ((uint64_t)INT64_MAX)

struct tree_node {
	alignas(TREE_ALIGN) RATION_ATOMIC(uint64_t) usage;
	alignas(TREE_ALIGN) RATION_ATOMIC(uint64_t) watermark;
	uint64_t max;
	struct tree_node *parent;
};

/** The interior nodes, root first, then the leaves. A handle is an index. */
struct tree {
	uint32_t interior;
	uint32_t counters;
	alignas(TREE_ALIGN) struct tree_node nodes[];
};

/** Number of nodes of a tree. */
static inline uint32_t
tree_nb_nodes(const struct backend_tree *shape)
{
	return shape->depth + shape->counters;
}

/** Parent of node i, which is not the root. */
static inline uint32_t
tree_parent_of(const struct backend_tree *shape, uint32_t i)
{
	return i < shape->depth ? i - 1 : shape->depth - 1;
}

/** Limit of node i. */
static inline uint64_t
tree_max_of(const struct backend_tree *shape, uint32_t i)
{
	if (i >= shape->depth)
		return shape->max;
	return i == 0 && shape->root_max > 0 ? shape->root_max : TREE_UNLIMITED;
}

/** @return NULL after a message that starts with `name` */
struct tree *tree_create(const char *name, const struct backend_tree *shape);

static inline struct tree_node *
tree_node_of(struct tree *t, uint64_t c)
{
	return &t->nodes[(uint32_t)c];
}

static inline uint64_t
tree_usage(struct tree *t, uint64_t c)
{
	return ration_load(&tree_node_of(t, c)->usage, relaxed);
}

/** Subtract n units from `node` up to, but not including, `end`. */
static inline void
tree_cancel(struct tree_node *node, const struct tree_node *end, uint64_t n)
{
	for (; node != end; node = node->parent)
		ration_fetch_sub(&node->usage, n, seq_cst);
}

/**
 * Add n units at every level with a locked instruction, leaf first. If a sum exceeds its limit,
 * take all units back. This is page_counter_try_charge() with its watermark and its full barriers.
 */
static inline int
tree_charge(struct tree_node *leaf, uint64_t n)
{
	struct tree_node *node;
	uint64_t sum;

	for (node = leaf; node != NULL; node = node->parent) {
		sum = ration_fetch_add(&node->usage, n, seq_cst) + n;
		if (unlikely(sum > node->max)) {
			tree_cancel(leaf, node->parent, n);
			return -1;
		}
		if (unlikely(sum > ration_load(&node->watermark, relaxed)))
			ration_store(&node->watermark, sum, relaxed);
	}
	return 0;
}

static inline void
tree_uncharge(struct tree_node *leaf, uint64_t n)
{
	tree_cancel(leaf, NULL, n);
}

/**
 * Charge n units, and `ahead` more units if there is room.
 *
 * @return
 *   Charged units, or 0 if the charge is refused
 */
static inline uint64_t
tree_charge_ahead(struct tree_node *leaf, uint64_t n, uint64_t ahead)
{
	if (likely(tree_charge(leaf, n + ahead) == 0))
		return n + ahead;
	return ahead > 0 && tree_charge(leaf, n) == 0 ? n : 0;
}

/** Add n units at one level if there is room. @return the sum, or 0 if there is no room */
static inline uint64_t
tree_add_cas(struct tree_node *node, uint64_t n)
{
	uint64_t old = ration_load(&node->usage, relaxed);

	do {
		if (unlikely(n > node->max || old > node->max - n))
			return 0;
	} while (unlikely(!ration_cas(&node->usage, &old, old + n, seq_cst)));
	return old + n;
}

/** As tree_charge(), but check for room first: usage never exceeds a limit. */
static inline int
tree_charge_cas(struct tree_node *leaf, uint64_t n)
{
	struct tree_node *node;
	uint64_t sum;

	for (node = leaf; node != NULL; node = node->parent) {
		sum = tree_add_cas(node, n);
		if (unlikely(sum == 0)) {
			tree_cancel(leaf, node, n);
			return -1;
		}
		if (unlikely(sum > ration_load(&node->watermark, relaxed)))
			ration_store(&node->watermark, sum, relaxed);
	}
	return 0;
}

#endif /* BENCH_BASELINE_TREE_H_ */
