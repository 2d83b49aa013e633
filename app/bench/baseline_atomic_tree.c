/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "accounter_loops.h"
#include "baseline_tree.h"

/**
 * @file
 * What one does without stock: every charge and every uncharge walks, see baseline_tree.h.
 */

static inline int
atomic_charge(void *lane, uint64_t c, uint64_t n)
{
	return tree_charge(tree_node_of(lane, c), n);
}

static inline int
atomic_uncharge(void *lane, uint64_t c, uint64_t n)
{
	tree_uncharge(tree_node_of(lane, c), n);
	return 0;
}

ACCOUNTER_SINGLE_LOOPS(atomic, atomic_charge, atomic_uncharge)

static void *
atomic_create(const struct accounter_tree *tree)
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

const struct accounter accounter_atomic_tree = {
	.name = "atomic-tree",
	.flags = ACCOUNTER_TREE | ACCOUNTER_SHARED | ACCOUNTER_EXACT,
	.create = atomic_create,
	.destroy = free,
	.join = accounter_join_shared,
	.leave = accounter_leave_shared,
	.counter = atomic_counter,
	.charge = atomic_charge,
	.uncharge = atomic_uncharge,
	.granted = atomic_granted,
	.loop = {ACCOUNTER_LOOP_TABLE(atomic)},
};
