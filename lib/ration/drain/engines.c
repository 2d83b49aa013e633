/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_launch.h>
#include <rte_lcore.h>

#include "drain/engines.h"
#include "lcore/give_back.h"
#include "lcore/member.h"
#include "lcore/requests.h"
#include "lcore/serve.h"
#include "lcore/walk.h"
#include "shm/eal.h"
#include "shm/trace.h"

/*
 * Return the stock of an offline member: T2, scan, T3 of lcore/member.h. The drainer may conclude
 * that an offline member has no stock only in TAKEN: without T2, the owner could be online again
 * and in the middle of a refill. Model d_takeover: SKIP, NOCAS, RELEASEFIRST.
 */
static bool
take_over(struct drain *dr, struct ration_drain_row *row, uint64_t word)
{
	struct member *m = ration_row_member(dr, row);
	struct ration_lcore *lc = ration_lcore_area(dr->domain, m);
	struct drain_set set = {.nb_targets = 1, .targets = {dr->target}};
	uint64_t taken = MEMBER_WORD(MEMBER_GEN(word), dr->drainer, MEMBER_TAKEN);
	uint32_t token;
	uint64_t units;

	/*
	 * A secondary process may be killed and must not hold the state. It need not: an offline
	 * member has returned all its stock (T1), and sees the gate when it comes back (T4). Model
	 * d_takeover, case secondary.
	 */
	if (!ration_is_primary()) {
		ration_row_done(dr, row, 0);
		return true;
	}
	/* T2. Acquire: pairs with the release in ration_lcore_offline() and with T3. */
	if (!ration_cas(&m->state, &word, taken, acquire))
		return false;
	token = ration_walk_begin(ration_lcore_shared(dr->domain));
	units = ration_give_back(lc, &set);
	ration_walk_end(ration_lcore_shared(dr->domain), token);
	/* T3. Release: pairs with the CAS of the owner (T4) or of another drainer (T2). */
	ration_store(&m->state, MEMBER_WORD(MEMBER_GEN(word), 0, MEMBER_OFFLINE), release);
	ration_trace_takeover(row->member_id, false, units);
	row->engine = RATION_DRAIN_TAKEOVER;
	ration_row_done(dr, row, units);
	return true;
}

bool
ration_engine_can_launch(const struct member *m, uint32_t lcore_id)
{
	return rte_lcore_id() == rte_get_main_lcore() &&
	       ration_member_is_waiting_worker(m, lcore_id);
}

static int
serve_launched(void *arg)
{
	struct ration_lcore *lc = arg;
	int result;

	ration_serve_fully(lc);
	result = lc->launch_result;
	ration_happens_before(lc);
	return result;
}

/* Wait for a worker that may have been launched for a drain. @return result of its function */
static int
wait_launched(const struct ration_drain_row *row, struct ration_lcore *lc)
{
	int result = rte_eal_wait_lcore(row->lcore_id);

	ration_happens_after(lc);
	return result;
}

/*
 * Launch a worker in WAIT to drain itself, as work_on_cpu() in the kernel. The launched function
 * returns the result of the application's last function, because the application may still read it
 * with rte_eal_wait_lcore(). Model j_launch: OWNRESULT, NOBUSY.
 */
static bool
launch(struct ration_drain_row *row, struct ration_lcore *lc)
{
	lc->launch_result = wait_launched(row, lc);
	if (rte_eal_remote_launch(serve_launched, lc, row->lcore_id) != 0)
		return false;
	row->engine = RATION_DRAIN_LAUNCH;
	return true;
}

/* Send a request to an online member: by launch if it is in WAIT, else by its mailbox, once. */
static void
request(const struct drain *dr, struct ration_drain_row *row, struct ration_lcore *lc)
{
	if (ration_engine_can_launch(ration_row_member(dr, row), row->lcore_id) && launch(row, lc))
		return;
	if (row->engine == RATION_DRAIN_MAILBOX)
		return;
	row->engine = RATION_DRAIN_MAILBOX;
	ration_request_drain(lc, dr->target);
}

/* Return true if lc has acknowledged the round of this drain. Round numbers wrap. */
static bool
answered(const struct drain *dr, const struct ration_lcore *lc)
{
	return (int32_t)(ration_load(&lc->ack, acquire) - dr->round) >= 0;
}

void
ration_engine_check(struct drain *dr, struct ration_drain_row *row)
{
	struct member *m = ration_row_member(dr, row);
	struct ration_lcore *lc = ration_lcore_area(dr->domain, m);
	uint64_t word;

	if (row->engine == RATION_DRAIN_LAUNCH) {
		if (rte_eal_get_lcore_state(row->lcore_id) != WAIT)
			return;
		wait_launched(row, lc);
	}
	if (answered(dr, lc)) {
		ration_row_done(dr, row, ration_row_units(dr, row));
		return;
	}
	/* Read in every iteration of the wait. Models d_takeover: STATEONCE; j_launch: ASKONCE. */
	word = ration_load(&m->state, seq_cst);
	switch (MEMBER_STATE(word)) {
	case MEMBER_FREE:
	case MEMBER_CLAIMED: /* The owner returned all stock before it unregistered. */
	case MEMBER_UNREAPED:
	case MEMBER_DEAD:
		ration_row_done(dr, row, ration_row_units(dr, row));
		break;
	case MEMBER_OFFLINE:
		take_over(dr, row, word);
		break;
	case MEMBER_TAKEN: /* Another drainer holds the stock: check again. */
		break;
	case MEMBER_ONLINE:
		request(dr, row, lc);
		break;
	}
}

void
ration_engine_request(struct drain *dr, uint32_t member_id)
{
	struct member *m = &dr->domain->members[member_id];
	enum member_state state = MEMBER_STATE(ration_load(&m->state, seq_cst));
	struct ration_drain_row *row = &dr->rows[dr->nb_rows];
	struct ration_lcore *lc = ration_lcore_area(dr->domain, m);
	uint32_t i = dr->nb_rows;

	if (state == MEMBER_FREE || state == MEMBER_CLAIMED || state == MEMBER_UNREAPED ||
	    state == MEMBER_DEAD)
		return;
	dr->nb_rows++;
	*row = (struct ration_drain_row){
		.member_id = member_id,
		.lcore_id = ration_load(&lc->lcore_id, relaxed),
	};
	dr->units_before[i] = ration_load(&lc->ack_units, relaxed);
	dr->waiting[i] = true;
	dr->nb_waiting++;
	if (state != MEMBER_ONLINE)
		return;
	if (ration_member_is_mine(m)) {
		row->engine = RATION_DRAIN_SELF;
		ration_serve_fully(lc);
		ration_row_done(dr, row, ration_row_units(dr, row));
		return;
	}
	request(dr, row, lc);
}

void
ration_engine_wait_launched(struct drain *dr, struct ration_drain_row *row)
{
	wait_launched(row, ration_lcore_area(dr->domain, ration_row_member(dr, row)));
	ration_row_done(dr, row, ration_row_units(dr, row));
}
