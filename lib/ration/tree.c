/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Looking at the tree: find, step through, read names and figures.
 */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>

#include "path.h"
#include "ration_pvt.h"

static uint32_t
find_path(const struct ration_domain *d, const char *path)
{
	struct rte_hash *paths = ration_local(d)->paths;
	uint32_t index = 0;
	size_t length;

	while (*path != '\0') {
		length = strcspn(path, "/");
		if (length == 0 || length >= RATION_NAMESIZE ||
		    (path[length] == '/' && path[length + 1] == '\0')) {
			rte_errno = EINVAL;
			return RATION_INDEX_NONE;
		}
		index = ration_paths_get(paths, index, path, length);
		if (index >= d->max_counters) {
			rte_errno = ENOENT;
			return RATION_INDEX_NONE;
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

/* The counter after `index` in the order of the tree. */
static uint32_t
next_index(const struct ration_domain *d, uint32_t index)
{
	const struct node *n = ration_node_at(d, index);

	if (n->first_child != RATION_INDEX_NONE)
		return n->first_child;
	while (n->next == RATION_INDEX_NONE) {
		index = ration_parent_index(ration_counter_at(d, index));
		if (index == RATION_INDEX_NONE)
			return RATION_INDEX_NONE;
		n = ration_node_at(d, index);
	}
	return n->next;
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
			index = next_index(d, (uint32_t)c);
		if (index < d->max_counters)
			next = ration_handle(d, index);
	} while (ration_tree_retry(d, token));
	return next;
}

/* The tree lock is held. */
static int
write_path(const struct ration_domain *d, struct counter *c, char *path, size_t size)
{
	size_t used = 0, length;
	const char *name;
	uint32_t i;

	if (size == 0)
		return -ENAMETOOLONG;
	path[0] = '\0';
	for (i = 1; i <= c->depth; i++) {
		name = ration_node_at(d, ration_index_of(d, ration_level(d, c, i)))->name;
		length = strlen(name) + (i > 1);
		if (used + length >= size)
			return -ENAMETOOLONG;
		snprintf(path + used, size - used, "%s%s", i > 1 ? "/" : "", name);
		used += length;
	}
	return (int)used;
}

int
ration_counter_path(const struct ration_domain *d, ration_counter_t handle, char *path, size_t size)
{
	struct counter *c;
	uint32_t token;
	int rc;

	if (path == NULL)
		return -ENAMETOOLONG;
	do {
		token = ration_tree_read(d);
		c = ration_resolve(d, handle);
		rc = c != NULL ? write_path(d, c, path, size) : -ESTALE;
	} while (ration_tree_retry(d, token));
	return rc;
}

static void
fill_info(const struct ration_domain *d, struct counter *c, struct ration_counter_info *info)
{
	uint32_t index = ration_index_of(d, c), parent = ration_parent_index(c);

	info->usage = ration_load(&c->usage, relaxed);
	info->max = ration_load(&c->max, relaxed);
	info->watermark = ration_load(&c->watermark, relaxed);
	info->failures = ration_load(&c->failures, relaxed);
	info->forced = ration_load(&c->forced, relaxed);
	info->rejected = ration_load(&c->rejected, relaxed);
	info->batch = ration_load(&c->batch, relaxed);
	info->flags =
		ration_load(&c->flags, relaxed) & (RATION_COUNTER_FLAGS | RATION_COUNTER_DESTROYED);
	info->depth = c->depth;
	info->nb_children = ration_node_at(d, index)->nb_children;
	info->parent = parent == RATION_INDEX_NONE ? RATION_COUNTER_NONE : ration_handle(d, parent);
	memcpy(info->name, ration_node_at(d, index)->name, sizeof(info->name));
}

int
ration_counter_get(const struct ration_domain *d, ration_counter_t handle,
		   struct ration_counter_info *info)
{
	struct counter *c;
	uint32_t token;

	if (info == NULL)
		return -EINVAL;
	do {
		token = ration_tree_read(d);
		c = ration_resolve(d, handle);
		if (c != NULL)
			fill_info(d, c, info);
	} while (ration_tree_retry(d, token));
	return c != NULL ? 0 : -ESTALE;
}

int
ration_counter_reset_watermark(struct ration_domain *d, ration_counter_t handle)
{
	struct counter *c = ration_resolve(d, handle);

	if (c == NULL)
		return -ESTALE;
	ration_store(&c->watermark, ration_load(&c->usage, relaxed), relaxed);
	return 0;
}
