/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_INDEX_H_
#define RATION_TREE_INDEX_H_

/**
 * @file
 * Indices of counters: used ones, free ones, and how they become each other. Under the control lock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Have nobody touch the places of counters in a domain without counters, nor what is between. */
void ration_entries_poison(struct ration_domain *d);

/** The index that has been free longest, so that stale handles are found out. Or none. */
uint32_t ration_take_index(struct ration_domain *d);

void ration_return_index(struct ration_domain *d, uint32_t index);

/** Whether no index is free. */
bool ration_index_is_full(const struct ration_domain *d);

#endif /* RATION_TREE_INDEX_H_ */
