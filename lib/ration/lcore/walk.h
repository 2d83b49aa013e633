/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_WALK_H_
#define RATION_LCORE_WALK_H_

/**
 * @file
 * Marks of walks of the tree, so that a grace period can wait for the walks that are in flight.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Count the walks through the shared area: in the lower 32 bits those in flight, in the upper 32
 * bits all that ever started. So the value changes with every walk.
 */
static inline uint64_t
ration_shared_walks(const struct ration_domain *d)
{
	return ration_load(&d->inflight[0], seq_cst) + ration_load(&d->inflight[1], seq_cst);
}

/** Start a walk; a full fence. Pairs with ration_grace(). @return token for ration_walk_end() */
uint32_t ration_walk_begin(struct ration_lcore *lc);

/** End the walk with this token. */
void ration_walk_end(struct ration_lcore *lc, uint32_t token);

#endif /* RATION_LCORE_WALK_H_ */
