/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Read-only access from another process: the pages of the domain are made read-only.
 */

#include <errno.h>

#include <rte_errno.h>
#include <rte_memzone.h>

#include "shm/abi.h"
#include "shm/eal.h"
#include "shm/process.h"
#include "shm/zone.h"
#include "view/attach.h"

/*
 * Protect the domain and all lcore areas that exist now. find_area() protects later areas, when
 * this process reads them first. @return bytes that stay writable
 */
static size_t
protect(const struct ration_domain *d, const struct rte_memzone *mz)
{
	size_t writable = ration_protect_zone(mz);
	char name[RATION_ZONE_NAMESIZE];
	uint32_t i;

	ration_local(d)->observed = true;
	for (i = 0; i < d->max_members; i++) {
		ration_area_zone_name(name, d, i);
		mz = rte_memzone_lookup(name);
		if (mz != NULL)
			writable += ration_protect_zone(mz);
	}
	return writable;
}

const struct ration_domain *
__ration_domain_observe(const char *name, size_t *writable, uint64_t abi)
{
	const struct rte_memzone *mz;
	struct ration_domain *d;
	size_t nb;

	if (!ration_abi_fits(name, abi) || !ration_eal_needed(name))
		return NULL;
	if (ration_is_primary()) {
		rte_errno = ENOTSUP;
		return NULL;
	}
	d = ration_domain_attach(name, &mz);
	if (d == NULL)
		return NULL;
	/* rte_hash follows pointers in shared memory. Names are searched in the tree instead. */
	ration_local(d)->paths = NULL;
	nb = protect(d, mz);
	if (writable != NULL)
		*writable = nb;
	return d;
}
