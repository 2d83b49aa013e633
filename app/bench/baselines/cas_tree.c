/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "baselines/backend_loops.h"
#include "baselines/tree.h"

/**
 * @file
 * A tree without stock and without overshoot: at each level load, check, compare and exchange.
 * Usage never exceeds a limit, so a large charge that fails cannot make a small charge fail.
 */

static inline int
cas_charge(void *ctx, uint64_t c, uint64_t n)
{
	return tree_charge_cas(tree_node_of(ctx, c), n);
}

static inline int
cas_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	tree_uncharge(tree_node_of(ctx, c), n);
	return 0;
}

BACKEND_SINGLE_LOOPS(cas, cas_charge, cas_uncharge)

static void *
cas_create(const struct backend_tree *tree)
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

const struct backend backend_cas_tree = {
	.name = "cas-tree",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = cas_create,
	.destroy = free,
	.join = backend_join_shared,
	.leave = backend_leave_shared,
	.counter = cas_counter,
	.charge = cas_charge,
	.uncharge = cas_uncharge,
	.granted = cas_granted,
	.loop = {BACKEND_LOOP_TABLE(cas)},
};
