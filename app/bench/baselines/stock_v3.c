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
 * The stock of version 3 of the kernel series: two words for each counter and CPU. A charge takes
 * units from the stock, or else charges a batch to the tree and keeps the remaining units in stock.
 * An uncharge always walks the tree, as since version 2.
 *
 * Simplified in its favor: the local lock, which is the second word, is never contended and is not
 * taken.
 */

struct v3_stock {
	uint64_t units;
	uint64_t lock;
};

struct v3_lcore {
	struct tree *tree;
	uint64_t slow;
	alignas(RTE_CACHE_LINE_SIZE) struct v3_stock stocks[];
};

struct v3 {
	struct tree *tree;
	uint32_t nb_lcores;
	struct v3_lcore *lcores[];
};

static __rte_noinline int
v3_refill(struct v3_lcore *l, uint64_t c, uint64_t n)
{
	uint64_t ahead = n < BACKEND_BATCH ? BACKEND_BATCH - n : 0, charged;

	l->slow++;
	charged = tree_charge_ahead(tree_node_of(l->tree, c), n, ahead);
	if (charged > n)
		l->stocks[(uint32_t)c].units += charged - n;
	return charged > 0 || n == 0 ? 0 : -1;
}

static inline int
v3_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct v3_lcore *l = ctx;
	struct v3_stock *s = &l->stocks[(uint32_t)c];

	if (unlikely(s->units < n))
		return v3_refill(l, c, n);
	s->units -= n;
	return 0;
}

static inline int
v3_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct v3_lcore *l = ctx;

	l->slow++;
	tree_uncharge(tree_node_of(l->tree, c), n);
	return 0;
}

BACKEND_SINGLE_LOOPS(v3, v3_charge, v3_uncharge)

static void
v3_destroy(void *self)
{
	struct v3 *s = self;
	uint32_t i;

	for (i = 0; i < s->nb_lcores; i++)
		free(s->lcores[i]);
	free(s->tree);
	free(s);
}

static struct v3_lcore *
v3_lcore_create(struct tree *t)
{
	uint32_t nb = t->interior + t->counters, i;
	size_t size = sizeof(struct v3_lcore) + nb * sizeof(struct v3_stock);
	struct v3_lcore *l = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_ROUNDUP(size));

	if (l == NULL)
		return NULL;
	*l = (struct v3_lcore){.tree = t};
	for (i = 0; i < nb; i++)
		l->stocks[i] = (struct v3_stock){0};
	return l;
}

static void *
v3_create(const struct backend_tree *tree)
{
	uint32_t lcores = backend_nb_lcores(tree), i;
	struct v3 *s = calloc(1, sizeof(*s) + lcores * sizeof(s->lcores[0]));

	if (s == NULL || (s->tree = tree_create("stock-v3", tree)) == NULL) {
		free(s);
		return NULL;
	}
	s->nb_lcores = lcores;
	for (i = 0; i < lcores; i++) {
		s->lcores[i] = v3_lcore_create(s->tree);
		if (s->lcores[i] == NULL) {
			warnx("stock-v3: no memory for %u lcores", lcores);
			v3_destroy(s);
			return NULL;
		}
	}
	return s;
}

static void *
v3_join(void *self, uint32_t lcore)
{
	struct v3 *s = self;

	return s->lcores[lcore];
}

/* Drain by the owner, as the series does on each CPU when a cgroup is removed. */
static void
v3_leave(void *ctx)
{
	struct v3_lcore *l = ctx;
	uint32_t i;

	for (i = 0; i < l->tree->interior + l->tree->counters; i++) {
		if (l->stocks[i].units > 0)
			tree_uncharge(&l->tree->nodes[i], l->stocks[i].units);
		l->stocks[i].units = 0;
	}
}

static uint64_t
v3_counter(void *self, uint32_t i)
{
	const struct v3 *s = self;

	return s->tree->interior + i;
}

static uint64_t
v3_granted(void *self, uint64_t c)
{
	struct v3 *s = self;
	uint64_t granted = tree_usage(s->tree, c);
	uint32_t i;

	for (i = 0; i < s->nb_lcores; i++)
		granted -= s->lcores[i]->stocks[(uint32_t)c].units;
	return granted;
}

static uint64_t
v3_slow_paths(void *ctx)
{
	const struct v3_lcore *l = ctx;

	return l->slow;
}

const struct backend backend_stock_v3 = {
	.name = "stock-v3",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = v3_create,
	.destroy = v3_destroy,
	.join = v3_join,
	.leave = v3_leave,
	.counter = v3_counter,
	.charge = v3_charge,
	.uncharge = v3_uncharge,
	.granted = v3_granted,
	.slow_paths = v3_slow_paths,
	.loop = {BACKEND_LOOP_TABLE(v3)},
};
