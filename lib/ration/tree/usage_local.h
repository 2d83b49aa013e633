/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_USAGE_LOCAL_H_
#define RATION_TREE_USAGE_LOCAL_H_

/**
 * @file
 * What of usage was charged to a counter itself. Taking from it is the bound of every return: the rest
 * of usage is its children's. Inline, because a drain of many counters consists of little else.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#include "shm/layout.h"

/**
 * Take n, or with `part` as much of it as there is, from what was charged to c itself. Nothing else
 * can be given back: the rest of usage is its children's. @return how much was taken
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
 * By hand, because rte_atomic128_cmp_exchange() is experimental in DPDK 22.11. RATION_NO_ASM: for a
 * test that replaces the macros of ration_compat.h, and for ThreadSanitizer, which sees no assembly.
 */
#if defined(RTE_ARCH_X86_64) && !defined(__SANITIZE_THREAD__) && !defined(RATION_NO_ASM)

/** Compare and exchange own and usage, which are neighbours, at once. */
static inline bool
ration_usage_cas_both(struct counter *c, uint64_t own, uint64_t usage, uint64_t taken)
{
	bool done;

	RTE_BUILD_BUG_ON(offsetof(struct counter, usage_local) !=
			 offsetof(struct counter, usage) + 8);
	asm volatile("lock cmpxchg16b %1"
		     : "=@ccz"(done), "+m"(c->usage), "+m"(c->usage_local), "+a"(usage), "+d"(own)
		     : "b"(usage - taken), "c"(own - taken)
		     : "memory");
	return done;
}

/** Take n, or as much of it as there is, from own and usage of c in one go. */
static inline uint64_t
ration_usage_take_both(struct counter *c, uint64_t n)
{
	uint64_t own, usage, taken;

	do {
		own = ration_load(&c->usage_local, relaxed);
		usage = ration_load(&c->usage, relaxed);
		taken = RTE_MIN(n, own);
	} while (!ration_usage_cas_both(c, own, usage, taken));
	return taken;
}

#else

static inline uint64_t
ration_usage_take_both(struct counter *c, uint64_t n)
{
	uint64_t taken = ration_usage_local_take(c, n, true);

	ration_fetch_sub(&c->usage, taken, seq_cst);
	return taken;
}

#endif

#endif /* RATION_TREE_USAGE_LOCAL_H_ */
