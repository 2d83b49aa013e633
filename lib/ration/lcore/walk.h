/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_WALK_H_
#define RATION_LCORE_WALK_H_

/**
 * @file
 * Walks of the tree, announced: a grace period waits for those that were under way.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Walks without slot so far: it changes whenever there is one. */
static inline uint64_t
ration_shared_walks(const struct ration_domain *d)
{
	return ration_load(&d->inflight[0], seq_cst) + ration_load(&d->inflight[1], seq_cst);
}

/** Say that the caller walks the tree; a full fence. Pairs with ration_grace(). @return a token */
uint32_t ration_walk_begin(struct ration_lcore *lc);

/** Say that the walk of this token is over. */
void ration_walk_end(struct ration_lcore *lc, uint32_t token);

#endif /* RATION_LCORE_WALK_H_ */
