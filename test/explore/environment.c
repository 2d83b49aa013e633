/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Names of counters and lives of threads, in the place of path.c and liveness.c. */

#include <string.h>

#include <rte_common.h>

#include "explore.h"
#include "explore_fakes.h"
#include "liveness.h"
#include "path.h"
#include "ration_pvt.h"

#define NAMES 16

struct rte_hash {
	struct {
		uint32_t parent, index;
		char name[RATION_NAMESIZE];
	} entry[NAMES];
};

struct rte_hash *
ration_paths_create(const struct ration_domain *d)
{
	RTE_SET_USED(d);
	return explore_alloc(sizeof(struct rte_hash));
}

struct rte_hash *
ration_paths_find(const struct ration_domain *d)
{
	RTE_SET_USED(d);
	return NULL;
}

void
ration_paths_free(struct rte_hash *paths)
{
	RTE_SET_USED(paths);
}

static uint32_t
find(const struct rte_hash *paths, uint32_t parent, const char *name, size_t length)
{
	uint32_t i;

	for (i = 0; i < NAMES; i++) {
		if (paths->entry[i].index != 0 && paths->entry[i].parent == parent &&
		    strlen(paths->entry[i].name) == length &&
		    memcmp(paths->entry[i].name, name, length) == 0)
			break;
	}
	return i;
}

uint32_t
ration_paths_get(struct rte_hash *paths, uint32_t parent, const char *name, size_t length)
{
	uint32_t i = find(paths, parent, name, length);

	return i < NAMES ? paths->entry[i].index : RATION_INDEX_NONE;
}

int
ration_paths_add(struct rte_hash *paths, uint32_t parent, const char *name, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < NAMES && paths->entry[i].index != 0; i++)
		;
	if (i == NAMES)
		return -1;
	paths->entry[i].parent = parent;
	paths->entry[i].index = index;
	strcpy(paths->entry[i].name, name);
	return 0;
}

void
ration_paths_remove(struct rte_hash *paths, uint32_t parent, const char *name)
{
	uint32_t i = find(paths, parent, name, strlen(name));

	if (i < NAMES)
		paths->entry[i].index = 0;
}

int32_t
ration_this_process(void)
{
	return 1;
}

int32_t
ration_this_thread(void)
{
	return explore_tid();
}

uint64_t
ration_thread_start(int32_t pid, int32_t tid)
{
	RTE_SET_USED(pid);
	RTE_SET_USED(tid);
	return 1;
}

uint64_t
ration_process_id(void)
{
	return 1;
}

bool
ration_process_is_alive(uint64_t id)
{
	RTE_SET_USED(id);
	return true;
}
