/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Find counters by path, step through them, and read their names and state.
 */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>

#include "lcore/refused.h"
#include "shm/process.h"
#include "shm/tree_lock.h"
#include "tree/counter.h"
#include "tree/names.h"
#include "tree/path.h"
#include "view/inspect.h"

const char *
ration_domain_name(const struct ration_domain *d)
{
	return d->name;
}

ration_counter_t
ration_domain_root(const struct ration_domain *d)
{
	return ration_handle(d, 0);
}

/* Whether the counter at an index is a child of this name. The index may be out of range. */
static bool
is_child(const struct ration_domain *d, uint32_t index, uint32_t parent, const char *name,
	 size_t length)
{
	struct ration_lineage lineage;
	const char *stored;

	if (index >= d->max_counters || !ration_lineage_to(d, index, &lineage) ||
	    lineage.depth == 0 || lineage.index[lineage.depth - 1] != parent)
		return false;
	stored = ration_node_at(d, index)->name;
	return memcmp(stored, name, length) == 0 && stored[length] == '\0';
}

/* Find a child by its name without the hash table. The name of an offline counter is free. */
static uint32_t
search_child(const struct ration_domain *d, uint32_t parent, const char *name, size_t length)
{
	struct ration_lineage lineage;
	uint32_t index, flags;

	if (!ration_lineage_to(d, parent, &lineage))
		return RATION_INDEX_NONE;
	index = ration_first_child(d, &lineage);
	while (index < d->max_counters) {
		flags = ration_load(&ration_counter_at(d, index)->flags, relaxed);
		if (!(flags & RATION_COUNTER_OFFLINE) && is_child(d, index, parent, name, length))
			return index;
		if (!ration_lineage_to(d, index, &lineage))
			break;
		index = ration_next_sibling(d, &lineage);
	}
	return RATION_INDEX_NONE;
}

static uint32_t
find_child(const struct ration_domain *d, uint32_t parent, const char *name, size_t length)
{
	struct rte_hash *paths = ration_local(d)->paths;
	uint32_t index;

	if (paths == NULL)
		return search_child(d, parent, name, length);
	index = ration_paths_get(paths, parent, name, length);
	return is_child(d, index, parent, name, length) ? index : RATION_INDEX_NONE;
}

static uint32_t
find_path(const struct ration_domain *d, const char *path)
{
	uint32_t index = 0;
	size_t length;

	while (*path != '\0') {
		length = strcspn(path, "/");
		if (length == 0 || length >= RATION_COUNTER_NAMESIZE ||
		    (path[length] == '/' && path[length + 1] == '\0')) {
			rte_errno = EINVAL;
			return RATION_INDEX_NONE;
		}
		index = find_child(d, index, path, length);
		if (index == RATION_INDEX_NONE) {
			rte_errno = ENOENT;
			return index;
		}
		path += length + (path[length] == '/');
	}
	return index;
}

ration_counter_t
ration_counter_find(const struct ration_domain *d, const char *path)
{
	ration_counter_t c;
	uint32_t index, token;

	if (d == NULL || path == NULL) {
		rte_errno = EINVAL;
		return RATION_COUNTER_NONE;
	}
	do {
		token = ration_tree_read(d);
		c = RATION_COUNTER_NONE;
		index = find_path(d, path);
		if (index < d->max_counters)
			c = ration_handle(d, index);
	} while (ration_tree_retry(d, token));
	return c;
}

ration_counter_t
ration_counter_next(const struct ration_domain *d, ration_counter_t c)
{
	ration_counter_t next;
	uint32_t index, token;

	if (c == RATION_COUNTER_NONE)
		return ration_domain_root(d);
	do {
		token = ration_tree_read(d);
		next = RATION_COUNTER_NONE;
		index = RATION_INDEX_NONE;
		if (ration_resolve(d, c) != NULL)
			index = ration_next_index(d, (uint32_t)c);
		if (index < d->max_counters)
			next = ration_handle(d, index);
	} while (ration_tree_retry(d, token));
	return next;
}

int
ration_counter_path(const struct ration_domain *d, ration_counter_t handle, char *path, size_t size)
{
	struct ration_lineage lineage;
	struct counter *c;
	uint32_t token;
	int rc;

	if (path == NULL)
		return -ENAMETOOLONG;
	do {
		token = ration_tree_read(d);
		rc = ration_inspect(d, handle, &c, &lineage);
		if (rc == 0)
			rc = ration_path_write(d, lineage.index + 1, lineage.depth, path, size);
	} while (ration_tree_retry(d, token));
	return rc;
}

static void
fill_info(const struct ration_domain *d, const struct counter *c,
	  const struct ration_lineage *lineage, struct ration_counter_info *info)
{
	uint32_t index = lineage->index[lineage->depth];
	struct refusals refusals = ration_refused_sum(d, ration_handle(d, index));
	const struct node *n = ration_node_at(d, index);

	/* The bytes between the fields too, so that callers can compare two with memcmp(). */
	memset(info, 0, sizeof(*info));
	info->usage = ration_load(&c->usage, relaxed);
	info->max = ration_load(&c->max, relaxed);
	info->watermark = ration_load(&c->watermark, relaxed);
	info->failures = refusals.failures;
	info->refused = refusals.charges;
	info->forced = ration_load(&c->forced, relaxed);
	info->rejected = ration_load(&c->rejected, relaxed);
	info->min = ration_load(&n->min, relaxed);
	info->low = ration_load(&n->low, relaxed);
	info->batch = ration_load(&c->batch, relaxed);
	info->batch_max = ration_load(&c->batch_max, relaxed);
	info->flags =
		ration_load(&c->flags, relaxed) & (RATION_COUNTER_FLAGS | RATION_COUNTER_OFFLINE);
	info->depth = lineage->depth;
	info->nb_children = n->nb_children;
	info->parent = lineage->depth == 0 ? RATION_COUNTER_NONE
					   : ration_handle(d, lineage->index[lineage->depth - 1]);
	memcpy(info->name, n->name, sizeof(info->name));
	info->name[sizeof(info->name) - 1] = '\0';
}

int
ration_counter_get(const struct ration_domain *d, ration_counter_t handle,
		   struct ration_counter_info *info)
{
	struct ration_lineage lineage;
	struct counter *c;
	uint32_t token;
	int rc;

	if (info == NULL)
		return -EINVAL;
	do {
		token = ration_tree_read(d);
		rc = ration_inspect(d, handle, &c, &lineage);
		if (rc == 0)
			fill_info(d, c, &lineage, info);
	} while (ration_tree_retry(d, token));
	return rc;
}
