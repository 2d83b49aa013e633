/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_eal.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "drain/engines.h"
#include "lcore/give_back.h"
#include "lcore/member.h"
#include "lcore/requests.h"
#include "lcore/serve.h"
#include "lcore/walk.h"
#include "shm/trace.h"

/*
 * Take over the stock of a parked member. "Parked, and there is nothing in its slots" may be told
 * only while the state is TAKEN: the owner could be back and half way through a refill. Model
 * d_takeover: SKIP, NOCAS, RELEASEFIRST.
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
	 * A secondary process may be killed and must not hold the state. It need not: whoever parks
	 * has given all back before, and sees the gate when it comes back. Model d_takeover, case
	 * secondary.
	 */
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		ration_row_done(dr, row, 0);
		return true;
	}
	/* Acquire: pairs with the owner's release when it parked. */
	if (!ration_cas(&m->state, &word, taken, acquire))
		return false;
	token = ration_walk_begin(ration_lcore_shared(dr->domain));
	units = ration_give_back(lc, &set);
	ration_walk_end(ration_lcore_shared(dr->domain), token);
	/* Release: pairs with the acquire by which the owner or another drainer comes next. */
	ration_store(&m->state, MEMBER_WORD(MEMBER_GEN(word), 0, MEMBER_OFFLINE), release);
	ration_trace_takeover(row->member_id, false, units);
	row->engine = RATION_DRAIN_TAKEOVER;
	ration_row_done(dr, row, units);
	return true;
}

/* Whether remote launch may be used on a member: an EAL worker of ours in WAIT, and we are main. */
static bool
is_launchable(const struct member *m, uint32_t lcore_id)
{
	if (!ration_member_is_ours(m) || lcore_id >= RTE_MAX_LCORE ||
	    lcore_id == rte_get_main_lcore())
		return false;
	/* State and pipes of an lcore that is not enabled are zero: WAIT, and file descriptor 0. */
	if (rte_lcore_id() != rte_get_main_lcore() || !rte_lcore_is_enabled(lcore_id))
		return false;
	return rte_eal_get_lcore_state(lcore_id) == WAIT;
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

/* Wait for a worker that may have been launched to drain itself. */
static int
wait_launched(const struct ration_drain_row *row, struct ration_lcore *lc)
{
	int result = rte_eal_wait_lcore(row->lcore_id);

	ration_happens_after(lc);
	return result;
}

/*
 * Have a worker in WAIT drain itself: what work_on_cpu() is to the kernel. It will return what the
 * function before had returned, because the application may still ask for that. Model j_launch:
 * OWNRESULT, NOBUSY.
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

/* Ask an online member in the way that suits what it is doing now. */
static void
request(const struct drain *dr, struct ration_drain_row *row, struct ration_lcore *lc)
{
	if (is_launchable(ration_row_member(dr, row), row->lcore_id) && launch(row, lc))
		return;
	if (row->engine == RATION_DRAIN_MAILBOX)
		return;
	row->engine = RATION_DRAIN_MAILBOX;
	ration_request_drain(lc, dr->target);
}

/* Whether a member has acknowledged our generation. Generations wrap. */
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
	/* Afresh in every turn. Models d_takeover: STATEONCE; j_launch: ASKONCE. */
	word = ration_load(&m->state, seq_cst);
	switch (MEMBER_STATE(word)) {
	case MEMBER_FREE:
	case MEMBER_CLAIMED: /* It left; it gave everything back before. */
	case MEMBER_UNREAPED:
	case MEMBER_DEAD:
		ration_row_done(dr, row, ration_row_units(dr, row));
		break;
	case MEMBER_OFFLINE:
		take_over(dr, row, word);
		break;
	case MEMBER_TAKEN: /* Another drainer has it: look again. */
		break;
	case MEMBER_ONLINE:
		request(dr, row, lc);
		break;
	}
}

void
ration_engine_ask(struct drain *dr, uint32_t member_id)
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
