/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_VIEW_INSPECT_H_
#define RATION_VIEW_INSPECT_H_

/**
 * @file
 * Room view: it has no state, and reads the state of the rooms shm, tree and lcore. It never writes
 * shared memory, and never uses an index, link or offset before it has checked it.
 *
 * Shared memory may be corrupted: by a stray write of a process that maps it, or by the death of a
 * process in the middle of a change. It may also change at any time. So a reader copies a word,
 * checks the copy and uses the copy. The head of a domain does not change; it is checked when a
 * process attaches.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Result for a corrupted link. It is not a valid index. */
#define RATION_INDEX_DAMAGED (UINT32_MAX - 1)

/** Read a word exactly once, so that the checked value is the used value. */
static inline uint32_t
ration_read_once(const uint32_t *word)
{
	return *(const volatile uint32_t *)word;
}

/** Path from the root to a counter. */
struct ration_lineage {
	uint32_t depth;
	uint32_t index[RATION_DEPTH_MAX + 1]; /**< Root first; at `depth` the counter itself. */
};

/** Copy and check the path to a counter. `index` must be below max_counters. @return validity */
bool ration_lineage_to(const struct ration_domain *d, uint32_t index,
		       struct ration_lineage *lineage);

/** Whether a counter is at the end of the path `top`, or below it. The counter may be corrupted. */
bool ration_is_in_subtree(const struct ration_domain *d, uint32_t index,
			  const struct ration_lineage *top);

/** Read the link to the first child. @return index, RATION_INDEX_NONE or RATION_INDEX_DAMAGED */
uint32_t ration_first_child(const struct ration_domain *d, const struct ration_lineage *parent);

/** Read the link to the next sibling. @return index, RATION_INDEX_NONE or RATION_INDEX_DAMAGED */
uint32_t ration_next_sibling(const struct ration_domain *d, const struct ration_lineage *lineage);

/** Find the counter of a handle and its path. @return 0, -ESTALE, or -EPROTO: it is corrupted */
int ration_inspect(const struct ration_domain *d, ration_counter_t handle, struct counter **c,
		   struct ration_lineage *lineage);

/**
 * The counter after `index` in depth-first order, parents first.
 *
 * @return its index, RATION_INDEX_NONE or RATION_INDEX_DAMAGED
 */
uint32_t ration_next_index(const struct ration_domain *d, uint32_t index);

#endif /* RATION_VIEW_INSPECT_H_ */
