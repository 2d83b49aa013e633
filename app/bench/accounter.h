/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_ACCOUNTER_H_
#define BENCH_ACCOUNTER_H_

/**
 * @file
 * The one interface of everything that counts units: libration and what it is measured against.
 *
 * A measured operation must be inline in the loop around it, so an accounter brings its loops
 * along. To keep anyone from having the better loop, all of them are made of the same shapes
 * (accounter_loops.h).
 */

#include <stdint.h>

/** Packets of a burst. */
#define BURST_SIZE 32

/** A tree: `counters` leaves at `depth` levels below the root. */
struct accounter_tree {
	uint32_t counters;
	uint32_t depth; /**< 1: the leaves are children of the root. */
	uint64_t max; /**< Limit of each leaf, in units. */
	uint64_t root_max; /**< Limit of the root, 0: none. */
};

/** What a loop does: charge and uncharge again, `pairs` times. */
struct accounter_work {
	const uint64_t *order; /**< Handles of counters, in order of use. */
	uint32_t nb_order; /**< A power of two, and a multiple of the burst for bursts. */
	uint64_t units; /**< Of each charge; bursts charge 1. */
	uint64_t pairs; /**< A multiple of the burst for bursts. */
};

enum accounter_pattern {
	ACCOUNTER_SAME, /**< Always the counter order[0]. */
	ACCOUNTER_TURN, /**< order[0], order[1], ... each charged and uncharged in turn. */
	ACCOUNTER_BURSTS, /**< 32 from `order` are charged, then the same 32 uncharged. */
	ACCOUNTER_NB_PATTERNS
};

struct accounter {
	const char *name;

	/** Make the tree. @return NULL after a message if it cannot be had. */
	void *(*create)(const struct accounter_tree *tree);
	void (*destroy)(void *self);

	/** Handle of leaf i. */
	uint64_t (*counter)(void *self, uint32_t i);

	/** One operation, out of line. @return 0, or not 0 if it is refused. */
	int (*charge)(void *self, uint64_t c, uint64_t n);
	int (*uncharge)(void *self, uint64_t c, uint64_t n);

	/** Units of a counter that are charged and not yet uncharged. */
	uint64_t (*granted)(void *self, uint64_t c);

	/** Operations so far that did not hit the stock; NULL: it has none. */
	uint64_t (*slow_paths)(void *self);

	/** The measured loops. @return the number of refused operations. */
	uint64_t (*loop[ACCOUNTER_NB_PATTERNS])(void *self, const struct accounter_work *w);
};

extern const struct accounter accounter_limit;
extern const struct accounter accounter_atomic_tree;
extern const struct accounter accounter_ration;

#endif /* BENCH_ACCOUNTER_H_ */
