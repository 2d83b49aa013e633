/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_PATH_H_
#define RATION_TREE_PATH_H_

/**
 * @file
 * Paths of counters: their names from the root down, separated by '/'.
 */

#include <stddef.h>
#include <stdint.h>

#include "shm/layout.h"

/** Size of the longest path, including the terminating NUL. */
#define RATION_PATH_SIZE (RATION_DEPTH_MAX * RATION_COUNTER_NAMESIZE)

/**
 * Write the path of the last of `nb` counters, each the parent of the next, without the root.
 *
 * The caller is between ration_tree_read() and ration_tree_retry().
 *
 * @param index
 *   Their indices, which must be below max_counters.
 * @return length without the NUL, or -ENAMETOOLONG
 */
int ration_path_write(const struct ration_domain *d, const uint32_t *index, uint32_t nb, char *path,
		      size_t size);

/**
 * Write the path of a counter for a log message; "(root)" for the root, and the number of a handle
 * that is stale.
 *
 * @return path
 */
const char *ration_path_text(const struct ration_domain *d, ration_counter_t c,
			     char path[RATION_PATH_SIZE]);

#endif /* RATION_TREE_PATH_H_ */
