/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_UPWARD_H_
#define RATION_UPWARD_H_

/**
 * @file
 * Giving units back to a counter, and to its ancestors later: a drain of many counters touches each
 * parent once. Inline, because that drain consists of little else.
 */

#include "ration_pvt.h"

/** Give back all that is noted at `depth` and below it, the lowest level first. */
void ration_upward_settle(struct ration_domain *d, struct upward *u, uint32_t depth);

/** Give back all that is noted. */
void ration_upward_finish(struct ration_domain *d, struct upward *u);

/**
 * Take n, or with `part` as much of it as there is, from what was charged to c itself. Nothing else
 * can be given back: the rest of usage is its children's. @return how much was taken
 */
static inline uint64_t
ration_take_own(struct counter *c, uint64_t n, bool part)
{
	uint64_t old = ration_load(&c->own, relaxed);
	uint64_t taken;

	do {
		taken = RTE_MIN(n, old);
		if (unlikely(taken < n && !part))
			return 0;
	} while (!ration_cas(&c->own, &old, old - taken, seq_cst));
	return taken;
}

#if defined(RTE_ARCH_X86_64) && !defined(__SANITIZE_THREAD__) && !defined(RATION_EXPLORE)

/** Compare and exchange own and usage, which are neighbours, at once. */
static inline bool
ration_cas_own_and_usage(struct counter *c, uint64_t own, uint64_t usage, uint64_t taken)
{
	bool done;

	RTE_BUILD_BUG_ON(offsetof(struct counter, own) != offsetof(struct counter, usage) + 8);
	asm volatile("lock cmpxchg16b %1"
		     : "=@ccz"(done), "+m"(c->usage), "+m"(c->own), "+a"(usage), "+d"(own)
		     : "b"(usage - taken), "c"(own - taken)
		     : "memory");
	return done;
}

/** Take n, or as much of it as there is, from own and usage of c in one go. */
static inline uint64_t
ration_take_own_and_usage(struct counter *c, uint64_t n)
{
	uint64_t own, usage, taken;

	do {
		own = ration_load(&c->own, relaxed);
		usage = ration_load(&c->usage, relaxed);
		taken = RTE_MIN(n, own);
	} while (!ration_cas_own_and_usage(c, own, usage, taken));
	return taken;
}

#else

static inline uint64_t
ration_take_own_and_usage(struct counter *c, uint64_t n)
{
	uint64_t taken = ration_take_own(c, n, true);

	ration_fetch_sub(&c->usage, taken, seq_cst);
	return taken;
}

#endif

/** From now on what is noted at `depth` is for `parent`. */
static inline void
ration_upward_turn(struct ration_domain *d, struct upward *u, uint32_t parent, uint32_t depth)
{
	if (unlikely(u->units[depth] != 0 && ration_load(&u->at[depth], relaxed) != parent + 1))
		ration_upward_settle(d, u, depth);
	/* Release: the one before is settled, and named above, by then. */
	ration_store(&u->at[depth], parent + 1, release);
}

/**
 * Give n back to c now, to its ancestors by the next ration_upward_finish().
 * @return what of it was charged
 */
static inline uint64_t
ration_upward_uncharge(struct ration_domain *d, struct upward *u, struct counter *c, uint64_t n)
{
	uint64_t taken = ration_take_own_and_usage(c, n);

	if (taken == 0 || c->parent == RATION_INDEX_NONE)
		return taken;
	ration_upward_turn(d, u, c->parent, c->parent_depth);
	u->units[c->parent_depth] += taken;
	return taken;
}

#endif /* RATION_UPWARD_H_ */
