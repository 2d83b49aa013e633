/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <pthread.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "lcore/self.h"

/* Lcore area of this thread in each domain, for ration_lcore_self(). */
static __thread struct ration_lcore *self[RATION_DOMAINS_MAX];

/* All lcore areas of this thread, in all domains. A wait serves all of them. */
static __thread struct ration_lcore *own;

void
ration_self_forget(void)
{
	own = NULL;
	memset(self, 0, sizeof(self));
}

RTE_INIT(ration_self_init)
{
	/* A forked child does not own the members of the thread that called fork(). */
	pthread_atfork(NULL, NULL, ration_self_forget);
}

void
ration_self_add(struct ration_lcore *lc)
{
	lc->next_own = own;
	own = lc;
}

void
ration_self_remove(const struct ration_lcore *lc)
{
	const struct ration_domain *d = ration_domain_of(lc);
	struct ration_lcore **link;

	for (link = &own; *link != NULL; link = &(*link)->next_own) {
		if (*link != lc)
			continue;
		*link = lc->next_own;
		break;
	}
	if (self[d->id] == lc)
		self[d->id] = NULL;
}

void
ration_self_set(const struct ration_domain *d, struct ration_lcore *lc)
{
	self[d->id] = lc;
}

struct ration_lcore *
ration_self_get(const struct ration_domain *d)
{
	return self[d->id];
}

struct ration_lcore *
ration_self_first(void)
{
	return own;
}

void
ration_serve_own(void)
{
	struct ration_lcore *lc;

	for (lc = own; lc != NULL; lc = lc->next_own)
		ration_quiescent(lc);
}

bool
ration_wait_on(uint64_t deadline)
{
	if (rte_get_tsc_cycles() >= deadline)
		return false;
	ration_serve_own();
	rte_pause();
	return true;
}

struct ration_lcore *
ration_lcore_self(struct ration_domain *d)
{
	struct ration_lcore *lc = self[d->id];

	return lc != NULL ? lc : ration_lcore_shared(d);
}
