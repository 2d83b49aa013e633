/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_spinlock.h>

#include "baselines/backend_loops.h"

/**
 * @file
 * The limit counter of Paul McKenney's book on parallel programming, in its variant for
 * applications. It is flat. Each thread has its own count, which may move between 0 and its share
 * of the units that are left. The share is bounded. A lock protects the sums that a thread uses if
 * its share does not suffice. A thread starts in the middle of its share, which is as wide as a
 * stock entry of libration: two batches.
 *
 * It has no tree, so it does less than the other backends. It refuses charges while other threads
 * reserve units that they do not use.
 */

#define SHARE_MAX (UINT64_C(2) * BACKEND_BATCH)

struct limit_sums {
	alignas(2 * RTE_CACHE_LINE_SIZE) rte_spinlock_t lock;
	uint64_t max;
	uint64_t count; /**< Granted units that are in no thread's own count. */
	uint64_t reserve; /**< Sum of the shares of all threads. */
};

struct limit_own {
	uint64_t count;
	uint64_t share;
};

struct limit_lcore {
	struct limit_counter *all;
	uint64_t slow;
	alignas(RTE_CACHE_LINE_SIZE) struct limit_own own[];
};

struct limit_counter {
	uint32_t counters;
	uint32_t nb_lcores;
	struct limit_sums *sums;
	struct limit_lcore *lcores[];
};

/* Return the own count and share to the sums. */
static void
globalize(struct limit_sums *s, struct limit_own *own)
{
	s->count += own->count;
	s->reserve -= own->share;
	*own = (struct limit_own){0};
}

/* Take a new share of the units that are left, and start in its middle. */
static void
balance(struct limit_sums *s, struct limit_own *own, uint32_t lcores)
{
	own->share = RTE_MIN((s->max - s->count - s->reserve) / lcores, SHARE_MAX);
	s->reserve += own->share;
	own->count = RTE_MIN(own->share / 2, s->count);
	s->count -= own->count;
}

static __rte_noinline int
flat_add(struct limit_lcore *l, uint64_t c, uint64_t n)
{
	struct limit_sums *s = &l->all->sums[(uint32_t)c];
	struct limit_own *own = &l->own[(uint32_t)c];
	int rc = -1;

	rte_spinlock_lock(&s->lock);
	globalize(s, own);
	if (n <= s->max - s->count - s->reserve) {
		s->count += n;
		balance(s, own, l->all->nb_lcores);
		rc = 0;
	}
	rte_spinlock_unlock(&s->lock);
	l->slow++;
	return rc;
}

static __rte_noinline int
flat_sub(struct limit_lcore *l, uint64_t c, uint64_t n)
{
	struct limit_sums *s = &l->all->sums[(uint32_t)c];
	struct limit_own *own = &l->own[(uint32_t)c];
	int rc = -1;

	rte_spinlock_lock(&s->lock);
	globalize(s, own);
	if (n <= s->count) {
		s->count -= n;
		balance(s, own, l->all->nb_lcores);
		rc = 0;
	}
	rte_spinlock_unlock(&s->lock);
	l->slow++;
	return rc;
}

static inline int
flat_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct limit_lcore *l = ctx;
	struct limit_own *own = &l->own[(uint32_t)c];

	if (unlikely(own->share - own->count < n))
		return flat_add(l, c, n);
	own->count += n;
	return 0;
}

static inline int
flat_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct limit_lcore *l = ctx;
	struct limit_own *own = &l->own[(uint32_t)c];

	if (unlikely(own->count < n))
		return flat_sub(l, c, n);
	own->count -= n;
	return 0;
}

BACKEND_SINGLE_LOOPS(flat, flat_charge, flat_uncharge)

static void
flat_destroy(void *self)
{
	struct limit_counter *all = self;
	uint32_t i;

	for (i = 0; i < all->nb_lcores; i++)
		free(all->lcores[i]);
	free(all->sums);
	free(all);
}

static struct limit_lcore *
flat_lcore_create(struct limit_counter *all)
{
	size_t size = sizeof(struct limit_lcore) + all->counters * sizeof(struct limit_own);
	struct limit_lcore *l = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_ROUNDUP(size));
	uint32_t i;

	if (l == NULL)
		return NULL;
	*l = (struct limit_lcore){.all = all};
	for (i = 0; i < all->counters; i++)
		l->own[i] = (struct limit_own){0};
	return l;
}

static struct limit_sums *
flat_sums_create(const struct backend_tree *tree)
{
	struct limit_sums *sums =
		aligned_alloc(alignof(struct limit_sums), tree->counters * sizeof(*sums));
	uint32_t i;

	for (i = 0; sums != NULL && i < tree->counters; i++)
		sums[i] = (struct limit_sums){.lock = RTE_SPINLOCK_INITIALIZER, .max = tree->max};
	return sums;
}

static void *
flat_create(const struct backend_tree *tree)
{
	uint32_t lcores = backend_nb_lcores(tree), i;
	struct limit_counter *all = calloc(1, sizeof(*all) + lcores * sizeof(all->lcores[0]));
	bool complete;

	if (all == NULL)
		return NULL;
	all->counters = tree->counters;
	all->nb_lcores = lcores;
	all->sums = flat_sums_create(tree);
	complete = all->sums != NULL;
	for (i = 0; i < lcores; i++) {
		all->lcores[i] = flat_lcore_create(all);
		complete = complete && all->lcores[i] != NULL;
	}
	if (complete)
		return all;
	warnx("limit-counter: no memory for %u counters", tree->counters);
	flat_destroy(all);
	return NULL;
}

static void *
flat_join(void *self, uint32_t lcore)
{
	struct limit_counter *all = self;

	return all->lcores[lcore];
}

static void
flat_leave(void *ctx)
{
	struct limit_lcore *l = ctx;
	uint32_t i;

	for (i = 0; i < l->all->counters; i++) {
		rte_spinlock_lock(&l->all->sums[i].lock);
		globalize(&l->all->sums[i], &l->own[i]);
		rte_spinlock_unlock(&l->all->sums[i].lock);
	}
}

static uint64_t
flat_counter(void *self, uint32_t i)
{
	(void)self;
	return i;
}

static uint64_t
flat_granted(void *self, uint64_t c)
{
	const struct limit_counter *all = self;
	uint64_t granted = all->sums[(uint32_t)c].count;
	uint32_t i;

	for (i = 0; i < all->nb_lcores; i++)
		granted += all->lcores[i]->own[(uint32_t)c].count;
	return granted;
}

static uint64_t
flat_slow_paths(void *ctx)
{
	const struct limit_lcore *l = ctx;

	return l->slow;
}

const struct backend backend_limit_counter = {
	.name = "limit-counter",
	.flags = BACKEND_SHARED | BACKEND_EXACT,
	.create = flat_create,
	.destroy = flat_destroy,
	.join = flat_join,
	.leave = flat_leave,
	.counter = flat_counter,
	.charge = flat_charge,
	.uncharge = flat_uncharge,
	.granted = flat_granted,
	.slow_paths = flat_slow_paths,
	.loop = {BACKEND_LOOP_TABLE(flat)},
};
