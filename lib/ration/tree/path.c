/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "shm/tree_lock.h"
#include "tree/counter.h"
#include "tree/path.h"

int
ration_path_write(const struct ration_domain *d, const uint32_t *index, uint32_t nb, char *path,
		  size_t size)
{
	size_t used = 0, length;
	const char *name;
	uint32_t i;

	if (size == 0)
		return -ENAMETOOLONG;
	path[0] = '\0';
	for (i = 0; i < nb; i++) {
		name = ration_node_at(d, index[i])->name;
		length = strnlen(name, RATION_COUNTER_NAMESIZE - 1);
		if (used + (i > 0) + length >= size)
			return -ENAMETOOLONG;
		if (i > 0)
			path[used++] = '/';
		memcpy(path + used, name, length);
		used += length;
		path[used] = '\0';
	}
	/* A name may have become shorter after strnlen(), if the tree changed. */
	return (int)strlen(path);
}

/* Copy the indices below the root on the path to a counter. @return their number */
static uint32_t
copy_indices(const struct ration_domain *d, uint32_t index, uint32_t *indices)
{
	const struct counter *c = ration_counter_at(d, index);
	uint32_t depth = c->depth, i;

	if (depth > RATION_DEPTH_MAX)
		return 0;
	for (i = 1; i <= depth; i++) {
		indices[i - 1] = i < depth ? c->ancestors[i] : index;
		if (indices[i - 1] >= d->max_counters)
			return 0;
	}
	return depth;
}

const char *
ration_path_text(const struct ration_domain *d, ration_counter_t c, char path[RATION_PATH_SIZE])
{
	uint32_t indices[RATION_DEPTH_MAX], index = (uint32_t)c, token;

	if (index == 0)
		return strcpy(path, "(root)");
	do {
		token = ration_tree_read(d);
		/* The entry of a counter that is gone has no name, or that of another counter. */
		if (ration_resolve(d, c) == NULL ||
		    ration_path_write(d, indices, copy_indices(d, index, indices), path,
				      RATION_PATH_SIZE) <= 0)
			snprintf(path, RATION_PATH_SIZE, "(stale handle 0x%016" PRIx64 ")", c);
	} while (ration_tree_retry(d, token));
	return path;
}
