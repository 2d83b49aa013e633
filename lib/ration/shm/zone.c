/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memzone.h>

#include "shm/log.h"
#include "shm/process.h"
#include "shm/zone.h"

/* The name of a domain cannot contain '#', so the names of domains and areas differ. */
void
ration_domain_zone_name(char *name, const char *domain)
{
	snprintf(name, RATION_ZONE_NAMESIZE, "RATION_%s", domain);
}

void
ration_area_zone_name(char *name, const struct ration_domain *d, uint32_t member_id)
{
	snprintf(name, RATION_ZONE_NAMESIZE, "RATION_%s#%u", d->name, member_id);
}

int
ration_domain_check_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_.-";

	if (name == NULL || name[0] == '\0' || name[strspn(name, allowed)] != '\0')
		return -EINVAL;
	if (strlen(name) >= RATION_DOMAIN_NAMESIZE)
		return -ENAMETOOLONG;
	return 0;
}

void
ration_zone_free(const char *name)
{
	const struct rte_memzone *mz = rte_memzone_lookup(name);

	if (mz == NULL)
		return;
	ration_unpoison(mz->addr, mz->len);
	rte_memzone_free(mz);
}

struct ration_lcore *
ration_area_make(struct ration_domain *d, uint32_t member_id, int socket_id)
{
	char name[RATION_ZONE_NAMESIZE];
	size_t size = ration_area_size(d->max_counters, false);
	const struct rte_memzone *mz;

	ration_area_zone_name(name, d, member_id);
	mz = rte_memzone_reserve_aligned(name, size, socket_id, 0, RTE_CACHE_LINE_SIZE);
	if (mz == NULL) /* Memory of another NUMA node is better than a failure. */
		mz = rte_memzone_reserve_aligned(name, size, SOCKET_ID_ANY, 0, RTE_CACHE_LINE_SIZE);
	if (mz == NULL) {
		RATION_LOG(ERR, "domain %s: no memory for %zu bytes, lcore area of member %u",
			   d->name, size, member_id);
		rte_errno = ENOMEM;
		return NULL;
	}
	memset(mz->addr, 0, size);
	ration_area_init(d, mz->addr, member_id, 0);
	/* Readers of this process need not compare it with the memzone. */
	ration_store(&ration_local(d)->areas[member_id],
		     (int64_t)((uintptr_t)mz->addr - (uintptr_t)d), relaxed);
	/* Release: pairs with the acquire in ration_lcore_area(). */
	ration_store(&d->members[member_id].area_offset,
		     (int64_t)((uintptr_t)mz->addr - (uintptr_t)d), release);
	return mz->addr;
}

size_t
ration_protect_zone(const struct rte_memzone *mz)
{
	/* mprotect() works on whole hugepages only. */
	uint64_t page = mz->hugepage_sz;
	uintptr_t begin, end;

	if (!rte_is_power_of_2((uint32_t)(page >> 12)))
		return mz->len;
	begin = RTE_ALIGN_CEIL((uintptr_t)mz->addr, (uintptr_t)page);
	end = RTE_ALIGN_FLOOR((uintptr_t)mz->addr + mz->len, (uintptr_t)page);
	if (begin >= end || mprotect((void *)begin, end - begin, PROT_READ) != 0)
		return mz->len;
	return mz->len - (end - begin);
}

/* Whether the memzone of an lcore area is at this offset and has the right size. */
static bool
find_area(const struct ration_domain *d, uint32_t member_id, int64_t offset)
{
	char name[RATION_ZONE_NAMESIZE];
	const struct rte_memzone *mz;

	ration_area_zone_name(name, d, member_id);
	mz = rte_memzone_lookup(name);
	if (mz == NULL || (int64_t)((uintptr_t)mz->addr - (uintptr_t)d) != offset ||
	    mz->len < ration_area_size(d->max_counters, false))
		return false;
	if (ration_local(d)->observed)
		ration_protect_zone(mz);
	return true;
}

int
ration_area_find(const struct ration_domain *d, uint32_t member_id, struct ration_area *stocks)
{
	RATION_ATOMIC(int64_t) *known = &ration_local(d)->areas[member_id];
	/* Acquire: pairs with the release in ration_area_make(). */
	int64_t offset = ration_load(&d->members[member_id].area_offset, acquire);
	uintptr_t at = (uintptr_t)d + (uintptr_t)offset;

	if (offset == 0)
		return 0;
	/* An lcore area does not move while its domain exists, so compare it only once. */
	if (ration_load(known, relaxed) != offset) {
		if (!find_area(d, member_id, offset))
			return -EPROTO;
		ration_store(known, offset, relaxed);
	}
	/*
	 * The addresses are those of ration_ledger() and the like. They are computed from
	 * max_counters, which is checked, because nb_stocks in the area may be corrupted.
	 */
	stocks->nb_stocks = RTE_ALIGN_CEIL(d->max_counters, 64u);
	stocks->lc = (const struct ration_lcore *)at;
	stocks->stocks = stocks->lc->stocks;
	at += offsetof(struct ration_lcore, stocks) +
	      stocks->nb_stocks * sizeof(struct ration_stock) + RATION_RED_ZONE;
	stocks->ledger = (const RATION_ATOMIC(int64_t) *)at;
	at += stocks->nb_stocks * sizeof(int64_t) + RATION_RED_ZONE;
	stocks->active = (const RATION_ATOMIC(uint64_t) *)at;
	at += stocks->nb_stocks / 8 + RATION_RED_ZONE;
	stocks->workspace = (const struct workspace *)at;
	return 1;
}
