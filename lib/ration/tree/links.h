/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_LINKS_H_
#define RATION_TREE_LINKS_H_

/**
 * @file
 * Links between parents and children. Callers hold the control lock and the tree lock.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Initialize the node of a counter that has no parent and no children yet. */
void ration_node_init(struct node *n, const char *name, uint64_t min, uint64_t low);

/** Add the counter at `index` as the last child of `parent`. */
void ration_link_child(struct ration_domain *d, uint32_t parent, uint32_t index);

/** Remove the counter at `index` from the children of `parent`. */
void ration_unlink_child(struct ration_domain *d, uint32_t parent, uint32_t index);

/**
 * Step through a counter and all counters below it, children first: the first of them, and the one
 * after `index`. The caller may release `index` after it has read the next one. Only the control
 * lock is needed.
 *
 * @return the index, or RATION_INDEX_NONE after `top` itself
 */
uint32_t ration_subtree_first(const struct ration_domain *d, uint32_t top);
uint32_t ration_subtree_next(const struct ration_domain *d, uint32_t index, uint32_t top);

#endif /* RATION_TREE_LINKS_H_ */
