/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_TREE_LOCK_H_
#define RATION_SHM_TREE_LOCK_H_

/**
 * @file
 * The lock of links, names and the hash table of paths. See tree_lock.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Start to change links or names. Primary process only. */
void ration_tree_lock(struct ration_domain *d);

/** End the change. */
void ration_tree_unlock(struct ration_domain *d);

/** Start to read links or names. Any process. @return a token for ration_tree_retry() */
uint32_t ration_tree_read(const struct ration_domain *d);

/** End the read. @return true if the tree has changed since, so the caller must read it again */
bool ration_tree_retry(const struct ration_domain *d, uint32_t token);

#endif /* RATION_SHM_TREE_LOCK_H_ */
