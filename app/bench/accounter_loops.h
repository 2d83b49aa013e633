/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_ACCOUNTER_LOOPS_H_
#define BENCH_ACCOUNTER_LOOPS_H_

/**
 * @file
 * The shapes of the measured loops. They are inlined into each accounter together with the
 * operations that are passed, so no call is left. Everything that is not the operation itself
 * is read into locals first: atomic accesses make the compiler read memory again.
 */

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "accounter.h"

typedef int (*accounter_op_t)(void *base, uint64_t c, uint64_t n);
typedef uint16_t (*accounter_charge_burst_t)(void *base, const uint64_t *c, uint16_t nb,
					     uint8_t *granted);
typedef uint16_t (*accounter_uncharge_burst_t)(void *base, const uint64_t *c, uint16_t nb);

/** Charge, and uncharge what was granted. @return operations that were refused */
static __rte_always_inline uint64_t
refused_pair(void *base, uint64_t c, uint64_t n, accounter_op_t charge, accounter_op_t uncharge)
{
	if (unlikely(charge(base, c, n) != 0))
		return 1;
	return unlikely(uncharge(base, c, n) != 0) ? 1 : 0;
}

static __rte_always_inline uint64_t
loop_same(void *base, const struct accounter_work *w, accounter_op_t charge,
	  accounter_op_t uncharge)
{
	const uint64_t c = w->order[0], n = w->units, pairs = w->pairs;
	uint64_t i, refused = 0;

	for (i = 0; i < pairs; i++)
		refused += refused_pair(base, c, n, charge, uncharge);
	return refused;
}

static __rte_always_inline uint64_t
loop_turn(void *base, const struct accounter_work *w, accounter_op_t charge,
	  accounter_op_t uncharge)
{
	const uint64_t *order = w->order, n = w->units, pairs = w->pairs, mask = w->nb_order - 1;
	uint64_t i, refused = 0;

	for (i = 0; i < pairs; i++)
		refused += refused_pair(base, order[i & mask], n, charge, uncharge);
	return refused;
}

/** Uncharge those of a burst that were granted. @return operations that were refused, all in all */
static __rte_noinline uint64_t
uncharge_granted(void *base, const uint64_t *c, const uint8_t *granted,
		 accounter_uncharge_burst_t uncharge)
{
	uint64_t refused = 0;
	uint16_t i;

	for (i = 0; i < BURST_SIZE; i++)
		refused += granted[i] ? uncharge(base, &c[i], 1) != 1 : 1;
	return refused;
}

static __rte_always_inline uint64_t
loop_bursts(void *base, const struct accounter_work *w, accounter_charge_burst_t charge,
	    accounter_uncharge_burst_t uncharge)
{
	const uint64_t *order = w->order, pairs = w->pairs, mask = w->nb_order - 1;
	uint8_t granted[BURST_SIZE];
	uint64_t i, refused = 0;

	for (i = 0; i < pairs; i += BURST_SIZE) {
		const uint64_t *c = &order[i & mask];

		if (unlikely(charge(base, c, BURST_SIZE, granted) != BURST_SIZE))
			refused += uncharge_granted(base, c, granted, uncharge);
		else
			refused += BURST_SIZE - uncharge(base, c, BURST_SIZE);
		/* A caller looks at the answers: the compiler must think that somebody does. */
		asm volatile("" : : "m"(granted));
	}
	return refused;
}

/** A burst of single charges, for those that know no better. */
static __rte_always_inline uint16_t
burst_of_charges(void *base, const uint64_t *c, uint16_t nb, uint8_t *granted,
		 accounter_op_t charge)
{
	uint16_t i, ok = 0;

	for (i = 0; i < nb; i++) {
		granted[i] = charge(base, c[i], 1) == 0;
		ok += granted[i];
	}
	return ok;
}

/** A burst of single uncharges. */
static __rte_always_inline uint16_t
burst_of_uncharges(void *base, const uint64_t *c, uint16_t nb, accounter_op_t uncharge)
{
	uint16_t i, ok = 0;

	for (i = 0; i < nb; i++)
		ok += uncharge(base, c[i], 1) == 0;
	return ok;
}

#endif /* BENCH_ACCOUNTER_LOOPS_H_ */
