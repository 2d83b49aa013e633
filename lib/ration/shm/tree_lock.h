/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_TREE_LOCK_H_
#define RATION_SHM_TREE_LOCK_H_

/**
 * @file
 * The lock of links, names and the table of names. The primary process takes a lock of its own;
 * other processes have no part in it, because they may be killed: they read twice, as in a seqlock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Change links and names of the tree: begin and end. Primary process only. */
void ration_tree_lock(struct ration_domain *d);

void ration_tree_unlock(struct ration_domain *d);

/** Read links and names: begin. @return a token for ration_tree_retry() */
uint32_t ration_tree_read(const struct ration_domain *d);

/** End. @return whether the tree has changed meanwhile, so that it must be read again */
bool ration_tree_retry(const struct ration_domain *d, uint32_t token);

#endif /* RATION_SHM_TREE_LOCK_H_ */
