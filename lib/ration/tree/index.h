/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_INDEX_H_
#define RATION_TREE_INDEX_H_

/**
 * @file
 * Allocation of counter indices. All functions need the control lock; the primary process may call
 * them without it before a domain is visible.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Poison all counters and nodes of a new domain, and the red zones after them. */
void ration_entries_poison(struct ration_domain *d);

/**
 * Allocate an index: one that was never used, or the one that was freed longest ago. So a stale
 * handle stays detectable as long as possible.
 *
 * @return the index, or RATION_INDEX_NONE if all are used
 */
uint32_t ration_take_index(struct ration_domain *d);

/** Free an index. */
void ration_return_index(struct ration_domain *d, uint32_t index);

/** Whether no index is free. */
bool ration_index_is_full(const struct ration_domain *d);

#endif /* RATION_TREE_INDEX_H_ */
