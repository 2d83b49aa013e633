/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_VIEW_INSPECT_H_
#define RATION_VIEW_INSPECT_H_

/**
 * @file
 * Room view: owns nothing. It reads what the rooms shm, tree and lcore keep.
 * It never writes shared memory, and never follows an index, link or offset that it has not checked.
 *
 * Shared memory may be damaged: by a stray write of any process that maps it, or by the death of one
 * half way. What is checked is a copy. The head of a domain does not change; it is checked when a
 * process attaches.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Index that stands for a link which leads nowhere. */
#define RATION_INDEX_DAMAGED (UINT32_MAX - 1)

/** Read a word once: what is checked is what is used. */
static inline uint32_t
ration_read_once(const uint32_t *word)
{
	return *(const volatile uint32_t *)word;
}

/** The way to a counter. */
struct ration_lineage {
	uint32_t depth;
	uint32_t index[RATION_DEPTH_MAX + 1]; /**< Root first; at `depth` the counter itself. */
};

/** Copy and check the way to a counter; its index is within bounds. @return whether it is sound */
bool ration_lineage_to(const struct ration_domain *d, uint32_t index, struct ration_lineage *way);

/** Whether a counter is `top` or stands below it, whatever it says of itself. */
bool ration_is_in_subtree(const struct ration_domain *d, uint32_t index,
			  const struct ration_lineage *top);

/** The first child, or the sibling after a child: an index, none or damaged. */
uint32_t ration_first_child(const struct ration_domain *d, const struct ration_lineage *parent);

uint32_t ration_next_sibling(const struct ration_domain *d, const struct ration_lineage *way);

/** The counter of a handle and the way to it. @return 0, -ESTALE, or -EPROTO if it is damaged */
int ration_inspect(const struct ration_domain *d, ration_counter_t handle, struct counter **c,
		   struct ration_lineage *way);

/** The counter after `index` in the order of the tree: an index, none or damaged. */
uint32_t ration_next_index(const struct ration_domain *d, uint32_t index);

#endif /* RATION_VIEW_INSPECT_H_ */
