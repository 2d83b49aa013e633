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
void ration_node_init(struct node *n, const char *name);

/** Add the counter at `index` as the last child of `parent`. */
void ration_link_child(struct ration_domain *d, uint32_t parent, uint32_t index);

/** Remove the counter at `index` from the children of `parent`. */
void ration_unlink_child(struct ration_domain *d, uint32_t parent, uint32_t index);

#endif /* RATION_TREE_LINKS_H_ */
