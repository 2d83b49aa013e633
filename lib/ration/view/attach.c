/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_memzone.h>

#include "shm/abi.h"
#include "shm/eal.h"
#include "shm/log.h"
#include "shm/process.h"
#include "shm/zone.h"
#include "tree/names.h"
#include "view/attach.h"

/* Whether sizes and offsets in the head of a domain are valid. The head does not change later. */
static bool
head_fits(const struct ration_domain *d, size_t length)
{
	struct ration_domain sized = {
		.max_counters = d->max_counters,
		.max_members = d->max_members,
	};

	if (d->id >= RATION_DOMAINS_MAX || d->max_counters == 0 ||
	    d->max_counters > RATION_COUNTERS_MAX || d->max_members == 0 ||
	    d->max_members > RATION_MEMBERS_MAX || d->secondary_members > d->max_members ||
	    d->drain_work == 0 || d->idle_us > RATION_IDLE_MAX_US)
		return false;
	return ration_domain_lay_out(&sized) <= length &&
	       sized.counters_offset == d->counters_offset &&
	       sized.nodes_offset == d->nodes_offset && sized.shared_offset == d->shared_offset;
}

/* Whether the head of the shared area is valid. */
static bool
shared_fits(struct ration_domain *d)
{
	const struct ration_lcore *shared = ration_lcore_shared(d);

	return ration_domain_of(shared) == d && shared->member_id == RATION_MEMBERS_MAX &&
	       shared->nb_stocks == RTE_ALIGN_CEIL(d->max_counters, 64u) &&
	       shared->flags == RATION_LCORE_SHARED;
}

/* Whether a memzone holds a domain of this library's layout. If not, log the reason. */
static bool
is_of_this_library(struct ration_domain *d, size_t length, const char *name)
{
	if (d->layout != RATION_LAYOUT || d->sizes != RATION_SIZES) {
		RATION_LOG(ERR,
			   "domain %s has memory layout %u with sizes %#" PRIx64
			   ", this library has %u with %#" PRIx64
			   ": use the same version of libration in all processes",
			   name, d->layout, d->sizes, RATION_LAYOUT, RATION_SIZES);
		return false;
	}
	if (!head_fits(d, length) || !shared_fits(d)) {
		RATION_LOG(ERR, "domain %s is corrupted: its sizes do not match its %zu bytes",
			   name, length);
		return false;
	}
	return true;
}

/* Enter a domain into the process-local table, unless it is there already. */
static bool
enter_found(struct ration_domain *d)
{
	const struct local *l = ration_local(d);

	if (l->domain == d && l->gen == d->gen)
		return true;
	/* The primary enters each domain when it creates it, so the id of this one is wrong. */
	if (ration_is_primary()) {
		RATION_LOG(ERR, "domain %s is corrupted: it has the id of another domain", d->name);
		return false;
	}
	/* The table entry may be that of an earlier domain with the same id, so clear all of it. */
	ration_local_enter(d, ration_paths_find(d));
	return true;
}

struct ration_domain *
ration_domain_attach(const char *name, const struct rte_memzone **mz)
{
	char zone[RATION_ZONE_NAMESIZE];
	struct ration_domain *d;

	if (name == NULL) {
		rte_errno = EINVAL;
		return NULL;
	}
	rte_errno = ENOENT;
	if (ration_domain_check_name(name) != 0)
		return NULL;
	ration_domain_zone_name(zone, name);
	*mz = rte_memzone_lookup(zone);
	if (*mz == NULL || (*mz)->len < sizeof(*d))
		return NULL;
	d = (*mz)->addr;
	if (d->magic != RATION_MAGIC || strcmp(d->name, name) != 0)
		return NULL;
	if (!is_of_this_library(d, (*mz)->len, name) || !enter_found(d)) {
		rte_errno = EPROTO;
		return NULL;
	}
	return d;
}

struct ration_domain *
__ration_domain_lookup(const char *name, uint64_t abi)
{
	const struct rte_memzone *mz;
	struct ration_domain *d;

	if (!ration_abi_fits(name, abi) || !ration_eal_needed(name))
		return NULL;
	d = ration_domain_attach(name, &mz);
	/* The pages of an observed domain are read-only, so do not return a writable pointer. */
	if (d != NULL && ration_local(d)->observed) {
		rte_errno = EACCES;
		return NULL;
	}
	return d;
}
