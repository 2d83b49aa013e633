/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BACKEND_H_
#define BENCH_BACKEND_H_

/**
 * @file
 * The one interface of everything that counts units: libration and what it is measured against.
 *
 * A measured operation must be inline in the loop around it, so an backend brings its loops
 * along. To keep anyone from having the better loop, all of them are made of the same shapes
 * (backend_loops.h).
 */

#include <stdbool.h>
#include <stdint.h>

/** Packets of a burst. */
#define BURST_SIZE 32

/** Units that those with a stock take ahead: the kernel's batch, and libration's default. */
#define BACKEND_BATCH 64u

/** With two levels below the root a walk is three counters long, as in the seeds. */
#define DEPTH_OF_THREE 2

/** A tree: `counters` leaves at `depth` levels below the root. */
struct backend_tree {
	uint32_t counters;
	uint32_t depth; /**< 1: the leaves are children of the root. */
	uint64_t max; /**< Limit of each leaf, in units. */
	uint64_t root_max; /**< Limit of the root, 0: none. */
	uint32_t lcores; /**< Lcores that can use it at once, 0: one. */
	bool no_stock; /**< Those that could have a stock shall have none. */
};

/** What a loop does: charge and uncharge again, `pairs` times. */
struct backend_work {
	const uint64_t *order; /**< Handles of counters, in order of use. */
	uint32_t nb_order; /**< A power of two, and a multiple of the burst for bursts. */
	uint64_t units; /**< Of each charge; bursts charge 1. */
	uint64_t pairs; /**< A multiple of the burst for bursts, of `pass` for passes. */
	uint64_t first; /**< Where in `order` to begin; a multiple of the burst for bursts. */
	uint64_t pass; /**< Counters of a pass. */
};

enum backend_pattern {
	BACKEND_SAME, /**< Always the counter order[0]. */
	BACKEND_CALLS, /**< The same, but each operation is a call. */
	BACKEND_ROUND_ROBIN, /**< order[0], order[1], ... each charged and uncharged in turn. */
	BACKEND_PASSES, /**< `pass` of them are charged, then the same uncharged. */
	BACKEND_BURSTS, /**< 32 from `order` are charged, then the same 32 uncharged. */
	BACKEND_BURSTS_AHEAD, /**< And those of the next burst are fetched before. */
	BACKEND_CHARGES, /**< Only charges, in turn: `pairs` of them. */
	BACKEND_UNCHARGES, /**< Only uncharges. */
	BACKEND_NB_PATTERNS
};

/** It has a tree: a charge counts at every level and is refused where one lacks room. */
#define BACKEND_TREE (1u << 0)
/** Several lcores may work on one tree at once. */
#define BACKEND_SHARED (1u << 1)
/** An uncharge gives back nothing but what the counter itself was charged. */
#define BACKEND_EXACT (1u << 2)

struct backend {
	const char *name;
	uint32_t flags; /**< BACKEND_* */
	uint32_t counters_max; /**< More would need too much memory. 0: no bound. */

	/** Make the tree. @return NULL after a message if it cannot be had. */
	void *(*create)(const struct backend_tree *tree);
	/** All lcores have left. */
	void (*destroy)(void *self);

	/** Lcore's own part, called by that lcore. @return NULL after a message */
	void *(*join)(void *self, uint32_t lcore);
	/** Called by the same lcore. */
	void (*leave)(void *ctx);

	/** Handle of leaf i. */
	uint64_t (*counter)(void *self, uint32_t i);

	/** One operation, out of line. @return 0, or not 0 if it is refused. */
	int (*charge)(void *ctx, uint64_t c, uint64_t n);
	int (*uncharge)(void *ctx, uint64_t c, uint64_t n);

	/** Units of a counter that are charged and not yet uncharged. */
	uint64_t (*granted)(void *self, uint64_t c);

	/** Operations of a ctx so far that did not hit the stock; NULL: it has none. */
	uint64_t (*slow_paths)(void *ctx);

	/** To be called once in a while by those who do nothing else; NULL: no need. */
	void (*poll)(void *ctx);

	/** The measured loops; NULL: it cannot do that. @return number of refused operations */
	uint64_t (*loop[BACKEND_NB_PATTERNS])(void *ctx, const struct backend_work *w);
};

extern const struct backend backend_limit;
extern const struct backend backend_atomic_tree;
extern const struct backend backend_cas_tree;
extern const struct backend backend_spinlock_tree;
extern const struct backend backend_slots_7_random;
extern const struct backend backend_slots_7_rr;
extern const struct backend backend_stock_v3;
extern const struct backend backend_stock_v4;
extern const struct backend backend_stock_fixed;
extern const struct backend backend_limit_counter;
extern const struct backend backend_mempool_cache;
extern const struct backend backend_meter;
extern const struct backend backend_ration;

struct ration_domain;

/** The domain of what backend_ration has created: for what only libration can do. */
struct ration_domain *backend_ration_domain(void *self);

/** For those whose lcores share everything: the ctx is the backend itself. */
static inline void *
backend_join_shared(void *self, uint32_t lcore)
{
	(void)lcore;
	return self;
}

static inline void
backend_leave_shared(void *ctx)
{
	(void)ctx;
}

static inline uint32_t
backend_nb_lcores(const struct backend_tree *tree)
{
	return tree->lcores > 0 ? tree->lcores : 1;
}

#endif /* BENCH_BACKEND_H_ */
