/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_USAGE_LOCAL_H_
#define RATION_TREE_USAGE_LOCAL_H_

/**
 * @file
 * usage_local: units of usage that were charged to the counter itself, not to one below it.
 *
 * Every uncharge takes its units from usage_local first, because the rest of usage belongs to the
 * children. So an uncharge of too many units fails before any other word is changed.
 *
 * The 16-byte exchange. A drain reduces usage and usage_local of each counter. usage must not
 * become less than usage_local in between, so two separate atomic operations must reduce
 * usage_local first. On x86-64 one compare-and-swap of 16 bytes reduces both: the two words are
 * neighbors, and the pair is aligned to 16 bytes. One locked instruction costs half of two. The two
 * loads before it need not belong to one instant, because the exchange fails if either word has
 * changed. Other architectures use two operations.
 *
 * Inline, because a large drain consists of little else.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "shm/layout.h"

/**
 * Subtract n units from usage_local of c. The caller subtracts them from usage afterwards.
 *
 * @param c
 *   The counter.
 * @param n
 *   Number of units.
 * @param part
 *   If usage_local is less than n: true to take all of it, false to take nothing.
 * @return
 *   Number of units that were subtracted.
 */
static inline uint64_t
ration_usage_local_take(struct counter *c, uint64_t n, bool part)
{
	uint64_t old = ration_load(&c->usage_local, relaxed);
	uint64_t taken;

	do {
		taken = RTE_MIN(n, old);
		if (unlikely(taken < n && !part))
			return 0;
	} while (!ration_cas(&c->usage_local, &old, old - taken, seq_cst));
	return taken;
}

/*
 * In assembly, because rte_atomic128_cmp_exchange() is experimental in DPDK 22.11. Not with
 * ThreadSanitizer, which does not see assembly. A test that replaces the macros of ration_compat.h
 * defines RATION_NO_ASM.
 */
#if defined(RTE_ARCH_X86_64) && !defined(__SANITIZE_THREAD__) && !defined(RATION_NO_ASM)

/** Subtract `taken` units from both words, if they still have the given values. @return success */
static inline bool
ration_usage_cas_both(struct counter *c, uint64_t local, uint64_t usage, uint64_t taken)
{
	bool done;

	RTE_BUILD_BUG_ON(offsetof(struct counter, usage_local) !=
			 offsetof(struct counter, usage) + 8);
	asm volatile("lock cmpxchg16b %1"
		     : "=@ccz"(done), "+m"(c->usage), "+m"(c->usage_local), "+a"(usage), "+d"(local)
		     : "b"(usage - taken), "c"(local - taken)
		     : "memory");
	return done;
}

/**
 * Subtract n units, or usage_local if that is less, from usage_local and usage of c. The caller
 * subtracts them from the usage of the ancestors. @return number of units that were subtracted
 */
static inline uint64_t
ration_usage_take_both(struct counter *c, uint64_t n)
{
	uint64_t local, usage, taken;

	do {
		local = ration_load(&c->usage_local, relaxed);
		usage = ration_load(&c->usage, relaxed);
		taken = RTE_MIN(n, local);
	} while (!ration_usage_cas_both(c, local, usage, taken));
	return taken;
}

#else

/** See above; with two operations. */
static inline uint64_t
ration_usage_take_both(struct counter *c, uint64_t n)
{
	uint64_t taken = ration_usage_local_take(c, n, true);

	ration_fetch_sub(&c->usage, taken, seq_cst);
	return taken;
}

#endif

#endif /* RATION_TREE_USAGE_LOCAL_H_ */
