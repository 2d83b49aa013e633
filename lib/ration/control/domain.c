/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Creating and freeing a domain: its memory and its root counter.
 */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_memzone.h>
#include <rte_ticketlock.h>

#include "control/leave.h"
#include "control/lock.h"
#include "shm/abi.h"
#include "shm/eal.h"
#include "shm/log.h"
#include "shm/params.h"
#include "shm/process.h"
#include "shm/zone.h"
#include "tree/counter.h"
#include "tree/index.h"
#include "tree/links.h"
#include "tree/names.h"

#define DEFAULT_COUNTERS 1024
#define DEFAULT_MEMBERS 32
#define DEFAULT_TIMEOUT_US 1000000
#define DEFAULT_DRAIN_WORK 256

static int
take_socket(const char *name, struct ration_domain *d, int socket_id)
{
	if (socket_id == 0)
		d->socket_id = SOCKET_ID_ANY;
	else
		d->socket_id = socket_id != RATION_SOCKET_ZERO ? socket_id : 0;
	if (d->socket_id >= 0 || d->socket_id == SOCKET_ID_ANY)
		return 0;
	RATION_LOG(ERR, "domain %s: create: socket_id is %d, not a NUMA node", name, socket_id);
	return -EINVAL;
}

/* Check the parameters, and fill the head of a domain from them. @return 0 or -EINVAL */
static int
check_params(const char *name, struct ration_domain *d, const struct ration_domain_params *p,
	     uint64_t *max)
{
	static const struct ration_domain_params defaults = {.max = 0};
	const struct params_of of = {name, "create", NULL};

	if (p == NULL)
		p = &defaults;
	d->max_counters = p->max_counters != 0 ? p->max_counters : DEFAULT_COUNTERS;
	d->max_members = p->max_members != 0 ? p->max_members : DEFAULT_MEMBERS;
	d->timeout_us = p->timeout_us != 0 ? p->timeout_us : DEFAULT_TIMEOUT_US;
	d->drain_work = p->drain_work != 0 ? p->drain_work : DEFAULT_DRAIN_WORK;
	d->idle_us = p->idle_us;
	d->secondary_members = p->secondary_members;
	d->stock_share = p->stock_max != 0 ? p->stock_max / d->max_members : UINT64_MAX;
	*max = ration_max_value(p->max);
	if (!ration_param_fits(&of, "max_counters", d->max_counters, RATION_COUNTERS_MAX) ||
	    !ration_param_fits(&of, "max_members", d->max_members, RATION_MEMBERS_MAX) ||
	    !ration_param_fits(&of, "secondary_members", d->secondary_members, d->max_members) ||
	    !ration_param_fits(&of, "max", *max, RATION_UNLIMITED) ||
	    !ration_param_fits(&of, "idle_us", d->idle_us, RATION_IDLE_MAX_US))
		return -EINVAL;
	return take_socket(name, d, p->socket_id);
}

/* First generation of the counters of a domain: never 0, and far apart between domains. */
static uint32_t
next_first_gen(void)
{
	static uint32_t nb_created;

	return (nb_created++ * UINT32_C(0x9e3779b1)) | 1;
}

/* Reserve the memory of a domain, and fill its head. */
static struct ration_domain *
reserve(const struct ration_domain *head)
{
	struct ration_domain sized = *head, *d;
	size_t size = ration_domain_lay_out(&sized);
	char name[RATION_ZONE_NAMESIZE];
	const struct rte_memzone *mz;

	ration_domain_zone_name(name, head->name);
	if (rte_memzone_lookup(name) != NULL) {
		rte_errno = EEXIST;
		return NULL;
	}
	mz = rte_memzone_reserve_aligned(name, size, head->socket_id, 0, RTE_CACHE_LINE_SIZE);
	if (mz == NULL) {
		RATION_LOG(ERR, "domain %s: no memory for %zu bytes (%u counters)", head->name,
			   size, head->max_counters);
		rte_errno = rte_errno == EEXIST ? EEXIST : ENOMEM;
		return NULL;
	}
	d = mz->addr;
	memset(d, 0, size);
	*d = sized;
	d->layout = RATION_LAYOUT;
	d->sizes = RATION_SIZES;
	d->gen = rte_get_tsc_cycles();
	/* A handle of another domain, or of an earlier one in this memory, must be stale here. */
	d->first_gen = next_first_gen();
	d->free_head = RATION_INDEX_NONE;
	d->free_tail = RATION_INDEX_NONE;
	d->first_offline = RATION_INDEX_NONE;
	d->last_offline = RATION_INDEX_NONE;
	ration_entries_poison(d);
	ration_area_init(d, ration_lcore_shared(d), RATION_MEMBERS_MAX, RATION_LCORE_SHARED);
	return d;
}

/* Free all memory of a domain, also of one that is not complete. */
static void
release(struct ration_domain *d)
{
	char name[RATION_ZONE_NAMESIZE];
	uint32_t i;

	d->magic = 0;
	for (i = 0; i < d->max_members; i++) {
		if (ration_lcore_area(d, &d->members[i]) == NULL)
			continue;
		ration_area_zone_name(name, d, i);
		ration_zone_free(name);
	}
	ration_paths_free(ration_local(d)->paths);
	ration_local_remove(d);
	ration_domain_zone_name(name, d->name);
	ration_zone_free(name);
}

/* Create the lcore areas for secondary processes, which must not reserve memory. */
static int
make_secondary_areas(struct ration_domain *d)
{
	uint32_t i;

	for (i = d->max_members - d->secondary_members; i < d->max_members; i++) {
		if (ration_area_make(d, i, d->socket_id) == NULL)
			return -1;
	}
	return 0;
}

/* Create the root counter. */
static void
init_root(struct ration_domain *d, uint64_t max)
{
	struct ration_counter_params params = {.max = max};
	uint32_t index = ration_take_index(d);

	ration_node_init(ration_node_at(d, index), "", 0, 0);
	ration_counter_publish(d, index, NULL, &params);
}

static struct ration_domain *
create(struct ration_domain *head, uint64_t max)
{
	char name[RATION_ZONE_NAMESIZE];
	struct rte_hash *paths;
	struct ration_domain *d;

	head->id = ration_locals_free_id();
	if (head->id == RATION_DOMAINS_MAX) {
		RATION_LOG(ERR, "domain %s: create: the process has %u domains, the maximum",
			   head->name, RATION_DOMAINS_MAX);
		rte_errno = ENOSPC;
		return NULL;
	}
	d = reserve(head);
	if (d == NULL)
		return NULL;
	paths = ration_paths_create(d);
	if (paths == NULL) {
		ration_domain_zone_name(name, head->name);
		ration_zone_free(name);
		rte_errno = ENOMEM;
		return NULL;
	}
	ration_local_enter(d, paths);
	init_root(d, max);
	if (make_secondary_areas(d) != 0) {
		release(d);
		rte_errno = ENOMEM;
		return NULL;
	}
	/* Last: a lookup ignores a memzone without the magic number. */
	d->magic = RATION_MAGIC;
	return d;
}

struct ration_domain *
__ration_domain_create(const char *name, const struct ration_domain_params *params, uint64_t abi)
{
	struct ration_domain head = {.magic = 0}, *d;
	uint64_t max;
	int rc;

	/* Before `params` is read: the application may have another layout of it. */
	if (!ration_abi_fits(name, abi) || !ration_eal_needed(name))
		return NULL;
	if (!ration_is_primary()) {
		rte_errno = E_RTE_SECONDARY;
		return NULL;
	}
	rc = ration_domain_check_name(name);
	if (rc != 0)
		RATION_LOG(ERR,
			   "domain: create: the name must be 1 to %u characters of [A-Za-z0-9_.-]",
			   RATION_DOMAIN_NAMESIZE - 1);
	else
		rc = check_params(name, &head, params, &max);
	if (rc != 0) {
		rte_errno = -rc;
		return NULL;
	}
	strcpy(head.name, name);
	ration_locals_lock();
	d = create(&head, max);
	ration_locals_unlock();
	return d;
}

int
ration_domain_free(struct ration_domain *d)
{
	if (d == NULL)
		return 0;
	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	/* An atexit handler may run after rte_eal_cleanup(). */
	if (!ration_domain_is_there(d))
		return -ENODEV;
	/* Dead members and workers in WAIT do not keep the domain from being freed. */
	ration_reap(d, d->timeout_us, NULL, NULL);
	ration_workers_unregister(d);
	if (ration_members_left(d) > 0)
		return -EBUSY;
	ration_locals_lock();
	release(d);
	ration_locals_unlock();
	return 0;
}

int
ration_domain_set_qsbr(struct ration_domain *d, struct rte_rcu_qsbr *qsbr)
{
	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	ration_local(d)->qsbr = qsbr;
	ration_control_unlock(d);
	return 0;
}
