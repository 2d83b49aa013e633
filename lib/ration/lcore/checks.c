/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_errno.h>

#include <ration_checked.h>

#include "lcore/checks.h"
#include "lcore/member.h"
#include "shm/eal.h"
#include "shm/liveness.h"
#include "shm/process.h"
#include "shm/violation.h"
#include "tree/counter.h"

/* Number of lcore areas that a thread finds again without a search: 2 to the power of BITS. */
#define RECENT_BITS 4
#define RECENT (1 << RECENT_BITS)

/* Thread that is in a checked call on each lcore area, or 0. */
static RATION_ATOMIC(int32_t) marks[RATION_DOMAINS_MAX][RATION_MEMBERS_MAX];

/* An lcore area that this thread used before, and its domain. */
struct recent {
	const struct ration_lcore *lc;
	uint64_t gen;
	uint32_t id;
};

static __thread struct recent recent[RECENT];

/* The domain, if there is one whose memory rte_eal_cleanup() has not unmapped. */
static struct ration_domain *
domain_at(uint32_t id)
{
	struct ration_domain *d = ration_local_at(id)->domain;

	return d != NULL && ration_domain_is_there(d) ? d : NULL;
}

/* Whether the lcore area is one of a domain of this process. */
static bool
is_area_of(struct ration_domain *d, const struct ration_lcore *lc)
{
	uint32_t i, nb = ration_load(&d->nb_members, relaxed);

	if (lc == ration_lcore_shared(d))
		return true;
	for (i = 0; i < nb; i++) {
		if (lc == ration_lcore_area(d, &d->members[i]))
			return true;
	}
	return false;
}

static struct ration_domain *
search_area(const struct ration_lcore *lc)
{
	struct ration_domain *d = NULL;
	uint32_t id;

	/* The lock keeps other threads from freeing a domain while it is searched. */
	ration_locals_lock();
	for (id = 0; id < RATION_DOMAINS_MAX && d == NULL; id++) {
		d = domain_at(id);
		if (d != NULL && !is_area_of(d, lc))
			d = NULL;
	}
	ration_locals_unlock();
	return d;
}

/* The areas of a domain have equal distances. A product spreads them (Knuth, TAOCP 3, 6.4). */
static struct recent *
recent_of(const struct ration_lcore *lc)
{
	uint64_t product = (uintptr_t)lc * UINT64_C(0x9e3779b97f4a7c15);

	return &recent[product >> (64 - RECENT_BITS)];
}

static struct ration_domain *
find_domain(const struct ration_lcore *lc)
{
	struct recent *r = recent_of(lc);
	const struct local *l = ration_local_at(r->id);
	struct ration_domain *d;

	/* No system call here: that would take longer than a charge. */
	if (r->lc == lc && l->domain != NULL && l->gen == r->gen)
		return l->domain;
	/* A domain that the primary process has freed may have no memory here any more. */
	if (ration_is_primary())
		d = search_area(lc);
	else
		d = ration_lcore_is_there(lc) ? ration_domain_of(lc) : NULL;
	if (d != NULL)
		*r = (struct recent){.lc = lc, .gen = d->gen, .id = d->id};
	return d;
}

bool
ration_check_mapped(struct __ration_check_site *site, const struct ration_lcore *lc)
{
	if (lc == NULL || ration_lcore_is_there(lc))
		return true;
	ration_violation(site, RATION_CHECK_GONE, "no domain has an lcore area at %p",
			 (const void *)lc);
	return false;
}

struct ration_domain *
ration_check_area(struct __ration_check_site *site, const struct ration_lcore *lc)
{
	struct ration_domain *d;

	if (lc == NULL) {
		ration_violation(site, RATION_CHECK_NULL, "the lcore area is NULL");
		return NULL;
	}
	d = find_domain(lc);
	if (d == NULL)
		ration_violation(site, RATION_CHECK_GONE, "no domain has an lcore area at %p",
				 (const void *)lc);
	return d;
}

bool
ration_check_owner(struct __ration_check_site *site, const struct ration_domain *d,
		   const struct ration_lcore *lc, enum ration_check wrong_owner)
{
	const struct member *m = &d->members[lc->member_id];

	switch (MEMBER_STATE(ration_load(&m->state, relaxed))) {
	case MEMBER_FREE:
	case MEMBER_UNREAPED:
	case MEMBER_DEAD:
		ration_violation(site, RATION_CHECK_UNREGISTERED,
				 "member %u of domain %s has no owner any more", lc->member_id,
				 d->name);
		return false;
	default:
		break;
	}
	if (ration_lcore_is_owner(lc, m))
		return true;
	ration_violation(site, wrong_owner,
			 "member %u of domain %s belongs to thread %" PRId32 " of process %" PRId32
			 ", the caller is thread %" PRId32 " of process %" PRId32,
			 lc->member_id, d->name, ration_load(&m->tid, relaxed),
			 ration_load(&m->pid, relaxed), ration_this_thread(),
			 ration_this_process());
	return false;
}

/* Mark the lcore area as used. @return 0, or the thread whose call has marked it */
static int32_t
set_mark(struct checked_call *call, const struct ration_lcore *lc)
{
	RATION_ATOMIC(int32_t) *mark = &marks[call->d->id][lc->member_id];
	int32_t other = 0;

	/* Acquire: pairs with the release in ration_check_end(). */
	if (ration_cas(mark, &other, ration_this_thread(), acquire)) {
		call->mark = mark;
		return 0;
	}
	ration_violation(call->site, RATION_CHECK_OVERLAP,
			 "member %u of domain %s is used by a call of thread %" PRId32
			 " and by this one of thread %" PRId32,
			 lc->member_id, call->d->name, other, ration_this_thread());
	return other;
}

bool
ration_check_begin(struct checked_call *call, struct __ration_check_site *site,
		   struct ration_lcore *lc, enum ration_check wrong_owner)
{
	bool owned;

	*call = (struct checked_call){.site = site, .lc = lc};
	call->d = ration_check_area(site, lc);
	if (call->d == NULL)
		return false;
	if (lc->flags & RATION_LCORE_SHARED)
		return true;
	owned = ration_check_owner(site, call->d, lc, wrong_owner);
	/*
	 * A call of the same thread is one that a signal handler has interrupted, perhaps between
	 * the load and the store of a stock entry. A call of another thread uses the shared area.
	 */
	if (set_mark(call, lc) == ration_this_thread() || !owned)
		call->lc = ration_lcore_shared(call->d);
	return true;
}

void
ration_check_end(struct checked_call *call)
{
	/* Release: pairs with the acquire in set_mark(). */
	if (call->mark != NULL)
		ration_store(call->mark, 0, release);
}

/* Name of the domain to which the handle belongs, other than d; "" if there is none. */
static void
find_other(const struct ration_domain *d, ration_counter_t c, char *name)
{
	const struct ration_domain *other;
	uint32_t id;

	name[0] = '\0';
	if (!ration_is_primary())
		return;
	ration_locals_lock();
	for (id = 0; id < RATION_DOMAINS_MAX && name[0] == '\0'; id++) {
		other = domain_at(id);
		if (other != NULL && other != d && ration_resolve(other, c) != NULL)
			memcpy(name, other->name, RATION_DOMAIN_NAMESIZE);
	}
	ration_locals_unlock();
}

bool
ration_check_handle(struct __ration_check_site *site, const struct ration_domain *d,
		    ration_counter_t c)
{
	char other[RATION_DOMAIN_NAMESIZE];

	if (ration_resolve(d, c) != NULL)
		return true;
	if (c == RATION_COUNTER_NONE)
		return false;
	find_other(d, c, other);
	if (other[0] != '\0')
		ration_violation(site, RATION_CHECK_DOMAIN,
				 "handle %#" PRIx64 " is one of domain %s, not of domain %s", c,
				 other, d->name);
	else if ((uint32_t)c >= d->max_counters)
		ration_violation(site, RATION_CHECK_INDEX,
				 "handle %#" PRIx64 " has index %u, domain %s has %u counters", c,
				 (uint32_t)c, d->name, d->max_counters);
	return false;
}

bool
__ration_check_domain(struct __ration_check_site *site, const struct ration_domain *d)
{
	if (d == NULL)
		ration_violation(site, RATION_CHECK_NULL, "the domain is NULL");
	else if (ration_local_find(d) == NULL)
		ration_violation(site, RATION_CHECK_GONE, "there is no domain at %p",
				 (const void *)d);
	else
		return true;
	rte_errno = EINVAL;
	return false;
}

bool
__ration_check_counter(struct __ration_check_site *site, const struct ration_domain *d,
		       ration_counter_t c)
{
	if (!__ration_check_domain(site, d))
		return false;
	/* The call itself refuses the handle. */
	ration_check_handle(site, d, c);
	return true;
}

bool
__ration_check_pointer(struct __ration_check_site *site, const void *pointer, const char *name)
{
	if (pointer == NULL)
		ration_violation(site, RATION_CHECK_NULL, "%s is NULL", name);
	return pointer != NULL;
}

bool
__ration_check_area(struct __ration_check_site *site, const struct ration_lcore *lc)
{
	return ration_check_area(site, lc) != NULL;
}
