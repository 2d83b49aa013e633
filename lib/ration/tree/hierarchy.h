/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_HIERARCHY_H_
#define RATION_TREE_HIERARCHY_H_

/**
 * @file
 * Walks of the tree, see hierarchy.c. Callers are between ration_walk_begin() and
 * ration_walk_end().
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Smallest max - usage in units on the path from c to the root; 0 if a level is over its limit. */
uint64_t ration_hier_margin(const struct ration_domain *d, struct counter *c);

/** What a look at all levels has found. */
struct hier_room {
	uint64_t units; /**< Units for which all levels have room, at most n. */
	struct counter *lacks; /**< The lowest level that lacks room for n, or NULL. */
	struct counter *least; /**< The lowest of the levels with the least room, or NULL. */
};

/** Look for room for n units of c; read usage of each level once. */
struct hier_room ration_hier_look(const struct ration_domain *d, struct counter *c, uint64_t n);

/**
 * Charge n units to c and its ancestors, within their limits.
 *
 * @return 0, or -EDQUOT: nothing is charged, and *failed is a level that lacked room
 */
int ration_hier_charge(struct ration_domain *d, struct counter *c, uint64_t n,
		       struct counter **failed);

/**
 * Charge n units to c and its ancestors, and ignore their limits. *over tells whether one was
 * exceeded.
 *
 * @return 0, or -EOVERFLOW: usage would exceed RATION_UNLIMITED; nothing is charged
 */
int ration_hier_force(struct ration_domain *d, struct counter *c, uint64_t n, bool *over);

/**
 * Uncharge n units of c and its ancestors.
 *
 * @return 0, or -ERANGE: fewer units were charged to c itself; nothing is uncharged
 */
int ration_hier_uncharge(struct ration_domain *d, struct counter *c, uint64_t n);

#endif /* RATION_TREE_HIERARCHY_H_ */
