/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>

#include "baselines/backend_loops.h"
#include "baselines/stock_v4.h"
#include "baselines/tree.h"

/**
 * @file
 * The stock of version 4 of the kernel series: one atomic word for each counter and CPU. A charge
 * takes units from it by compare and exchange, or else charges a batch to the tree and adds the
 * remaining units. An uncharge always walks the tree. Any CPU can drain the stock by exchanging it
 * with 0.
 */

struct v4_lcore {
	struct tree *tree;
	uint64_t slow;
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) stocks[];
};

struct v4 {
	struct tree *tree;
	uint32_t nb_lcores;
	struct v4_lcore *lcores[];
};

static __rte_noinline int
v4_refill(struct v4_lcore *l, uint64_t c, uint64_t n)
{
	uint64_t ahead = n < BACKEND_BATCH ? BACKEND_BATCH - n : 0, charged;

	l->slow++;
	charged = tree_charge_ahead(tree_node_of(l->tree, c), n, ahead);
	if (charged > n)
		ration_fetch_add(&l->stocks[(uint32_t)c], (uint32_t)(charged - n), seq_cst);
	return charged > 0 || n == 0 ? 0 : -1;
}

static inline int
v4_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct v4_lcore *l = ctx;
	RATION_ATOMIC(uint32_t) *stock = &l->stocks[(uint32_t)c];
	uint32_t old = ration_load(stock, relaxed);

	while (likely(old >= n)) {
		/* A drain may exchange it at the same time. Then check again. */
		if (likely(ration_cas(stock, &old, old - (uint32_t)n, seq_cst)))
			return 0;
	}
	return v4_refill(l, c, n);
}

static inline int
v4_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct v4_lcore *l = ctx;

	l->slow++;
	tree_uncharge(tree_node_of(l->tree, c), n);
	return 0;
}

BACKEND_SINGLE_LOOPS(v4, v4_charge, v4_uncharge)

/* Take the stock of a counter back from one lcore. */
static uint64_t
v4_take_back(struct v4_lcore *l, uint64_t c)
{
	uint64_t units = ration_exchange(&l->stocks[(uint32_t)c], 0, seq_cst);

	if (units > 0)
		tree_uncharge(tree_node_of(l->tree, c), units);
	return units;
}

uint64_t
stock_v4_drain(void *self, uint64_t c)
{
	struct v4 *s = self;
	uint64_t units = 0;
	uint32_t i;

	for (i = 0; i < s->nb_lcores; i++)
		units += v4_take_back(s->lcores[i], c);
	return units;
}

static void
v4_destroy(void *self)
{
	struct v4 *s = self;
	uint32_t i;

	for (i = 0; i < s->nb_lcores; i++)
		free(s->lcores[i]);
	free(s->tree);
	free(s);
}

static struct v4_lcore *
v4_lcore_create(struct tree *t)
{
	uint32_t nb = t->interior + t->counters, i;
	size_t size = sizeof(struct v4_lcore) + nb * sizeof(uint32_t);
	struct v4_lcore *l = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_ROUNDUP(size));

	if (l == NULL)
		return NULL;
	l->tree = t;
	l->slow = 0;
	for (i = 0; i < nb; i++)
		ration_store(&l->stocks[i], 0, relaxed);
	return l;
}

static void *
v4_create(const struct backend_tree *tree)
{
	uint32_t lcores = backend_nb_lcores(tree), i;
	struct v4 *s = calloc(1, sizeof(*s) + lcores * sizeof(s->lcores[0]));

	if (s == NULL || (s->tree = tree_create("stock-v4", tree)) == NULL) {
		free(s);
		return NULL;
	}
	s->nb_lcores = lcores;
	for (i = 0; i < lcores; i++) {
		s->lcores[i] = v4_lcore_create(s->tree);
		if (s->lcores[i] == NULL) {
			warnx("stock-v4: no memory for %u lcores", lcores);
			v4_destroy(s);
			return NULL;
		}
	}
	return s;
}

static void *
v4_join(void *self, uint32_t lcore)
{
	struct v4 *s = self;

	return s->lcores[lcore];
}

static void
v4_leave(void *ctx)
{
	struct v4_lcore *l = ctx;
	uint32_t i;

	for (i = 0; i < l->tree->interior + l->tree->counters; i++)
		v4_take_back(l, i);
}

static uint64_t
v4_counter(void *self, uint32_t i)
{
	const struct v4 *s = self;

	return s->tree->interior + i;
}

static uint64_t
v4_granted(void *self, uint64_t c)
{
	struct v4 *s = self;
	uint64_t granted = tree_usage(s->tree, c);
	uint32_t i;

	for (i = 0; i < s->nb_lcores; i++)
		granted -= ration_load(&s->lcores[i]->stocks[(uint32_t)c], relaxed);
	return granted;
}

static uint64_t
v4_slow_paths(void *ctx)
{
	const struct v4_lcore *l = ctx;

	return l->slow;
}

const struct backend backend_stock_v4 = {
	.name = "stock-v4",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = v4_create,
	.destroy = v4_destroy,
	.join = v4_join,
	.leave = v4_leave,
	.counter = v4_counter,
	.charge = v4_charge,
	.uncharge = v4_uncharge,
	.granted = v4_granted,
	.slow_paths = v4_slow_paths,
	.loop = {BACKEND_LOOP_TABLE(v4)},
};
