/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The drain: returns the stock of all lcores to the tree, and waits until this is done.
 *
 * The drainer opens a round, which sets the gate, sends a request to each member, and only then
 * waits. So the latency is that of the slowest member, not the sum. Only the owner writes the stock
 * entries of an online lcore. An lcore acknowledges after its stock is back in the tree, with the
 * round that it read before its scan. The drainer reads the state of a member in every iteration of
 * the wait, because the member may go offline, unregister or return to WAIT meanwhile. See "Drain
 * and gate" in doc/guide/internals/protocols.rst.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <rte_cycles.h>

#include "drain/drain.h"
#include "drain/engines.h"
#include "drain/recover.h"
#include "lcore/self.h"
#include "shm/clock.h"
#include "shm/eal.h"
#include "shm/trace.h"
#include "tree/counter.h"
#include "tree/gate.h"

/* Time without an answer after which a member may be dead. The check makes system calls. */
#define CHECK_DEAD_US 1000

/* Recover the stock of members that do not answer because they are dead. */
static void
find_dead(struct drain *dr)
{
	struct ration_drain_row *row;
	uint64_t units;
	uint32_t i;

	dr->next_check = ration_cycles_in(CHECK_DEAD_US);
	if (!ration_is_primary())
		return;
	for (i = 0; i < dr->nb_rows; i++) {
		row = &dr->rows[i];
		if (!dr->waiting[i] || row->engine == RATION_DRAIN_LAUNCH ||
		    !ration_member_recover(dr->domain, ration_row_member(dr, row), dr->deadline,
					   &units))
			continue;
		row->engine = RATION_DRAIN_DEAD;
		ration_row_done(dr, row, ration_row_units(dr, row) + units);
	}
}

static void
wait_for_all(struct drain *dr)
{
	uint32_t i;

	for (;;) {
		for (i = 0; i < dr->nb_rows; i++) {
			if (dr->waiting[i])
				ration_engine_check(dr, &dr->rows[i]);
		}
		/*
		 * Serves the mailboxes of this thread: another lcore may be draining it. Model
		 * c_rounds: DEAF.
		 */
		if (dr->nb_waiting == 0 || !ration_wait_on(dr->deadline))
			return;
		if (rte_get_tsc_cycles() >= dr->next_check)
			find_dead(dr);
	}
}

static void
note_timeouts(struct drain *dr)
{
	struct ration_drain_row *row;
	uint32_t i;

	for (i = 0; i < dr->nb_rows; i++) {
		row = &dr->rows[i];
		if (!dr->waiting[i])
			continue;
		/*
		 * Wait for a worker that this call has launched, even past the deadline: the
		 * application may launch it next. The launched function does not block.
		 */
		if (row->engine == RATION_DRAIN_LAUNCH)
			ration_engine_wait_launched(dr, row);
		else
			ration_row_timed_out(dr, row);
	}
}

void
ration_drain_init(struct drain *dr, struct ration_domain *d, uint32_t timeout_us)
{
	/* Do not clear the arrays: that costs as much as a drain. */
	memset(dr, 0, offsetof(struct drain, rows));
	dr->domain = d;
	dr->start = rte_get_tsc_cycles();
	dr->deadline = dr->start + ration_us_to_cycles(timeout_us);
	dr->next_check = dr->start + ration_us_to_cycles(CHECK_DEAD_US);
}

int
ration_drain_open(struct drain *dr, uint32_t target)
{
	dr->target = target;
	do {
		dr->drainer = ration_gate_open(dr->domain, target, &dr->round);
		if (dr->drainer >= 0)
			return 0;
		/* RATION_DRAINERS_MAX drains are running: wait for one to end. */
	} while (ration_wait_on(dr->deadline));
	return -EAGAIN;
}

int
ration_drain_run(struct drain *dr)
{
	uint32_t nb_members, i;

	dr->nb_waiting = 0;
	dr->nb_rows = 0;
	dr->nb_rounds++;
	/* A member that goes online after this load sees the gate. */
	nb_members = ration_load(&dr->domain->nb_members, seq_cst);
	for (i = 0; i < nb_members; i++)
		ration_engine_request(dr, i);
	wait_for_all(dr);
	note_timeouts(dr);
	return dr->nb_timedout > 0 ? -ETIMEDOUT : 0;
}

void
ration_drain_close(struct drain *dr)
{
	ration_gate_close(dr->domain, dr->drainer);
	ration_trace_round(dr->target, dr->round, dr->units, dr->nb_timedout,
			   rte_get_tsc_cycles() - dr->start);
}

int
ration_drain(struct ration_domain *d, ration_counter_t c, uint32_t timeout_us,
	     struct ration_drain_report *report)
{
	struct drain dr; /* About 6 KiB. */
	int rc = -ESTALE;

	ration_drain_init(&dr, d, timeout_us);
	if (ration_resolve(d, c) != NULL)
		rc = ration_drain_open(&dr, (uint32_t)c);
	if (rc == 0) {
		rc = ration_drain_run(&dr);
		ration_drain_close(&dr);
	}
	ration_report_write(&dr, report);
	return rc;
}
