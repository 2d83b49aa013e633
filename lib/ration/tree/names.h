/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_NAMES_H_
#define RATION_TREE_NAMES_H_

/**
 * @file
 * Names of counters: an rte_hash table from {parent, name} to index, shared by all processes. The
 * primary process changes it under the tree lock.
 */

#include <stddef.h>
#include <stdint.h>

struct ration_domain;
struct rte_hash;

/** Create the table of a domain. Primary process only. @return NULL on failure */
struct rte_hash *ration_paths_create(const struct ration_domain *d);

/** Find the table that the primary process created. @return NULL if there is none */
struct rte_hash *ration_paths_find(const struct ration_domain *d);

/** Free a table; NULL is allowed. Primary process only. */
void ration_paths_free(struct rte_hash *paths);

/**
 * Look up a child by its name of `length` bytes. The caller must check the result, because the
 * table may be corrupted.
 *
 * @return index of the child, or RATION_INDEX_NONE
 */
uint32_t ration_paths_get(struct rte_hash *paths, uint32_t parent, const char *name, size_t length);

/** Add a child. Primary process only. @return 0, or a negative errno of rte_hash */
int ration_paths_add(struct rte_hash *paths, uint32_t parent, const char *name, uint32_t index);

/** Remove a child. Primary process only. */
void ration_paths_remove(struct rte_hash *paths, uint32_t parent, const char *name);

#endif /* RATION_TREE_NAMES_H_ */
