/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>

#include <rte_launch.h>
#include <rte_lcore.h>

#include "control/leave.h"
#include "drain/engines.h"
#include "lcore/member.h"
#include "shm/log.h"

/* Number of members that one call names in the log. */
#define NAMED_MAX 8

/* A member that its worker unregisters, and the result of the application's last function. */
struct leaving {
	struct ration_lcore *lc;
	int result;
};

static int
unregister_launched(void *arg)
{
	struct leaving *l = arg;

	ration_lcore_unregister(l->lc);
	ration_happens_before(l);
	return l->result;
}

/*
 * Launch the worker to unregister its member. Afterwards rte_eal_wait_lcore() still returns the
 * result of the application's function, as after a drain: see drain/engines.c.
 */
static void
launch(struct ration_lcore *lc, uint32_t lcore_id)
{
	struct leaving l = {.lc = lc, .result = rte_eal_wait_lcore(lcore_id)};

	ration_happens_after(lc);
	if (rte_eal_remote_launch(unregister_launched, &l, lcore_id) != 0)
		return;
	rte_eal_wait_lcore(lcore_id);
	ration_happens_after(&l);
}

void
ration_workers_unregister(struct ration_domain *d)
{
	struct ration_lcore *lc;
	enum member_state state;
	uint32_t i, lcore_id;

	for (i = 0; i < d->max_members; i++) {
		state = MEMBER_STATE(ration_load(&d->members[i].state, acquire));
		if (state != MEMBER_ONLINE && state != MEMBER_OFFLINE)
			continue;
		lc = ration_lcore_area(d, &d->members[i]);
		lcore_id = ration_load(&lc->lcore_id, relaxed);
		if (ration_engine_can_launch(&d->members[i], lcore_id))
			launch(lc, lcore_id);
	}
}

static void
log_member(const struct ration_domain *d, const struct member *m)
{
	enum member_state state = MEMBER_STATE(ration_load(&m->state, relaxed));
	const struct ration_lcore *lc = ration_lcore_area(d, m);
	uint32_t lcore_id = lc != NULL ? ration_load(&lc->lcore_id, relaxed) : LCORE_ID_ANY;
	const char *hint = "";

	if (state == MEMBER_DEAD || state == MEMBER_UNREAPED)
		hint = "; it is dead, and could not be reaped in time";
	else if (ration_member_is_waiting_worker(m, lcore_id))
		hint = "; it is an EAL worker in WAIT: free the domain on the main lcore";
	else if (state == MEMBER_OFFLINE)
		hint = "; it is offline";
	RATION_LOG(ERR,
		   "domain %s is not freed: member %u is registered (lcore %d, thread %" PRId32
		   " of process %" PRId32 ")%s",
		   d->name, (uint32_t)(m - d->members), (int)lcore_id,
		   ration_load(&m->tid, relaxed), ration_load(&m->pid, relaxed), hint);
}

uint32_t
ration_members_left(const struct ration_domain *d)
{
	uint32_t left = 0, i;

	for (i = 0; i < d->max_members; i++) {
		if (MEMBER_STATE(ration_load(&d->members[i].state, acquire)) == MEMBER_FREE)
			continue;
		if (left++ < NAMED_MAX)
			log_member(d, &d->members[i]);
	}
	if (left > NAMED_MAX)
		RATION_LOG(ERR, "domain %s is not freed: %u more members are registered", d->name,
			   left - NAMED_MAX);
	return left;
}
