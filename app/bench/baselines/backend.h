/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BACKEND_H_
#define BENCH_BACKEND_H_

/**
 * @file
 * The interface of all backends: libration, and the baselines that it is compared with.
 *
 * A measured operation must be inlined into the loop around it, so each backend has its own loops.
 * All of them are made from the same templates (backend_loops.h), so that no backend has a better
 * loop than another.
 */

#include <stdbool.h>
#include <stdint.h>

/** Packets of one burst. */
#define BURST_SIZE 32

/**
 * Batch of the backends that have a stock: the batch of the kernel, and the default of libration.
 */
#define BACKEND_BATCH 64u

/** With two levels below the root, a walk visits three counters, as in the kernel series. */
#define DEPTH_OF_THREE 2

/** Shape of a tree: `counters` leaves at `depth` levels below the root. */
struct backend_tree {
	uint32_t counters;
	uint32_t depth; /**< 1: the leaves are children of the root. */
	uint64_t max; /**< Limit of each leaf, in units. */
	uint64_t root_max; /**< Limit of the root; 0: none. */
	uint32_t lcores; /**< Number of lcores that use the tree at the same time; 0: one. */
	bool no_stock; /**< Do not use a stock, in backends that have one. */
	bool first_dry; /**< No tokens arrive for the first leaf, in backends that have tokens. */
};

/** Work of one call of a loop: `pairs` pairs of a charge and an uncharge. */
struct backend_work {
	const uint64_t *order; /**< Handles of counters, in the order of their use. */
	uint32_t nb_order; /**< A power of two, and a multiple of the burst size for bursts. */
	uint64_t units; /**< Units of each charge; bursts charge 1. */
	uint64_t pairs; /**< A multiple of the burst size for bursts, of `pass` for passes. */
	uint64_t first; /**< Index in `order`; a multiple of the burst size for bursts. */
	uint64_t pass; /**< Number of counters in one pass. */
};

enum backend_pattern {
	BACKEND_SAME, /**< Always the counter order[0]. */
	BACKEND_CALLS, /**< As BACKEND_SAME, but each operation is a function call. */
	BACKEND_ROUND_ROBIN, /**< order[0], order[1], ...: a pair of each counter in turn. */
	BACKEND_PASSES, /**< Charge `pass` counters, then uncharge the same counters. */
	BACKEND_BURSTS, /**< Charge a burst of 32 from `order`, then uncharge the same burst. */
	BACKEND_BURSTS_AHEAD, /**< As BACKEND_BURSTS, and prefetch the next burst. */
	BACKEND_SINGLES, /**< As BACKEND_BURSTS, but one by one, with single calls. */
	BACKEND_CHARGES, /**< Only charges, of the counters in turn: `pairs` of them. */
	BACKEND_UNCHARGES, /**< Only uncharges. */
	BACKEND_NB_PATTERNS
};

/**
 * The backend has a tree: a charge counts at every level and is refused if one level has no room.
 */
#define BACKEND_TREE (1u << 0)
/** Several lcores can use one tree at the same time. */
#define BACKEND_SHARED (1u << 1)
/** An uncharge returns only units that were charged to the same counter. */
#define BACKEND_EXACT (1u << 2)
/** Units cannot be returned: an uncharge does nothing, and time brings new ones. */
#define BACKEND_NO_RETURN (1u << 3)

struct backend {
	const char *name;
	uint32_t flags; /**< BACKEND_* bits. */
	uint32_t counters_max; /**< More need too much memory. 0: no limit. */

	/** Create the tree. @return NULL after a message on failure */
	void *(*create)(const struct backend_tree *tree);
	/** Destroy the tree. All lcores must have left it. */
	void (*destroy)(void *self);

	/** Create the context of an lcore. Called by that lcore. @return NULL after a message */
	void *(*join)(void *self, uint32_t lcore);
	/** Free the context. Called by the same lcore. */
	void (*leave)(void *ctx);

	/** Handle of leaf i. */
	uint64_t (*counter)(void *self, uint32_t i);

	/** One operation, not inlined. @return 0, or another value if it is refused */
	int (*charge)(void *ctx, uint64_t c, uint64_t n);
	int (*uncharge)(void *ctx, uint64_t c, uint64_t n);

	/**
	 * A burst, not inlined; NULL: the backend has only single operations.
	 *
	 * @return
	 *   Number of granted packets, or of uncharged ones
	 */
	uint16_t (*charge_burst)(void *ctx, const uint64_t *c, uint16_t nb, uint8_t *granted);
	uint16_t (*uncharge_burst)(void *ctx, const uint64_t *c, uint16_t nb);

	/** Units of a counter that are charged and not yet uncharged. */
	uint64_t (*granted)(void *self, uint64_t c);

	/**
	 * Number of operations of this lcore that missed the stock; NULL: the backend has no stock.
	 */
	uint64_t (*slow_paths)(void *ctx);

	/** An lcore that does nothing else must call this regularly; NULL: not needed. */
	void (*poll)(void *ctx);

	/** The measured loops; NULL: not supported. @return number of refused operations */
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
extern const struct backend backend_shared_meter;
extern const struct backend backend_ration;
extern const struct backend backend_ration_growing;

struct ration_domain;

/** Domain of a tree of backend_ration, for tests of functions that only libration has. */
struct ration_domain *backend_ration_domain(void *self);

/** For backends whose lcores share all data: the context of an lcore is the tree itself. */
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
