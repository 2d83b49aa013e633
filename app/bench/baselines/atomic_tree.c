/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "baselines/backend_loops.h"
#include "baselines/tree.h"

/**
 * @file
 * A tree without stock: every charge and every uncharge walks the tree, see tree.h.
 */

static inline int
atomic_charge(void *ctx, uint64_t c, uint64_t n)
{
	return tree_charge(tree_node_of(ctx, c), n);
}

static inline int
atomic_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	tree_uncharge(tree_node_of(ctx, c), n);
	return 0;
}

BACKEND_SINGLE_LOOPS(atomic, atomic_charge, atomic_uncharge)

static void *
atomic_create(const struct backend_tree *tree)
{
	return tree_create("atomic-tree", tree);
}

static uint64_t
atomic_counter(void *self, uint32_t i)
{
	const struct tree *t = self;

	return t->interior + i;
}

static uint64_t
atomic_granted(void *self, uint64_t c)
{
	return tree_usage(self, c);
}

const struct backend backend_atomic_tree = {
	.name = "atomic-tree",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = atomic_create,
	.destroy = free,
	.join = backend_join_shared,
	.leave = backend_leave_shared,
	.counter = atomic_counter,
	.charge = atomic_charge,
	.uncharge = atomic_uncharge,
	.granted = atomic_granted,
	.loop = {BACKEND_LOOP_TABLE(atomic)},
};
