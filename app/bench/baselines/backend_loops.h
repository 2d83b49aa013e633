/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BACKEND_LOOPS_H_
#define BENCH_BACKEND_LOOPS_H_

/**
 * @file
 * Templates of the measured loops. They are inlined into each backend, together with the operations
 * that are passed to them, so that no function call is left. All other variables are copied to
 * locals first, because the compiler must read memory again after an atomic access.
 */

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "baselines/backend.h"

typedef int (*backend_op_t)(void *base, uint64_t c, uint64_t n);
typedef uint16_t (*backend_charge_burst_t)(void *base, const uint64_t *c, uint16_t nb,
					   uint8_t *granted);
typedef uint16_t (*backend_uncharge_burst_t)(void *base, const uint64_t *c, uint16_t nb);
typedef void (*backend_prefetch_t)(void *base, const uint64_t *c, uint16_t nb);

/** Charge, then uncharge if the charge was granted. @return number of refused operations */
static __rte_always_inline uint64_t
refused_pair(void *base, uint64_t c, uint64_t n, backend_op_t charge, backend_op_t uncharge)
{
	if (unlikely(charge(base, c, n) != 0))
		return 1;
	return unlikely(uncharge(base, c, n) != 0) ? 1 : 0;
}

static __rte_always_inline uint64_t
loop_same(void *base, const struct backend_work *w, backend_op_t charge, backend_op_t uncharge)
{
	const uint64_t c = w->order[0], n = w->units, pairs = w->pairs;
	uint64_t i, refused = 0;

	for (i = 0; i < pairs; i++)
		refused += refused_pair(base, c, n, charge, uncharge);
	return refused;
}

static __rte_always_inline uint64_t
loop_round_robin(void *base, const struct backend_work *w, backend_op_t charge,
		 backend_op_t uncharge)
{
	const uint64_t *order = w->order, n = w->units, mask = w->nb_order - 1;
	const uint64_t end = w->first + w->pairs;
	uint64_t i, refused = 0;

	for (i = w->first; i < end; i++)
		refused += refused_pair(base, order[i & mask], n, charge, uncharge);
	return refused;
}

/**
 * As pages of several groups: charge the counters of one pass until one charge is refused, then
 * uncharge the charged ones.
 */
static __rte_always_inline uint64_t
loop_passes(void *base, const struct backend_work *w, backend_op_t charge, backend_op_t uncharge)
{
	const uint64_t *order = w->order, n = w->units, mask = w->nb_order - 1, pass = w->pass;
	const uint64_t end = w->first + w->pairs;
	uint64_t i, k, charged, refused = 0;

	for (i = w->first; i < end; i += pass) {
		for (k = i; k < i + pass; k++) {
			if (unlikely(charge(base, order[k & mask], n) != 0))
				break;
		}
		charged = k;
		refused += i + pass - charged;
		for (k = i; k < charged; k++)
			refused += unlikely(uncharge(base, order[k & mask], n) != 0) ? 1 : 0;
	}
	return refused;
}

/**
 * Uncharge the granted part of a burst, as a burst. @return number of refused operations of the
 * whole burst
 */
static __rte_noinline uint64_t
uncharge_granted(void *base, const uint64_t *c, const uint8_t *granted,
		 backend_uncharge_burst_t uncharge)
{
	uint64_t back[BURST_SIZE];
	uint16_t i, nb = 0;

	for (i = 0; i < BURST_SIZE; i++) {
		if (granted[i])
			back[nb++] = c[i];
	}
	return nb == 0 ? BURST_SIZE : BURST_SIZE - uncharge(base, back, nb);
}

static __rte_always_inline uint64_t
loop_bursts(void *base, const struct backend_work *w, backend_charge_burst_t charge,
	    backend_uncharge_burst_t uncharge)
{
	const uint64_t *order = w->order, mask = w->nb_order - 1, end = w->first + w->pairs;
	uint8_t granted[BURST_SIZE];
	uint64_t i, refused = 0;

	for (i = w->first; i < end; i += BURST_SIZE) {
		const uint64_t *c = &order[i & mask];

		if (unlikely(charge(base, c, BURST_SIZE, granted) != BURST_SIZE))
			refused += uncharge_granted(base, c, granted, uncharge);
		else
			refused += BURST_SIZE - uncharge(base, c, BURST_SIZE);
		/* A real caller reads the results, so the compiler must not remove them. */
		asm volatile("" : : "m"(granted));
	}
	return refused;
}

/** As loop_bursts(), and prefetch the next burst meanwhile. */
static __rte_always_inline uint64_t
loop_bursts_ahead(void *base, const struct backend_work *w, backend_charge_burst_t charge,
		  backend_uncharge_burst_t uncharge, backend_prefetch_t prefetch)
{
	const uint64_t *order = w->order, mask = w->nb_order - 1, end = w->first + w->pairs;
	uint8_t granted[BURST_SIZE];
	uint64_t i, refused = 0;

	for (i = w->first; i < end; i += BURST_SIZE) {
		const uint64_t *c = &order[i & mask];

		prefetch(base, &order[(i + BURST_SIZE) & mask], BURST_SIZE);
		if (unlikely(charge(base, c, BURST_SIZE, granted) != BURST_SIZE))
			refused += uncharge_granted(base, c, granted, uncharge);
		else
			refused += BURST_SIZE - uncharge(base, c, BURST_SIZE);
		asm volatile("" : : "m"(granted));
	}
	return refused;
}

/** One operation on each of the counters in turn. */
static __rte_always_inline uint64_t
loop_one_way(void *base, const struct backend_work *w, backend_op_t op)
{
	const uint64_t *order = w->order, n = w->units, mask = w->nb_order - 1;
	const uint64_t end = w->first + w->pairs;
	uint64_t i, refused = 0;

	for (i = w->first; i < end; i++)
		refused += unlikely(op(base, order[i & mask], n) != 0) ? 1 : 0;
	return refused;
}

/** A burst made of single charges, for backends without a burst function. */
static __rte_always_inline uint16_t
burst_of_charges(void *base, const uint64_t *c, uint16_t nb, uint8_t *granted, backend_op_t charge)
{
	uint16_t i, ok = 0;

	for (i = 0; i < nb; i++) {
		granted[i] = charge(base, c[i], 1) == 0;
		ok += granted[i];
	}
	return ok;
}

/** A burst made of single uncharges. */
static __rte_always_inline uint16_t
burst_of_uncharges(void *base, const uint64_t *c, uint16_t nb, backend_op_t uncharge)
{
	uint16_t i, ok = 0;

	for (i = 0; i < nb; i++)
		ok += uncharge(base, c[i], 1) == 0;
	return ok;
}

/** Define the loops NAME_loop_*() with these inlined operations. */
#define BACKEND_LOOPS(name, charge, uncharge, charge_many, uncharge_many)                          \
	static inline uint16_t name##_charge_singles(void *ctx, const uint64_t *c, uint16_t nb,    \
						     uint8_t *granted)                             \
	{                                                                                          \
		return burst_of_charges(ctx, c, nb, granted, charge);                              \
	}                                                                                          \
	static inline uint16_t name##_uncharge_singles(void *ctx, const uint64_t *c, uint16_t nb)  \
	{                                                                                          \
		return burst_of_uncharges(ctx, c, nb, uncharge);                                   \
	}                                                                                          \
	static __rte_noinline int name##_charge_call(void *ctx, uint64_t c, uint64_t n)            \
	{                                                                                          \
		return charge(ctx, c, n);                                                          \
	}                                                                                          \
	static __rte_noinline int name##_uncharge_call(void *ctx, uint64_t c, uint64_t n)          \
	{                                                                                          \
		return uncharge(ctx, c, n);                                                        \
	}                                                                                          \
	static uint64_t name##_loop_same(void *ctx, const struct backend_work *w)                  \
	{                                                                                          \
		return loop_same(ctx, w, charge, uncharge);                                        \
	}                                                                                          \
	static uint64_t name##_loop_calls(void *ctx, const struct backend_work *w)                 \
	{                                                                                          \
		return loop_same(ctx, w, name##_charge_call, name##_uncharge_call);                \
	}                                                                                          \
	static uint64_t name##_loop_round_robin(void *ctx, const struct backend_work *w)           \
	{                                                                                          \
		return loop_round_robin(ctx, w, charge, uncharge);                                 \
	}                                                                                          \
	static uint64_t name##_loop_passes(void *ctx, const struct backend_work *w)                \
	{                                                                                          \
		return loop_passes(ctx, w, charge, uncharge);                                      \
	}                                                                                          \
	static uint64_t name##_loop_bursts(void *ctx, const struct backend_work *w)                \
	{                                                                                          \
		return loop_bursts(ctx, w, charge_many, uncharge_many);                            \
	}                                                                                          \
	static uint64_t name##_loop_singles(void *ctx, const struct backend_work *w)               \
	{                                                                                          \
		return loop_bursts(ctx, w, name##_charge_singles, name##_uncharge_singles);        \
	}                                                                                          \
	static uint64_t name##_loop_charges(void *ctx, const struct backend_work *w)               \
	{                                                                                          \
		return loop_one_way(ctx, w, charge);                                               \
	}                                                                                          \
	static uint64_t name##_loop_uncharges(void *ctx, const struct backend_work *w)             \
	{                                                                                          \
		return loop_one_way(ctx, w, uncharge);                                             \
	}

/** The same for backends without burst functions: a burst is made of single calls. */
#define BACKEND_SINGLE_LOOPS(name, charge, uncharge)                                               \
	BACKEND_LOOPS(name, charge, uncharge, name##_charge_singles, name##_uncharge_singles)

/** Define the loop with prefetch. */
#define BACKEND_LOOP_AHEAD(name, charge_many, uncharge_many, prefetch)                             \
	static uint64_t name##_loop_bursts_ahead(void *ctx, const struct backend_work *w)          \
	{                                                                                          \
		return loop_bursts_ahead(ctx, w, charge_many, uncharge_many, prefetch);            \
	}

/** Initializers of backend.loop. */
#define BACKEND_LOOP_TABLE(name)                                                                   \
	[BACKEND_SAME] = name##_loop_same, [BACKEND_CALLS] = name##_loop_calls,                    \
	[BACKEND_ROUND_ROBIN] = name##_loop_round_robin, [BACKEND_PASSES] = name##_loop_passes,    \
	[BACKEND_BURSTS] = name##_loop_bursts, [BACKEND_SINGLES] = name##_loop_singles,            \
	[BACKEND_CHARGES] = name##_loop_charges, [BACKEND_UNCHARGES] = name##_loop_uncharges

#endif /* BENCH_BACKEND_LOOPS_H_ */
