/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The charge with an exact refusal (promise P3).
 *
 * A plain refusal may be wrong for two reasons:
 *
 * 1. Other lcores hide units in their stock. So the call drains the subtree of the level that lacks
 *    room, and tries again while the gate is set.
 * 2. A walk holds units at the level, fails at another level, and returns them: a "phantom hold".
 *    It does not help to wait until no walk is in flight, because the next one may have started
 *    (model b_phantom). But a walk that fails returns its units and then adds 1 to `rollbacks` of
 *    the level. So:
 *
 *    X1: read `rollbacks` of all levels.
 *    X2: try to charge. The charge fails at level a, after it read the usage of a.
 *    X3: a grace period: wait until every walk that was in flight has ended.
 *    X4: read `rollbacks` of a again. If it is unchanged, refuse, else continue with X1.
 *
 * Assume that at X2 a walk held units of a, and failed later. It was in flight, so it ended before
 * X4, and it added to `rollbacks` after X2. So X4 sees the addition, X1 did not, and the two values
 * differ. If they are equal, all usage of a at X2 was granted or belonged to charges that
 * succeeded.
 *
 * See "Exact refusal" in doc/guide/internals/protocols.rst.
 */

#include <errno.h>

#include <rte_cycles.h>

#include "drain/drain.h"
#include "drain/grace.h"
#include "lcore/stock.h"
#include "tree/counter.h"

/* A charge with an exact refusal, in progress. */
struct sync {
	struct ration_lcore *lc;
	ration_counter_t handle;
	uint64_t n;
	uint32_t failed; /* Index of the level that lacked room at the last attempt. */
	struct drain drain;
};

/* X1: read `rollbacks` of all levels, by depth. @return false if the handle is stale */
static bool
read_rollbacks(struct sync *s, uint32_t *rollbacks)
{
	struct ration_domain *d = s->drain.domain;
	struct counter *c = ration_resolve(d, s->handle);
	uint32_t i;

	if (c == NULL)
		return false;
	for (i = 0; i <= c->depth; i++)
		rollbacks[i] = ration_load(&ration_level(d, c, i)->rollbacks, seq_cst);
	return true;
}

/* Mark the row of the member whose walk did not end. */
static void
report_walk(struct drain *dr, uint32_t member_id)
{
	uint32_t i;

	if (member_id == RATION_INDEX_NONE)
		return;
	for (i = 0; i < dr->nb_rows; i++) {
		if (dr->rows[i].member_id != member_id)
			continue;
		dr->rows[i].status = RATION_DRAIN_TIMEDOUT;
		dr->rows[i].reason = RATION_DRAIN_REASON_WALK;
		dr->nb_timedout++;
	}
}

/*
 * X1 to X4, while the gate is set for the drained subtree. Models b_phantom and l_sync have a
 * mutant for each step.
 * @return as ration_try_charge(), -ETIMEDOUT, or -EAGAIN if a level above that subtree lacks room
 */
static int
charge_drained(struct sync *s)
{
	struct ration_domain *d = s->drain.domain;
	uint32_t rollbacks[RATION_DEPTH_MAX + 1] = {0}, stuck;
	struct counter *at;
	int rc;

	for (;;) {
		if (!read_rollbacks(s, rollbacks))
			return -ESTALE;
		rc = ration_attempt(s->lc, s->handle, s->n, &s->failed);
		if (rc != -EDQUOT)
			return rc;
		at = ration_counter_at(d, s->failed);
		if (!ration_is_below(d, at, s->drain.target))
			return -EAGAIN;
		/* This thread is not in a walk now: two callers do not wait for each other. */
		if (ration_grace(d, s->drain.deadline, &stuck) != 0) {
			report_walk(&s->drain, stuck);
			return -ETIMEDOUT;
		}
		if (ration_load(&at->rollbacks, seq_cst) == rollbacks[at->depth])
			return -EDQUOT;
		if (rte_get_tsc_cycles() >= s->drain.deadline)
			return -ETIMEDOUT;
	}
}

/* Drain the subtree of the level that lacked room, and charge while the gate is set. */
static int
charge_in_round(struct sync *s)
{
	int rc = ration_drain_open(&s->drain, s->failed);

	if (rc != 0)
		return rc;
	rc = ration_drain_run(&s->drain);
	if (rc == 0)
		rc = charge_drained(s);
	ration_drain_close(&s->drain);
	return rc;
}

int
ration_try_charge_sync(struct ration_lcore *lc, ration_counter_t c, uint64_t n, uint32_t timeout_us,
		       struct ration_drain_report *report)
{
	struct sync s; /* About 6 KiB. */
	uint32_t failed;
	int rc;

	s.lc = lc;
	s.handle = c;
	s.n = n;
	ration_drain_init(&s.drain, ration_domain_of(lc), timeout_us);
	rc = ration_attempt(lc, c, n, &s.failed);
	while (rc == -EDQUOT) {
		failed = s.failed;
		rc = charge_in_round(&s);
		/* A level above the drained subtree lacks room: drain it, once per level. */
		if (rc != -EAGAIN || s.failed == failed)
			break;
		rc = -EDQUOT;
	}
	if (rc == -EDQUOT)
		ration_refuse(lc, c, s.failed);
	ration_report_write(&s.drain, report);
	return rc;
}
