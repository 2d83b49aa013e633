/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include <ration.h>

#include "accounter_loops.h"

/**
 * @file
 * libration as an accounter: what applications call, nothing else.
 */

struct ration_tree {
	struct ration_domain *domain;
	struct ration_lcore *lc;
	ration_counter_t *leaves;
};

static inline int
charge_one(void *base, uint64_t c, uint64_t n)
{
	return ration_try_charge(base, c, n);
}

static inline int
uncharge_one(void *base, uint64_t c, uint64_t n)
{
	return ration_uncharge(base, c, n);
}

static inline uint16_t
charge_burst(void *base, const uint64_t *c, uint16_t nb, uint8_t *granted)
{
	return ration_try_charge_burst(base, c, NULL, nb, granted);
}

static inline uint16_t
uncharge_burst(void *base, const uint64_t *c, uint16_t nb)
{
	return ration_uncharge_burst(base, c, NULL, nb);
}

static uint64_t
ration_loop_same(void *self, const struct accounter_work *w)
{
	struct ration_tree *t = self;

	return loop_same(t->lc, w, charge_one, uncharge_one);
}

static uint64_t
ration_loop_turn(void *self, const struct accounter_work *w)
{
	struct ration_tree *t = self;

	return loop_turn(t->lc, w, charge_one, uncharge_one);
}

static uint64_t
ration_loop_bursts(void *self, const struct accounter_work *w)
{
	struct ration_tree *t = self;

	return loop_bursts(t->lc, w, charge_burst, uncharge_burst);
}

/* Below the root a chain of depth - 1 counters, the leaves at its end. */
static int
grow_tree(struct ration_tree *t, const struct accounter_tree *tree)
{
	const struct ration_counter_params leaf = {.max = tree->max, .batch = RATION_BATCH_UNSET};
	ration_counter_t parent = ration_domain_root(t->domain);
	char name[RATION_NAMESIZE];
	uint32_t i;

	for (i = 1; i < tree->depth; i++) {
		parent = ration_counter_create(t->domain, parent, "level", NULL);
		if (parent == RATION_COUNTER_NONE)
			return -1;
	}
	for (i = 0; i < tree->counters; i++) {
		snprintf(name, sizeof(name), "leaf%u", i);
		t->leaves[i] = ration_counter_create(t->domain, parent, name, &leaf);
		if (t->leaves[i] == RATION_COUNTER_NONE)
			return -1;
	}
	return 0;
}

static void
ration_destroy(void *self)
{
	struct ration_tree *t = self;

	if (t->lc != NULL)
		ration_lcore_leave(t->lc);
	if (ration_domain_free(t->domain) < 0)
		warnx("ration: a benchmark domain stays in memory");
	free(t->leaves);
	free(t);
}

static void *
ration_create(const struct accounter_tree *tree)
{
	const struct ration_domain_params params = {
		.max_counters = 1 + tree->depth + tree->counters,
		.max_lcores = 1,
		.socket_id = SOCKET_ID_ANY,
		.max = tree->root_max,
	};
	struct ration_tree *t = calloc(1, sizeof(*t));
	static unsigned int serial;
	char name[RATION_DOMAIN_NAMESIZE];

	if (t == NULL || (t->leaves = calloc(tree->counters, sizeof(*t->leaves))) == NULL) {
		warn("ration: %u counters", tree->counters);
		free(t);
		return NULL;
	}
	snprintf(name, sizeof(name), "bench-%u", serial++);
	t->domain = ration_domain_create(name, &params);
	if (t->domain != NULL && grow_tree(t, tree) == 0)
		t->lc = ration_lcore_online(t->domain);
	if (t->lc == NULL) {
		warnx("ration: domain of %u counters, %u deep: %s", tree->counters, tree->depth,
		      rte_strerror(rte_errno));
		ration_destroy(t);
		return NULL;
	}
	return t;
}

static uint64_t
ration_leaf(void *self, uint32_t i)
{
	struct ration_tree *t = self;

	return t->leaves[i];
}

static int
ration_charge_out_of_line(void *self, uint64_t c, uint64_t n)
{
	struct ration_tree *t = self;

	return ration_try_charge(t->lc, c, n);
}

static int
ration_uncharge_out_of_line(void *self, uint64_t c, uint64_t n)
{
	struct ration_tree *t = self;

	return ration_uncharge(t->lc, c, n);
}

static uint64_t
ration_granted(void *self, uint64_t c)
{
	struct ration_tree *t = self;
	struct ration_reading reading = {0};

	ration_read_exact(t->domain, c, &reading);
	return reading.granted;
}

static uint64_t
ration_slow_paths(void *self)
{
	struct ration_tree *t = self;
	struct ration_lcore_stats stats;

	ration_lcore_stats_get(t->lc, &stats);
	return stats.refills + stats.trims + stats.refusals;
}

const struct accounter accounter_ration = {
	.name = "ration",
	.create = ration_create,
	.destroy = ration_destroy,
	.counter = ration_leaf,
	.charge = ration_charge_out_of_line,
	.uncharge = ration_uncharge_out_of_line,
	.granted = ration_granted,
	.slow_paths = ration_slow_paths,
	.loop =
		{
			[ACCOUNTER_SAME] = ration_loop_same,
			[ACCOUNTER_TURN] = ration_loop_turn,
			[ACCOUNTER_BURSTS] = ration_loop_bursts,
		},
};
