/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include "shm/process.h"

/* Indexed by ration_domain::id. The primary process allocates and frees entries under the lock. */
static struct local locals[RATION_DOMAINS_MAX];
static rte_ticketlock_t locals_lock = RTE_TICKETLOCK_INITIALIZER;

struct local *
ration_local(const struct ration_domain *d)
{
	return &locals[d->id];
}

struct local *
ration_local_find(const struct ration_domain *d)
{
	uint32_t id;

	for (id = 0; id < RATION_DOMAINS_MAX; id++) {
		if (d != NULL && locals[id].domain == d)
			return &locals[id];
	}
	return NULL;
}

struct local *
ration_local_at(uint32_t id)
{
	return &locals[id];
}

void
ration_local_enter(struct ration_domain *d, struct rte_hash *paths)
{
	struct local *l = ration_local(d);

	memset(l, 0, sizeof(*l));
	l->paths = paths;
	l->gen = d->gen;
	rte_ticketlock_init(&l->control);
	rte_ticketlock_init(&l->tree);
	l->domain = d;
}

void
ration_local_remove(const struct ration_domain *d)
{
	memset(ration_local(d), 0, sizeof(struct local));
}

void
ration_locals_lock(void)
{
	rte_ticketlock_lock(&locals_lock);
}

void
ration_locals_unlock(void)
{
	rte_ticketlock_unlock(&locals_lock);
}

uint32_t
ration_locals_free_id(void)
{
	uint32_t id;

	for (id = 0; id < RATION_DOMAINS_MAX; id++) {
		if (locals[id].domain == NULL)
			break;
	}
	return id;
}
