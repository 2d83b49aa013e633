/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <stdio.h>

#include "explore.h"
#include "reach.h"
#include "world.h"

static uint64_t count[REACH_NUMBER];

static const char *const names[REACH_NUMBER] = {
	[REACH_CHARGE_IN_ROUND] = "refill while a round runs",
	[REACH_TRIM_IN_ROUND] = "trim while a round runs",
	[REACH_FORCE_IN_ROUND] = "forced charge while a round runs",
	[REACH_TWO_ROUNDS] = "two drains at once",
	[REACH_TWO_TARGETS] = "two drains of different counters at once",
	[REACH_OFFLINE_IN_ROUND] = "lcore goes offline while a round runs",
	[REACH_ONLINE_IN_ROUND] = "lcore comes back online while a round runs",
	[REACH_ONLINE_WHILE_TAKEN] = "lcore comes back online while it is taken over",
	[REACH_TAKEN] = "offline lcore taken over",
	[REACH_REGISTER_IN_ROUND] = "lcore registers while a round runs",
	[REACH_UNREGISTER_IN_ROUND] = "lcore unregisters while a round runs",
	[REACH_DESTROY_IN_DRAIN] = "destroy during the drain of another fiber",
	[REACH_CHARGE_ON_DYING] = "charge of a dying counter",
	[REACH_UNCHARGE_ON_DYING] = "uncharge of a dying counter",
	[REACH_SHARED_IN_DESTROY] = "walk without registration during a destroy",
	[REACH_CREATE_IN_CHARGE] = "create below a counter that is being charged",
	[REACH_SYNC_MEETS_WALK] = "exact charge while another walk is in flight",
	[REACH_SYNC_MEETS_SYNC] = "two exact charges at once",
	[REACH_PHANTOM_ROLLBACK] = "walk rolls back during an exact charge",
	[REACH_SYNC_REFUSED] = "exact refusal",
	[REACH_LIMIT_IN_CHARGE] = "limit changed during a charge",
	[REACH_ABOVE_LIMIT] = "usage above a limit",
	[REACH_SCAN_SPLIT] = "drain scan over several quiescent points",
	[REACH_SCAN_OUTDATED] = "round opened during a drain scan",
	[REACH_REQUEST] = "return request of a refused charge",
	[REACH_MAILBOX_FULL] = "full mailbox",
	[REACH_IDLE_IN_ROUND] = "idle-marked entry while a round runs",
	[REACH_LAUNCHED] = "worker in WAIT launched",
	[REACH_OFFLINE_COUNTER] = "offline counter: destroyed with units granted",
	[REACH_REAP_IN_ROUND] = "reap while a round runs",
	[REACH_DIED_CHARGING] = "death in a charge",
	[REACH_DIED_UNCHARGING] = "death in an uncharge",
	[REACH_DIED_SERVING] = "death while serving",
	[REACH_DIED_DRAINING] = "death while draining others",
	[REACH_DIED_REGISTERING] = "death while registering",
	[REACH_DIED_OFFLINE] = "death while going offline or online",
	[REACH_DIED_UNREGISTERING] = "death while unregistering",
};

void
reach(enum reach what)
{
	count[what]++;
}

static void
reach_if(enum reach what, bool condition)
{
	count[what] += condition;
}

/* Whether the fiber's lcore is in a walk. */
static bool
is_walking(uint32_t fiber)
{
	const struct ration_lcore *lc;
	uint32_t i;

	for (i = 0; i < w->d->max_members; i++) {
		lc = ration_lcore_area(w->d, &w->d->members[i]);
		if (lc != NULL && w->d->members[i].tid == 100 + (int)fiber)
			return lc->seq & 1;
	}
	return false;
}

static void
look_at_op(const struct op *op, uint32_t drainers)
{
	const struct counter *c = ration_counter_at(w->d, op->index);
	bool walks = is_walking(op->fiber);
	bool dying = c->flags & COUNTER_DYING;

	switch (op->kind) {
	case OP_CHARGE:
		reach_if(REACH_CHARGE_IN_ROUND, walks && drainers != 0);
		reach_if(REACH_CHARGE_ON_DYING, walks && dying);
		reach_if(REACH_CREATE_IN_CHARGE, walks && world_does(OP_CREATE));
		reach_if(REACH_LIMIT_IN_CHARGE, walks && world_does(OP_SET_MAX));
		reach_if(REACH_SYNC_MEETS_WALK, walks && world_does(OP_SYNC));
		break;
	case OP_FORCE:
		reach_if(REACH_FORCE_IN_ROUND, walks && drainers != 0);
		break;
	case OP_UNCHARGE:
		reach_if(REACH_TRIM_IN_ROUND, walks && drainers != 0);
		reach_if(REACH_UNCHARGE_ON_DYING, walks && dying);
		break;
	case OP_OFFLINE:
		reach_if(REACH_OFFLINE_IN_ROUND, drainers != 0);
		break;
	case OP_ONLINE:
		reach_if(REACH_ONLINE_IN_ROUND, drainers != 0);
		break;
	case OP_REGISTER:
		reach_if(REACH_REGISTER_IN_ROUND, drainers != 0);
		break;
	case OP_UNREGISTER:
		reach_if(REACH_UNREGISTER_IN_ROUND, drainers != 0);
		break;
	case OP_DESTROY:
		reach_if(REACH_DESTROY_IN_DRAIN, world_does(OP_DRAIN));
		reach_if(REACH_SHARED_IN_DESTROY,
			 (uint32_t)w->d->inflight[0] != 0 || (uint32_t)w->d->inflight[1] != 0);
		break;
	case OP_REAP:
		reach_if(REACH_REAP_IN_ROUND, drainers != 0);
		break;
	default:
		break;
	}
}

static void
look_at_member(const struct member *m, uint32_t drainers)
{
	const struct ration_lcore *lc = ration_lcore_area(w->d, m);
	const struct drain_scan *scan;
	uint32_t i;

	if (lc == NULL)
		return;
	scan = &ration_workspace(lc)->scan;
	reach_if(REACH_TAKEN, MEMBER_STATE(m->state) == MEMBER_TAKEN);
	reach_if(REACH_ONLINE_WHILE_TAKEN,
		 MEMBER_STATE(m->state) == MEMBER_TAKEN && world_does(OP_ONLINE));
	reach_if(REACH_SCAN_SPLIT, scan->running && !(lc->seq & 1) && scan->next > 0);
	reach_if(REACH_SCAN_OUTDATED,
		 scan->running && scan->set.round != (uint32_t)(w->d->round >> 32));
	for (i = 0; i < RATION_REQUESTS_MAX; i++)
		reach_if(REACH_REQUEST, lc->requests[i] != 0);
	reach_if(REACH_MAILBOX_FULL, lc->pending & RATION_PENDING_EVERYTHING);
	for (i = 0; i < WORLD_COUNTERS; i++)
		reach_if(REACH_IDLE_IN_ROUND,
			 drainers != 0 && lc->stocks[i].limit != 0 &&
				 ration_idle_marked(&lc->stocks[i],
						    ration_counter_at(w->d, i)->gen));
}

void
reach_look(void)
{
	uint32_t drainers = (uint32_t)w->d->round, first, i, nb_sync = 0;

	for (i = 0; i < EXPLORE_FIBERS; i++) {
		if (world_op(i) == NULL)
			continue;
		look_at_op(world_op(i), drainers);
		nb_sync += world_op(i)->kind == OP_SYNC;
	}
	reach_if(REACH_SYNC_MEETS_SYNC, nb_sync > 1);
	for (i = 0; i < w->d->max_members; i++)
		look_at_member(&w->d->members[i], drainers);
	if ((drainers & (drainers - 1)) == 0)
		return;
	reach(REACH_TWO_ROUNDS);
	first = w->d->targets[__builtin_ctz(drainers)];
	for (; drainers != 0; drainers &= drainers - 1)
		reach_if(REACH_TWO_TARGETS, w->d->targets[__builtin_ctz(drainers)] != first);
}

void
reach_death(uint32_t fiber)
{
	static const enum reach of[OP_KINDS] = {
		[OP_CHARGE] = REACH_DIED_CHARGING,	[OP_UNCHARGE] = REACH_DIED_UNCHARGING,
		[OP_QUIESCENT] = REACH_DIED_SERVING,	[OP_DRAIN] = REACH_DIED_DRAINING,
		[OP_REGISTER] = REACH_DIED_REGISTERING, [OP_OFFLINE] = REACH_DIED_OFFLINE,
		[OP_ONLINE] = REACH_DIED_OFFLINE,	[OP_UNREGISTER] = REACH_DIED_UNREGISTERING,
	};
	const struct op *op = world_op(fiber);

	if (op != NULL && of[op->kind] != 0)
		reach(of[op->kind]);
}

uint32_t
reach_print(void)
{
	uint32_t i, never = 0;

	printf("# reached, in steps that wrote something:\n");
	for (i = 0; i < REACH_NUMBER; i++) {
		printf("#   %12" PRIu64 "  %s\n", count[i], names[i]);
		never += count[i] == 0;
	}
	return never;
}
