/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>

#include "accounter_loops.h"
#include "baseline_tree.h"

/**
 * @file
 * The stock of the kernel series in its third version: one for each counter and CPU, two words
 * large. A charge is taken from it or else charges a batch to the tree and leaves the rest in
 * stock; an uncharge always walks the tree, since the second version.
 *
 * In its favour: the local lock, its second word, is never held by anyone here and not taken.
 */

struct v3_stock {
	uint64_t units;
	uint64_t lock;
};

struct v3_lane {
	struct tree *tree;
	uint64_t slow;
	alignas(RTE_CACHE_LINE_SIZE) struct v3_stock stocks[];
};

struct v3 {
	struct tree *tree;
	uint32_t nb_lanes;
	struct v3_lane *lanes[];
};

static __rte_noinline int
v3_refill(struct v3_lane *l, uint64_t c, uint64_t n)
{
	uint64_t ahead = n < ACCOUNTER_BATCH ? ACCOUNTER_BATCH - n : 0, charged;

	l->slow++;
	charged = tree_charge_ahead(tree_node_of(l->tree, c), n, ahead);
	if (charged > n)
		l->stocks[(uint32_t)c].units += charged - n;
	return charged > 0 || n == 0 ? 0 : -1;
}

static inline int
v3_charge(void *lane, uint64_t c, uint64_t n)
{
	struct v3_lane *l = lane;
	struct v3_stock *s = &l->stocks[(uint32_t)c];

	if (unlikely(s->units < n))
		return v3_refill(l, c, n);
	s->units -= n;
	return 0;
}

static inline int
v3_uncharge(void *lane, uint64_t c, uint64_t n)
{
	struct v3_lane *l = lane;

	l->slow++;
	tree_uncharge(tree_node_of(l->tree, c), n);
	return 0;
}

ACCOUNTER_SINGLE_LOOPS(v3, v3_charge, v3_uncharge)

static void
v3_destroy(void *self)
{
	struct v3 *s = self;
	uint32_t i;

	for (i = 0; i < s->nb_lanes; i++)
		free(s->lanes[i]);
	free(s->tree);
	free(s);
}

static struct v3_lane *
v3_lane_create(struct tree *t)
{
	uint32_t nb = t->interior + t->counters, i;
	size_t size = sizeof(struct v3_lane) + nb * sizeof(struct v3_stock);
	struct v3_lane *l = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_ROUNDUP(size));

	if (l == NULL)
		return NULL;
	*l = (struct v3_lane){.tree = t};
	for (i = 0; i < nb; i++)
		l->stocks[i] = (struct v3_stock){0};
	return l;
}

static void *
v3_create(const struct accounter_tree *tree)
{
	uint32_t lanes = accounter_lanes(tree), i;
	struct v3 *s = calloc(1, sizeof(*s) + lanes * sizeof(s->lanes[0]));

	if (s == NULL || (s->tree = tree_create("stock-v3", tree)) == NULL) {
		free(s);
		return NULL;
	}
	s->nb_lanes = lanes;
	for (i = 0; i < lanes; i++) {
		s->lanes[i] = v3_lane_create(s->tree);
		if (s->lanes[i] == NULL) {
			warnx("stock-v3: no memory for %u lanes", lanes);
			v3_destroy(s);
			return NULL;
		}
	}
	return s;
}

static void *
v3_join(void *self, uint32_t lane)
{
	struct v3 *s = self;

	return s->lanes[lane];
}

/* Drain as the owner: what the series runs on each CPU when a cgroup dies. */
static void
v3_leave(void *lane)
{
	struct v3_lane *l = lane;
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

	for (i = 0; i < s->nb_lanes; i++)
		granted -= s->lanes[i]->stocks[(uint32_t)c].units;
	return granted;
}

static uint64_t
v3_slow_paths(void *lane)
{
	const struct v3_lane *l = lane;

	return l->slow;
}

const struct accounter accounter_stock_v3 = {
	.name = "stock-v3",
	.flags = ACCOUNTER_TREE | ACCOUNTER_SHARED | ACCOUNTER_EXACT,
	.create = v3_create,
	.destroy = v3_destroy,
	.join = v3_join,
	.leave = v3_leave,
	.counter = v3_counter,
	.charge = v3_charge,
	.uncharge = v3_uncharge,
	.granted = v3_granted,
	.slow_paths = v3_slow_paths,
	.loop = {ACCOUNTER_LOOP_TABLE(v3)},
};
