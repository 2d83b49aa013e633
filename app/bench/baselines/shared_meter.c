/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include <ration_compat.h>

#include "baselines/backend_loops.h"

/**
 * @file
 * A meter that several lcores share without a lock, after the idea of the meters of Open vSwitch's
 * userspace datapath: a token bucket in an atomic word, and the time of its last refill, in
 * milliseconds, in another one. The lcore that advances the time by compare and swap adds the
 * tokens that have arrived since. A packet takes its token by compare and swap. Packets of a burst
 * that belong to the same bucket take their tokens together.
 *
 * A bucket holds the limit of the leaf and is refilled within a millisecond, except the first one
 * if it is dry. There is no tree. Tokens cannot be returned, so an uncharge does nothing.
 *
 * The time is read once per burst, when the lcore polls, as in the original.
 */

/** Tokens of a bucket that has no limit. */
#define BUCKET_MAX (UINT64_C(1) << 40)
#define MS_PER_S 1000

struct bucket {
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) tokens;
	RATION_ATOMIC(uint64_t) time; /**< Of the last refill, in milliseconds. */
	uint64_t size;
	uint64_t rate; /**< Tokens per millisecond. */
};

/** The time as an lcore has read it last. */
struct bucket_lcore {
	alignas(2 * RTE_CACHE_LINE_SIZE) struct buckets *all;
	uint64_t time;
	uint64_t next; /**< The TSC at the next millisecond. */
};

struct buckets {
	uint64_t ticks_of_ms;
	struct bucket_lcore *lcores;
	alignas(2 * RTE_CACHE_LINE_SIZE) struct bucket bucket[];
};

static inline struct bucket *
bucket_of(struct bucket_lcore *l, uint64_t c)
{
	return &l->all->bucket[(uint32_t)c];
}

/* Only the lcore that advances the time adds tokens for it, so that they arrive once. */
static __rte_noinline void
bucket_refill(struct bucket *b, uint64_t time)
{
	uint64_t last = ration_load(&b->time, relaxed), tokens, sum;

	do {
		if (last >= time)
			return;
	} while (!ration_cas(&b->time, &last, time, relaxed));
	tokens = ration_load(&b->tokens, relaxed);
	do {
		sum = RTE_MIN(tokens + (time - last) * b->rate, b->size);
	} while (!ration_cas(&b->tokens, &tokens, sum, relaxed));
}

/* Take n tokens, or as many as there are if that is at least `least`. @return tokens taken */
static inline uint64_t
bucket_take(struct bucket *b, uint64_t time, uint64_t n, uint64_t least)
{
	uint64_t tokens, taken;

	if (unlikely(ration_load(&b->time, relaxed) < time))
		bucket_refill(b, time);
	tokens = ration_load(&b->tokens, relaxed);
	do {
		taken = RTE_MIN(tokens, n);
		if (unlikely(taken < least))
			return 0;
		/* The word orders nothing else. */
	} while (unlikely(!ration_cas(&b->tokens, &tokens, tokens - taken, relaxed)));
	return taken;
}

static inline int
shared_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct bucket_lcore *l = ctx;

	return bucket_take(bucket_of(l, c), l->time, n, n) == n ? 0 : -1;
}

static inline int
shared_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	(void)ctx;
	(void)c;
	(void)n;
	return 0;
}

/* Grant the packets of c[0], as many as there are tokens. Their bits in `open` are cleared. */
static inline uint16_t
grant_alike(struct bucket_lcore *l, const uint64_t *c, uint8_t *granted, uint32_t *open)
{
	uint32_t alike = 0, left;
	uint64_t taken, i;

	for (left = *open; left != 0; left &= left - 1) {
		i = (uint64_t)__builtin_ctz(left);
		alike |= (uint32_t)(c[i] == c[__builtin_ctz(*open)]) << i;
	}
	*open &= ~alike;
	taken = bucket_take(bucket_of(l, c[__builtin_ctz(alike)]), l->time,
			    (uint64_t)__builtin_popcount(alike), 1);
	for (i = 0; alike != 0; alike &= alike - 1, i++)
		granted[__builtin_ctz(alike)] = i < taken;
	return (uint16_t)taken;
}

static inline uint16_t
shared_charge_burst(void *ctx, const uint64_t *c, uint16_t nb, uint8_t *granted)
{
	uint32_t open = nb == BURST_SIZE ? UINT32_MAX : (UINT32_C(1) << nb) - 1;
	uint16_t sum = 0;

	while (open != 0)
		sum += grant_alike(ctx, c, granted, &open);
	return sum;
}

static inline uint16_t
shared_uncharge_burst(void *ctx, const uint64_t *c, uint16_t nb)
{
	(void)ctx;
	(void)c;
	return nb;
}

BACKEND_LOOPS(shared, shared_charge, shared_uncharge, shared_charge_burst, shared_uncharge_burst)

static void
shared_destroy(void *self)
{
	struct buckets *all = self;

	free(all->lcores);
	free(all);
}

static void
shared_poll(void *ctx)
{
	struct bucket_lcore *l = ctx;
	const uint64_t tsc = rte_rdtsc();

	if (likely(tsc < l->next))
		return;
	l->time = tsc / l->all->ticks_of_ms;
	l->next = (l->time + 1) * l->all->ticks_of_ms;
}

static void
fill_buckets(struct buckets *all, const struct backend_tree *tree)
{
	const uint64_t size = RTE_MIN(tree->max, BUCKET_MAX);
	uint32_t i;

	for (i = 0; i < tree->counters; i++)
		all->bucket[i] = (struct bucket){
			.tokens = size,
			.time = rte_rdtsc() / all->ticks_of_ms,
			.size = size,
			.rate = i == 0 && tree->first_dry ? 0 : size,
		};
}

static void *
shared_create(const struct backend_tree *tree)
{
	struct buckets *all = aligned_alloc(alignof(struct buckets),
					    sizeof(*all) + tree->counters * sizeof(all->bucket[0]));
	const uint32_t lcores = backend_nb_lcores(tree);
	uint32_t i;

	if (all == NULL) {
		warn("shared-meter: %u buckets", tree->counters);
		return NULL;
	}
	all->lcores = aligned_alloc(alignof(struct bucket_lcore), lcores * sizeof(all->lcores[0]));
	if (all->lcores == NULL) {
		warn("shared-meter: %u lcores", lcores);
		free(all);
		return NULL;
	}
	all->ticks_of_ms = rte_get_tsc_hz() / MS_PER_S;
	fill_buckets(all, tree);
	for (i = 0; i < lcores; i++)
		all->lcores[i] = (struct bucket_lcore){.all = all};
	return all;
}

static void *
shared_join(void *self, uint32_t lcore)
{
	struct buckets *all = self;

	shared_poll(&all->lcores[lcore]);
	return &all->lcores[lcore];
}

static uint64_t
shared_counter(void *self, uint32_t i)
{
	(void)self;
	return i;
}

/* Tokens that are missing. */
static uint64_t
shared_granted(void *self, uint64_t c)
{
	const struct buckets *all = self;
	const struct bucket *b = &all->bucket[(uint32_t)c];

	return b->size - ration_load(&b->tokens, relaxed);
}

const struct backend backend_shared_meter = {
	.name = "shared-meter",
	.flags = BACKEND_SHARED | BACKEND_NO_RETURN,
	.create = shared_create,
	.destroy = shared_destroy,
	.join = shared_join,
	.leave = backend_leave_shared,
	.counter = shared_counter,
	.charge = shared_charge,
	.uncharge = shared_uncharge,
	.charge_burst = shared_charge_burst,
	.uncharge_burst = shared_uncharge_burst,
	.granted = shared_granted,
	.poll = shared_poll,
	.loop = {BACKEND_LOOP_TABLE(shared)},
};
