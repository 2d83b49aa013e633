/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>

#include "baselines/backend_loops.h"
#include "baselines/tree.h"

/**
 * @file
 * libration's stock with a batch that does not adapt. It shows the effect of the adaptive batch
 * near a limit.
 *
 * Like libration it has a stock for each counter and lcore that charges and uncharges use, starts
 * in the middle of the range of the stock, walks by compare and exchange, and charges only the
 * needed units if a batch does not fit. Unlike libration it takes a full batch however few units
 * are left, and keeps it.
 *
 * Simplified in its favor: no other lcore can drain it, so there is no gate; and it has no ledger,
 * no generation and no statistics.
 */

#define SLOT_MAX (2 * BACKEND_BATCH)

struct fixed_lcore {
	struct tree *tree;
	uint64_t slow;
	alignas(RTE_CACHE_LINE_SIZE) uint64_t stocks[];
};

struct fixed {
	struct tree *tree;
	uint32_t nb_lcores;
	struct fixed_lcore *lcores[];
};

static __rte_noinline int
fixed_refill(struct fixed_lcore *l, uint64_t c, uint64_t n)
{
	struct tree_node *leaf = tree_node_of(l->tree, c);
	uint64_t *stock = &l->stocks[(uint32_t)c], need = n - *stock;

	l->slow++;
	if (tree_charge_cas(leaf, need + BACKEND_BATCH) == 0) {
		*stock = BACKEND_BATCH;
		return 0;
	}
	if (tree_charge_cas(leaf, need) != 0)
		return -1;
	*stock = 0;
	return 0;
}

/* Trim the stock to the middle of its range. */
static __rte_noinline void
fixed_trim(struct fixed_lcore *l, uint64_t c)
{
	uint64_t *stock = &l->stocks[(uint32_t)c];

	l->slow++;
	tree_uncharge(tree_node_of(l->tree, c), *stock - BACKEND_BATCH);
	*stock = BACKEND_BATCH;
}

static inline int
fixed_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct fixed_lcore *l = ctx;
	uint64_t *stock = &l->stocks[(uint32_t)c];

	if (unlikely(*stock < n))
		return fixed_refill(l, c, n);
	*stock -= n;
	return 0;
}

static inline int
fixed_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct fixed_lcore *l = ctx;
	uint64_t *stock = &l->stocks[(uint32_t)c];

	*stock += n;
	if (unlikely(*stock > SLOT_MAX))
		fixed_trim(l, c);
	return 0;
}

BACKEND_SINGLE_LOOPS(fixed, fixed_charge, fixed_uncharge)

static void
fixed_destroy(void *self)
{
	struct fixed *f = self;
	uint32_t i;

	for (i = 0; i < f->nb_lcores; i++)
		free(f->lcores[i]);
	free(f->tree);
	free(f);
}

static struct fixed_lcore *
fixed_lcore_create(struct tree *t)
{
	uint32_t nb = t->interior + t->counters, i;
	size_t size = sizeof(struct fixed_lcore) + nb * sizeof(uint64_t);
	struct fixed_lcore *l = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_ROUNDUP(size));

	if (l == NULL)
		return NULL;
	*l = (struct fixed_lcore){.tree = t};
	for (i = 0; i < nb; i++)
		l->stocks[i] = 0;
	return l;
}

static void *
fixed_create(const struct backend_tree *tree)
{
	uint32_t lcores = backend_nb_lcores(tree), i;
	struct fixed *f = calloc(1, sizeof(*f) + lcores * sizeof(f->lcores[0]));

	if (f == NULL || (f->tree = tree_create("stock-fixed", tree)) == NULL) {
		free(f);
		return NULL;
	}
	f->nb_lcores = lcores;
	for (i = 0; i < lcores; i++) {
		f->lcores[i] = fixed_lcore_create(f->tree);
		if (f->lcores[i] == NULL) {
			warnx("stock-fixed: no memory for %u lcores", lcores);
			fixed_destroy(f);
			return NULL;
		}
	}
	return f;
}

static void *
fixed_join(void *self, uint32_t lcore)
{
	struct fixed *f = self;

	return f->lcores[lcore];
}

static void
fixed_leave(void *ctx)
{
	struct fixed_lcore *l = ctx;
	uint32_t i;

	for (i = 0; i < l->tree->interior + l->tree->counters; i++) {
		if (l->stocks[i] > 0)
			tree_uncharge(&l->tree->nodes[i], l->stocks[i]);
		l->stocks[i] = 0;
	}
}

static uint64_t
fixed_counter(void *self, uint32_t i)
{
	const struct fixed *f = self;

	return f->tree->interior + i;
}

static uint64_t
fixed_granted(void *self, uint64_t c)
{
	struct fixed *f = self;
	uint64_t granted = tree_usage(f->tree, c);
	uint32_t i;

	for (i = 0; i < f->nb_lcores; i++)
		granted -= f->lcores[i]->stocks[(uint32_t)c];
	return granted;
}

static uint64_t
fixed_slow_paths(void *ctx)
{
	const struct fixed_lcore *l = ctx;

	return l->slow;
}

const struct backend backend_stock_fixed = {
	.name = "stock-fixed",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = fixed_create,
	.destroy = fixed_destroy,
	.join = fixed_join,
	.leave = fixed_leave,
	.counter = fixed_counter,
	.charge = fixed_charge,
	.uncharge = fixed_uncharge,
	.granted = fixed_granted,
	.slow_paths = fixed_slow_paths,
	.loop = {BACKEND_LOOP_TABLE(fixed)},
};
