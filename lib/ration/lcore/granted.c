/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Two witnesses for an excess uncharge. The first is a count of this process: a charge is added
 * before the caller sees that it was granted, so the count is exact if all calls are checked calls
 * of this process. It does not see the calls of other processes, or of files without RATION_CHECKS.
 * The second is the sum in shared memory, usage minus all stock, which sees all calls, but not at
 * one instant. Only if both find too few units, the uncharge is in excess.
 */

#include <stdlib.h>

#include <rte_spinlock.h>

#include "lcore/granted.h"
#include "shm/zone.h"
#include "tree/counter.h"

/* Number of attempts to read all stock twice without a change in between. */
#define COLLECTS_MAX 8

struct granted {
	RATION_ATOMIC(uint32_t) tag; /* Upper half of the handle that `units` belongs to. */
	RATION_ATOMIC(int64_t) units;
};

/* A table for each domain of this process; made at its first checked charge. */
static struct {
	RATION_ATOMIC(uint64_t) gen; /* ration_domain::gen */
	struct granted *counters;
} tables[RATION_DOMAINS_MAX];
static rte_spinlock_t tables_lock = RTE_SPINLOCK_INITIALIZER;

/* Replace the table of an earlier domain with the same id. */
static void
make_table(const struct ration_domain *d)
{
	rte_spinlock_lock(&tables_lock);
	if (ration_load(&tables[d->id].gen, relaxed) != d->gen) {
		free(tables[d->id].counters);
		tables[d->id].counters = calloc(d->max_counters, sizeof(struct granted));
		/* Release: pairs with the acquire in granted_of(). */
		ration_store(&tables[d->id].gen, d->gen, release);
	}
	rte_spinlock_unlock(&tables_lock);
}

/* The index is used by another counter now, of which no unit was granted yet. */
static void
restart(struct granted *g, uint32_t tag)
{
	rte_spinlock_lock(&tables_lock);
	if (ration_load(&g->tag, relaxed) != tag) {
		ration_store(&g->units, 0, relaxed);
		/* Release: pairs with the acquire in granted_of(). */
		ration_store(&g->tag, tag, release);
	}
	rte_spinlock_unlock(&tables_lock);
}

/* Count of a counter, or NULL if there was no memory for it. */
static struct granted *
granted_of(const struct ration_domain *d, ration_counter_t c)
{
	struct granted *g;

	if (ration_load(&tables[d->id].gen, acquire) != d->gen)
		make_table(d);
	g = tables[d->id].counters;
	if (g == NULL)
		return NULL;
	g += (uint32_t)c;
	if (ration_load(&g->tag, acquire) != (uint32_t)(c >> 32))
		restart(g, (uint32_t)(c >> 32));
	return g;
}

/* Usage of the counter itself, and the stock of all members. */
struct collect {
	uint64_t usage;
	uint64_t stock;
};

static struct collect
collect(const struct ration_domain *d, uint32_t index)
{
	struct collect found = {
		.usage = ration_load(&ration_counter_at(d, index)->usage_local, acquire),
	};
	uint32_t i, nb = ration_load(&d->nb_members, relaxed);
	struct ration_area area;

	for (i = 0; i < nb; i++) {
		if (ration_area_find(d, i, &area) > 0)
			found.stock += ration_load(&area.stocks[index].units, acquire);
	}
	return found;
}

/* Whether fewer than n units are granted. In doubt they are. */
static bool
is_excess(const struct ration_domain *d, uint32_t index, uint64_t n)
{
	struct collect now = collect(d, index), before;
	uint32_t i;

	for (i = 0; i < COLLECTS_MAX; i++) {
		before = now;
		now = collect(d, index);
		if (now.usage == before.usage && now.stock == before.stock)
			return !ration_fits(now.stock, n, now.usage);
	}
	return false;
}

void
ration_granted_add(const struct ration_domain *d, ration_counter_t c, uint64_t n)
{
	struct granted *g = granted_of(d, c);

	if (g != NULL)
		ration_fetch_add(&g->units, (int64_t)n, relaxed);
}

bool
ration_granted_take(const struct ration_domain *d, ration_counter_t c, uint64_t n)
{
	struct granted *g = granted_of(d, c);

	if (g == NULL)
		return true;
	/* Before the uncharge: whoever gets these units next is counted after it. */
	if (ration_fetch_sub(&g->units, (int64_t)n, relaxed) >= (int64_t)n ||
	    !is_excess(d, (uint32_t)c, n))
		return true;
	ration_fetch_add(&g->units, (int64_t)n, relaxed);
	return false;
}
