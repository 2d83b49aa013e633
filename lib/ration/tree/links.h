/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_LINKS_H_
#define RATION_TREE_LINKS_H_

/**
 * @file
 * Who is whose child. Under the control lock and the tree lock.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Set up the node of a counter that has no relatives yet. */
void ration_node_init(struct node *n, const char *name);

void ration_link_child(struct ration_domain *d, uint32_t parent, uint32_t index);

void ration_unlink_child(struct ration_domain *d, uint32_t parent, uint32_t index);

#endif /* RATION_TREE_LINKS_H_ */
