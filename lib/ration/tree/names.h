/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_NAMES_H_
#define RATION_TREE_NAMES_H_

/**
 * @file
 * Names of counters: a DPDK hash from {parent, name} to index, shared by all processes.
 */

#include <stddef.h>
#include <stdint.h>

struct ration_domain;
struct rte_hash;

struct rte_hash *ration_paths_create(const struct ration_domain *d);

/** Find the table that the primary process has made. */
struct rte_hash *ration_paths_find(const struct ration_domain *d);

void ration_paths_free(struct rte_hash *paths);

/** @return index, or RATION_INDEX_NONE */
uint32_t ration_paths_get(struct rte_hash *paths, uint32_t parent, const char *name, size_t length);

/** @return 0 or -ENOSPC */
int ration_paths_add(struct rte_hash *paths, uint32_t parent, const char *name, uint32_t index);

void ration_paths_remove(struct rte_hash *paths, uint32_t parent, const char *name);

#endif /* RATION_TREE_NAMES_H_ */
