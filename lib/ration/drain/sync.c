/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The charge whose refusal is exact (promise P3).
 *
 * Two things can make a plain refusal wrong: units in the stock of others, and units that a walk
 * holds for a moment before it fails at another level ("phantom hold"). Against the first the
 * subtree of the level that lacks room is drained, and the charge is tried inside the gate. Against
 * the second helps no waiting until nothing is in flight (model b_phantom refutes it), but this:
 * whoever gives back after a failure counts so in `undone` of the counter, after the units. So read
 * `undone`, try, wait until the walks of that time have ended, and read `undone` again: if it is
 * the same, nobody held units there in vain when we looked.
 */

#include <errno.h>

#include <rte_cycles.h>

#include "drain/drain.h"
#include "drain/grace.h"
#include "lcore/stock.h"
#include "tree/counter.h"

/* A charge that is to be exact. */
struct sync {
	struct ration_lcore *lc;
	ration_counter_t handle;
	uint64_t n;
	uint32_t failed; /* The level that lacked room at the last try. */
	struct drain drain;
};

/* Read `undone` of all levels, the counter's own last. @return false: the handle is stale */
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

/* A row for the lcore whose walk did not end. */
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
 * Try until the answer is certain. The gate is open for the drained subtree. Models b_phantom and
 * l_sync: each step below is one of their mutants.
 * @return as ration_try_charge(), -ETIMEDOUT, or -EAGAIN: refused outside that subtree
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
		/* Our own walk has ended: two that wait for each other here get on. */
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

/* One round of draining below the level that lacked room, and a try inside its gate. */
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
	struct sync s; /* Large. */
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
		/* Refused above what was drained: drain more. It gets less with every turn. */
		if (rc != -EAGAIN || s.failed == failed)
			break;
		rc = -EDQUOT;
	}
	if (rc == -EDQUOT)
		ration_refuse(lc, c, s.failed);
	ration_report_write(&s.drain, report);
	return rc;
}
