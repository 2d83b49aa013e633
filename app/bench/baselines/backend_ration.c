/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include <ration.h>

#include "baselines/backend_loops.h"

/**
 * @file
 * libration as a backend. It calls only functions that applications call.
 */

/** Batch of a busy lcore, where it may grow. */
#define GROWN_BATCH 1024

struct ration_tree {
	struct ration_domain *domain;
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

static inline void
prefetch(void *base, const uint64_t *c, uint16_t nb)
{
	ration_prefetch(base, c, nb);
}

BACKEND_LOOPS(ration, charge_one, uncharge_one, charge_burst, uncharge_burst)
BACKEND_LOOP_AHEAD(ration, charge_burst, uncharge_burst, prefetch)

/* Create a chain of depth - 1 counters below the root, and the leaves at its end. */
static int
grow_tree(struct ration_tree *t, const struct backend_tree *tree, uint32_t batch_max)
{
	const struct ration_counter_params leaf = {
		.max = tree->max,
		.batch = tree->no_stock ? RATION_BATCH_ZERO : BACKEND_BATCH,
		.batch_max = batch_max,
	};
	ration_counter_t parent = ration_domain_root(t->domain);
	char name[RATION_COUNTER_NAMESIZE];
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

	if (ration_domain_free(t->domain) < 0)
		warnx("ration: cannot free a domain of the benchmark");
	free(t->leaves);
	free(t);
}

static void *
create(const struct backend_tree *tree, uint32_t batch_max)
{
	const struct ration_domain_params params = {
		.max_counters = 1 + tree->depth + tree->counters,
		.max_members = backend_nb_lcores(tree),
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
	if (t->domain != NULL && grow_tree(t, tree, batch_max) == 0)
		return t;
	warnx("ration: domain of %u counters, %u deep: %s", tree->counters, tree->depth,
	      rte_strerror(rte_errno));
	ration_destroy(t);
	return NULL;
}

static void *
ration_create(const struct backend_tree *tree)
{
	return create(tree, 0);
}

static void *
growing_create(const struct backend_tree *tree)
{
	return create(tree, GROWN_BATCH);
}

static void *
ration_join(void *self, uint32_t lcore)
{
	struct ration_tree *t = self;
	struct ration_lcore *lc = ration_lcore_register(t->domain);

	if (lc == NULL)
		warnx("ration: lcore %u: %s", lcore, rte_strerror(rte_errno));
	return lc;
}

static void
ration_leave(void *ctx)
{
	ration_lcore_unregister(ctx);
}

struct ration_domain *
backend_ration_domain(void *self)
{
	struct ration_tree *t = self;

	return t->domain;
}

static uint64_t
ration_leaf(void *self, uint32_t i)
{
	struct ration_tree *t = self;

	return t->leaves[i];
}

static uint64_t
ration_granted(void *self, uint64_t c)
{
	struct ration_tree *t = self;
	struct ration_reading reading = {0};

	ration_read_sum(t->domain, c, &reading);
	return reading.granted;
}

static uint64_t
ration_slow_paths(void *ctx)
{
	struct ration_lcore_stats stats;

	ration_lcore_stats_get(ctx, &stats);
	return stats.refills + stats.trims + stats.refusals;
}

static void
ration_poll(void *ctx)
{
	ration_quiescent(ctx);
}

#define RATION_BACKEND(backend_name, backend_create)                                               \
	{                                                                                          \
		.name = backend_name, .flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,      \
		.create = backend_create, .destroy = ration_destroy, .join = ration_join,          \
		.leave = ration_leave, .counter = ration_leaf, .charge = charge_one,               \
		.uncharge = uncharge_one, .charge_burst = charge_burst,                            \
		.uncharge_burst = uncharge_burst, .granted = ration_granted,                       \
		.slow_paths = ration_slow_paths, .poll = ration_poll,                              \
		.loop = {BACKEND_LOOP_TABLE(ration), [BACKEND_BURSTS_AHEAD] =                      \
							     ration_loop_bursts_ahead},            \
	}

const struct backend backend_ration = RATION_BACKEND("ration", ration_create);
/* A batch that may grow, see ration_counter_params::batch_max. */
const struct backend backend_ration_growing = RATION_BACKEND("ration-growing", growing_create);
