/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * What libration asks of the system: names of counters, lives of threads, processes and lcores, in
 * the place of names.c, liveness.c, eal.c and EAL.
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_launch.h>

#include "explore.h"
#include "explore_fakes.h"
#include "ration_pvt.h"
#include "reach.h"
#include "world.h"

#define NAMES 16
/* Pid of the primary process; a secondary process has this plus the number of its fiber. */
#define PRIMARY 1000

struct rte_hash {
	struct {
		uint32_t parent, index;
		char name[RATION_COUNTER_NAMESIZE];
	} entry[NAMES];
};

/* A worker lcore of EAL. */
struct worker {
	lcore_function_t *function; /* Launched function, NULL: none. */
	void *arg;
	int result;
	enum rte_lcore_state_t state;
};

static const struct scenario *scene;
static struct worker workers[EXPLORE_FIBERS];
static struct local *local;
static struct local local_kept;

const struct scenario *
explore_scenario(void)
{
	return scene;
}

/* ------------------------------------------------------------------- names */

struct rte_hash *
ration_paths_create(const struct ration_domain *d)
{
	struct rte_hash *paths = explore_alloc(sizeof(struct rte_hash));

	local = ration_local(d);
	return paths;
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

/* ---------------------------------------------------------------- liveness */

static bool
is_secondary(uint32_t fiber)
{
	return scene->secondaries >> fiber & 1;
}

bool
ration_is_primary(void)
{
	return !is_secondary(explore_me());
}

bool
ration_eal_needed(const char *domain)
{
	RTE_SET_USED(domain);
	return true;
}

bool
ration_domain_is_there(const struct ration_domain *d)
{
	return d != NULL;
}

bool
ration_lcore_is_there(const struct ration_lcore *lc)
{
	return lc != NULL;
}

int32_t
ration_this_process(void)
{
	return PRIMARY + (is_secondary(explore_me()) ? 1 + (int32_t)explore_me() : 0);
}

int32_t
ration_this_thread(void)
{
	return explore_tid();
}

/* A process lives as long as its fiber. */
static bool
process_is_dead(int32_t pid)
{
	return pid > PRIMARY && pid <= PRIMARY + EXPLORE_FIBERS &&
	       explore_is_dead((uint32_t)(pid - PRIMARY - 1));
}

uint64_t
ration_thread_start(int32_t pid, int32_t tid)
{
	RTE_SET_USED(tid);
	return process_is_dead(pid) ? 0 : 1;
}

uint64_t
ration_process_id(void)
{
	return (uint64_t)ration_this_process();
}

bool
ration_process_is_alive(uint64_t id)
{
	return !process_is_dead((int32_t)id);
}

/* ------------------------------------------------------------------ lcores */

unsigned int
explore_lcore_id(void)
{
	return scene->lcores >> explore_me() & 1 ? explore_me() : LCORE_ID_ANY;
}

int
explore_lcore_is_enabled(unsigned int id)
{
	return id < EXPLORE_FIBERS && (scene->lcores >> id & 1);
}

enum rte_lcore_state_t
explore_lcore_state(unsigned int id)
{
	explore_step("state of", &workers[id]);
	return workers[id].state;
}

int
explore_launch(lcore_function_t *function, void *arg, unsigned int id)
{
	explore_step("launch", &workers[id]);
	if (workers[id].state != WAIT)
		return -EBUSY;
	workers[id].function = function;
	workers[id].arg = arg;
	workers[id].state = RUNNING;
	if (world_does(OP_DRAIN))
		reach(REACH_LAUNCHED);
	explore_write(&workers[id]);
	return 0;
}

int
explore_wait_lcore(unsigned int id)
{
	while (explore_lcore_state(id) != WAIT)
		explore_pause();
	return workers[id].result;
}

void
explore_be_worker(bool (*go_on)(void))
{
	struct worker *self = &workers[explore_me()];

	while (go_on()) {
		explore_step("wait", self);
		if (self->state == RUNNING) {
			self->result = self->function(self->arg);
			explore_step("finish", self);
			explore_drain_buffer();
			self->state = WAIT;
			explore_write(self);
		}
		explore_pause();
	}
}

/* ------------------------------------------------------------ save and restore */

void
explore_services_scenario(const struct scenario *scenario)
{
	scene = scenario;
	memset(workers, 0, sizeof(workers));
	if (local != NULL) /* Of the previous scenario. */
		memset(local, 0, sizeof(*local));
}

void
explore_services_keep(void)
{
	local_kept = *local;
}

void
explore_services_restore(void)
{
	*local = local_kept;
	memset(workers, 0, sizeof(workers));
}
