/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_HIERARCHY_H_
#define RATION_TREE_HIERARCHY_H_

/**
 * @file
 * The walk up and down the tree. See hierarchy.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Smallest max - usage from c to the root; 0 if a level is over its limit. */
uint64_t ration_hier_margin(const struct ration_domain *d, struct counter *c);

/** Charge n to c and its ancestors. On -EDQUOT *failed is the lowest level without room. */
int ration_hier_charge(struct ration_domain *d, struct counter *c, uint64_t n,
		       struct counter **failed);

/** Charge n whatever the limits say. @return 0, or -EOVERFLOW. *over: a limit was passed. */
int ration_hier_force(struct ration_domain *d, struct counter *c, uint64_t n, bool *over);

/** Give n back to c and its ancestors. @return 0, or -ERANGE if less was charged to c itself. */
int ration_hier_uncharge(struct ration_domain *d, struct counter *c, uint64_t n);

#endif /* RATION_TREE_HIERARCHY_H_ */
