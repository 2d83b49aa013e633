/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "accounter_loops.h"
#include "baseline_tree.h"

/**
 * @file
 * Without stock, and without overshoot: at each level load, check, compare and exchange. Usage is
 * never above a limit, so a large charge that fails cannot make a small one fail.
 */

static inline int
cas_charge(void *lane, uint64_t c, uint64_t n)
{
	return tree_charge_cas(tree_node_of(lane, c), n);
}

static inline int
cas_uncharge(void *lane, uint64_t c, uint64_t n)
{
	tree_uncharge(tree_node_of(lane, c), n);
	return 0;
}

ACCOUNTER_SINGLE_LOOPS(cas, cas_charge, cas_uncharge)

static void *
cas_create(const struct accounter_tree *tree)
{
	return tree_create("cas-tree", tree);
}

static uint64_t
cas_counter(void *self, uint32_t i)
{
	const struct tree *t = self;

	return t->interior + i;
}

static uint64_t
cas_granted(void *self, uint64_t c)
{
	return tree_usage(self, c);
}

const struct accounter accounter_cas_tree = {
	.name = "cas-tree",
	.flags = ACCOUNTER_TREE | ACCOUNTER_SHARED | ACCOUNTER_EXACT,
	.create = cas_create,
	.destroy = free,
	.join = accounter_join_shared,
	.leave = accounter_leave_shared,
	.counter = cas_counter,
	.charge = cas_charge,
	.uncharge = cas_uncharge,
	.granted = cas_granted,
	.loop = {ACCOUNTER_LOOP_TABLE(cas)},
};
