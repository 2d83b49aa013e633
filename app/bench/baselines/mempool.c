/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#include "baselines/backend_loops.h"

/**
 * @file
 * A common way to implement a budget in DPDK: one mempool for each counter, with one object for
 * each unit. A charge gets an object from the cache of the lcore, an uncharge puts it back.
 *
 * Simplified in favor of the mempool: the measured loops keep the object in a register, as if every
 * packet had a field for it; adjacent packets of a burst that use the same pool are handled in
 * bulk; and there is no tree.
 */

/** Largest pool; a larger number of units is reduced to this. */
#define POOL_SIZE_MAX 2047u
/** The usual cache size of packet buffer pools. */
#define CACHE_SIZE_MAX 256u

struct pool {
	struct rte_mempool *mp;
	uint32_t size;
	uint32_t nb_held;
	/** The charged objects, for operations that are not inlined. */
	void *held[POOL_SIZE_MAX];
};

struct pools {
	uint32_t counters;
	struct pool pools[];
};

static inline struct rte_mempool *
pool_of(void *ctx, uint64_t c)
{
	struct pools *p = ctx;

	return p->pools[(uint32_t)c].mp;
}

static int
pool_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct pools *p = ctx;
	struct pool *pool = &p->pools[(uint32_t)c];

	if (n > pool->size - pool->nb_held ||
	    rte_mempool_get_bulk(pool->mp, &pool->held[pool->nb_held], (unsigned int)n) != 0)
		return -1;
	pool->nb_held += (uint32_t)n;
	return 0;
}

static int
pool_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct pools *p = ctx;
	struct pool *pool = &p->pools[(uint32_t)c];

	if (n > pool->nb_held)
		return -1;
	pool->nb_held -= (uint32_t)n;
	rte_mempool_put_bulk(pool->mp, &pool->held[pool->nb_held], (unsigned int)n);
	return 0;
}

static __rte_always_inline uint64_t
refused_object(struct rte_mempool *mp)
{
	void *object;

	if (unlikely(rte_mempool_get(mp, &object) != 0))
		return 1;
	rte_mempool_put(mp, object);
	return 0;
}

/* Several units are several objects, taken one by one. */
static uint64_t
pool_loop_units(struct pools *p, const struct backend_work *w)
{
	uint64_t i, refused = 0;

	for (i = 0; i < w->pairs; i++) {
		if (pool_charge(p, w->order[0], w->units) != 0 ||
		    pool_uncharge(p, w->order[0], w->units) != 0)
			refused++;
	}
	return refused;
}

static uint64_t
pool_loop_same(void *ctx, const struct backend_work *w)
{
	struct rte_mempool *mp = pool_of(ctx, w->order[0]);
	const uint64_t pairs = w->pairs;
	uint64_t i, refused = 0;

	if (w->units != 1)
		return pool_loop_units(ctx, w);
	for (i = 0; i < pairs; i++)
		refused += refused_object(mp);
	return refused;
}

static uint64_t
pool_loop_round_robin(void *ctx, const struct backend_work *w)
{
	const uint64_t *order = w->order, pairs = w->pairs, mask = w->nb_order - 1;
	uint64_t i, refused = 0;

	for (i = 0; i < pairs; i++)
		refused += refused_object(pool_of(ctx, order[i & mask]));
	return refused;
}

/* Number of equal counters at the start of the array. */
static __rte_always_inline uint32_t
length_of_run(const uint64_t *c, uint32_t nb)
{
	uint32_t i;

	for (i = 1; i < nb && c[i] == c[0]; i++)
		;
	return i;
}

/* Get objects one by one if the bulk request fails. @return number of objects that are missing */
static __rte_noinline uint32_t
get_what_there_is(struct rte_mempool *mp, void **object, uint32_t nb)
{
	uint32_t refused = 0, i;

	for (i = 0; i < nb; i++)
		refused += rte_mempool_get(mp, &object[i - refused]) != 0;
	return refused;
}

/* Adjacent packets of the same pool are handled in bulk. */
static uint64_t
pool_burst(void *ctx, const uint64_t *c)
{
	uint32_t run[BURST_SIZE], got[BURST_SIZE], nb_runs = 0, i, j;
	void *object[BURST_SIZE];
	uint64_t refused = 0;

	for (i = 0; i < BURST_SIZE; i += run[nb_runs++]) {
		uint32_t nb = length_of_run(&c[i], BURST_SIZE - i);
		struct rte_mempool *mp = pool_of(ctx, c[i]);

		run[nb_runs] = nb;
		got[nb_runs] = nb;
		if (unlikely(rte_mempool_get_bulk(mp, &object[i], nb) != 0))
			got[nb_runs] -= get_what_there_is(mp, &object[i], nb);
		refused += nb - got[nb_runs];
	}
	for (i = 0, j = 0; j < nb_runs; i += run[j++])
		rte_mempool_put_bulk(pool_of(ctx, c[i]), &object[i], got[j]);
	return refused;
}

static uint64_t
pool_loop_bursts(void *ctx, const struct backend_work *w)
{
	const uint64_t mask = w->nb_order - 1;
	uint64_t i, refused = 0;

	for (i = 0; i < w->pairs; i += BURST_SIZE)
		refused += pool_burst(ctx, &w->order[i & mask]);
	return refused;
}

static struct rte_mempool *
pool_make(uint32_t size)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "bench-pool-%u", serial++);
	return rte_mempool_create(name, size, sizeof(uint64_t), RTE_MIN(CACHE_SIZE_MAX, size / 2),
				  0, NULL, NULL, NULL, NULL, SOCKET_ID_ANY, 0);
}

static void
pool_destroy(void *self)
{
	struct pools *p = self;
	uint32_t i;

	for (i = 0; i < p->counters; i++)
		rte_mempool_free(p->pools[i].mp);
	free(p);
}

static void *
pool_create(const struct backend_tree *tree)
{
	struct pools *p = calloc(1, sizeof(*p) + tree->counters * sizeof(p->pools[0]));
	uint32_t i;

	if (p == NULL) {
		warn("mempool-cache");
		return NULL;
	}
	p->counters = tree->counters;
	for (i = 0; i < tree->counters; i++) {
		p->pools[i].size = (uint32_t)RTE_MIN(tree->max, (uint64_t)POOL_SIZE_MAX);
		p->pools[i].mp = pool_make(p->pools[i].size);
		if (p->pools[i].mp == NULL) {
			warnx("mempool-cache: pool %u: %s", i, rte_strerror(rte_errno));
			pool_destroy(p);
			return NULL;
		}
	}
	return p;
}

static uint64_t
pool_counter(void *self, uint32_t i)
{
	(void)self;
	return i;
}

static uint64_t
pool_granted(void *self, uint64_t c)
{
	return rte_mempool_in_use_count(pool_of(self, c));
}

const struct backend backend_mempool_cache = {
	.name = "mempool-cache",
	.flags = BACKEND_EXACT,
	/* Each pool has a cache for every possible lcore. */
	.counters_max = 32,
	.create = pool_create,
	.destroy = pool_destroy,
	.join = backend_join_shared,
	.leave = backend_leave_shared,
	.counter = pool_counter,
	.charge = pool_charge,
	.uncharge = pool_uncharge,
	.granted = pool_granted,
	.loop =
		{
			[BACKEND_SAME] = pool_loop_same,
			[BACKEND_ROUND_ROBIN] = pool_loop_round_robin,
			[BACKEND_BURSTS] = pool_loop_bursts,
		},
};
