/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Taking stock back from all lcores, synchronously.
 *
 * The gate is opened, everybody is asked, and only then is anybody waited for. Nobody but its owner
 * touches the stock of a running lcore; an lcore acknowledges after its stock is back in the tree,
 * with the generation it read before it began. What is known of a member is read again on every
 * turn of the wait, because it may park, leave or return to WAIT meanwhile.
 */

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "drain.h"
#include "gone.h"
#include "trace.h"

/* Who has not answered for so long may be dead. To ask costs system calls. */
#define LOOK_US 1000

static struct member *
row_member(const struct drain *dr, const struct ration_drain_row *row)
{
	return &dr->domain->members[row->slot_id];
}

static void
row_done(struct drain *dr, struct ration_drain_row *row, uint64_t units)
{
	uint32_t i = (uint32_t)(row - dr->report->rows);

	if (dr->waiting[i])
		dr->nb_waiting--;
	dr->waiting[i] = false;
	row->status = units > 0 ? RATION_DRAIN_DONE : RATION_DRAIN_EMPTY;
	row->units = units;
	row->cycles = rte_get_tsc_cycles() - dr->start;
	dr->report->units += units;
}

/* What the member has given back since this drain began. */
static uint64_t
units_since(const struct drain *dr, const struct ration_drain_row *row)
{
	const struct ration_lcore *lc = ration_block(dr->domain, row_member(dr, row));

	return ration_load(&lc->ack_units, relaxed) - dr->units_before[row - dr->report->rows];
}

/*
 * Take over the stock of a parked member. "Parked, and there is nothing in its slots" may be told
 * only while the state is TAKEN: the owner could be back and half way through a refill. Model
 * d_takeover: SKIP, NOCAS, RELEASEFIRST.
 */
static bool
take_over(struct drain *dr, struct ration_drain_row *row, uint64_t word)
{
	struct member *m = row_member(dr, row);
	struct ration_lcore *lc = ration_block(dr->domain, m);
	struct round_view view = {.nb_targets = 1, .targets = {dr->target}};
	uint64_t taken = MEMBER_WORD(MEMBER_EPOCH(word), dr->asker, MEMBER_TAKEN);
	uint32_t token;
	uint64_t units;

	/*
	 * A secondary process may be killed and must not hold the state. It need not: whoever parks
	 * has given all back before, and sees the gate when it comes back. Model d_takeover, case
	 * secondary.
	 */
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		row_done(dr, row, 0);
		return true;
	}
	/* Acquire: pairs with the owner's release when it parked. */
	if (!ration_cas(&m->state, &word, taken, acquire))
		return false;
	token = ration_walk_begin(ration_lcore_none(dr->domain));
	units = ration_give_back(lc, &view);
	ration_walk_end(ration_lcore_none(dr->domain), token);
	/* Release: pairs with the acquire by which the owner or another drainer comes next. */
	ration_store(&m->state, MEMBER_WORD(MEMBER_EPOCH(word), 0, MEMBER_PARKED), release);
	ration_trace_takeover(row->slot_id, false, units);
	row->engine = RATION_DRAIN_TAKEOVER;
	row_done(dr, row, units);
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
	if (is_launchable(row_member(dr, row), row->lcore_id) && launch(row, lc))
		return;
	if (row->engine == RATION_DRAIN_MAILBOX)
		return;
	row->engine = RATION_DRAIN_MAILBOX;
	/* A process that may be killed must not leave a message half posted: nobody could any more.
	 */
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		ration_call(lc, dr->target);
		return;
	}
	/* A full mailbox holds messages already that will make the lcore read the round. */
	rte_ring_enqueue(&lc->mailbox, (void *)(uintptr_t)dr->target);
}

/* Whether a member has acknowledged our generation. Generations wrap. */
static bool
answered(const struct drain *dr, const struct ration_lcore *lc)
{
	return (int32_t)(ration_load(&lc->ack, acquire) - dr->gen) >= 0;
}

/* See how far a member is. */
static void
check_row(struct drain *dr, struct ration_drain_row *row)
{
	struct member *m = row_member(dr, row);
	struct ration_lcore *lc = ration_block(dr->domain, m);
	uint64_t word;

	if (row->engine == RATION_DRAIN_LAUNCH) {
		if (rte_eal_get_lcore_state(row->lcore_id) != WAIT)
			return;
		wait_launched(row, lc);
	}
	if (answered(dr, lc)) {
		row_done(dr, row, units_since(dr, row));
		return;
	}
	/* Afresh in every turn. Models d_takeover: STATEONCE; j_launch: ASKONCE. */
	word = ration_load(&m->state, seq_cst);
	switch (MEMBER_STATE(word)) {
	case MEMBER_FREE:
	case MEMBER_CLAIMED: /* It left; it gave everything back before. */
	case MEMBER_LEFT:
	case MEMBER_GONE:
		row_done(dr, row, units_since(dr, row));
		break;
	case MEMBER_PARKED:
		take_over(dr, row, word);
		break;
	case MEMBER_TAKEN: /* Another drainer has it: look again. */
		break;
	case MEMBER_ONLINE:
		request(dr, row, lc);
		break;
	}
}

/* Make a member's row and send it the request. */
static void
ask(struct drain *dr, uint32_t slot_id)
{
	struct member *m = &dr->domain->members[slot_id];
	enum member_state state = MEMBER_STATE(ration_load(&m->state, seq_cst));
	struct ration_drain_row *row = &dr->report->rows[dr->report->nb_rows];
	struct ration_lcore *lc = ration_block(dr->domain, m);
	uint32_t i = dr->report->nb_rows;

	if (state == MEMBER_FREE || state == MEMBER_CLAIMED || state == MEMBER_LEFT ||
	    state == MEMBER_GONE)
		return;
	dr->report->nb_rows++;
	*row = (struct ration_drain_row){
		.slot_id = slot_id,
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
		row_done(dr, row, units_since(dr, row));
		return;
	}
	request(dr, row, lc);
}

/* Look whether those who do not answer are alive, and take over those who are not. */
static void
look_for_dead(struct drain *dr)
{
	struct ration_drain_row *row;
	uint64_t units;
	uint32_t i;

	dr->look = rte_get_tsc_cycles() + rte_get_tsc_hz() / 1000000 * LOOK_US;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return;
	for (i = 0; i < dr->report->nb_rows; i++) {
		row = &dr->report->rows[i];
		if (!dr->waiting[i] || row->engine == RATION_DRAIN_LAUNCH ||
		    !ration_member_recover(dr->domain, row_member(dr, row), dr->deadline, &units))
			continue;
		row->engine = RATION_DRAIN_GONE;
		row_done(dr, row, units_since(dr, row) + units);
	}
}

static void
wait_for_all(struct drain *dr)
{
	uint32_t i;

	for (;;) {
		for (i = 0; i < dr->report->nb_rows; i++) {
			if (dr->waiting[i])
				check_row(dr, &dr->report->rows[i]);
		}
		if (dr->nb_waiting == 0 || rte_get_tsc_cycles() >= dr->deadline)
			return;
		/* Two lcores that drain each other serve each other. Model c_rounds: DEAF. */
		ration_serve_own();
		if (rte_get_tsc_cycles() >= dr->look)
			look_for_dead(dr);
		rte_pause();
	}
}

/* Why a member has not been drained. */
static enum ration_drain_reason
reason_of(const struct drain *dr, const struct ration_drain_row *row)
{
	const struct member *m = row_member(dr, row);

	if (MEMBER_STATE(ration_load(&m->state, relaxed)) == MEMBER_TAKEN)
		return RATION_DRAIN_REASON_TAKEN;
	if (ration_member_is_ours(m) && row->lcore_id < RTE_MAX_LCORE &&
	    row->lcore_id != rte_get_main_lcore() && rte_lcore_is_enabled(row->lcore_id) &&
	    rte_eal_get_lcore_state(row->lcore_id) == WAIT)
		return RATION_DRAIN_REASON_WAIT;
	return RATION_DRAIN_REASON_SILENT;
}

static void
log_timeout(const struct drain *dr, const struct ration_drain_row *row)
{
	static const char *const reasons[] = {
		[RATION_DRAIN_REASON_NONE] = "unknown",
		[RATION_DRAIN_REASON_SILENT] = "it passes no quiescent point",
		[RATION_DRAIN_REASON_WAIT] = "it is in WAIT, only the main lcore can drain it",
		[RATION_DRAIN_REASON_TAKEN] = "another drain was at it",
		[RATION_DRAIN_REASON_WALK] = "it does not end its charge",
	};

	RATION_LOG_LIMITED(
		dr->domain,
		"slot %u (lcore %d) has not answered a drain of counter %u within %" PRIu64
		" us: %s",
		row->slot_id, (int)row->lcore_id, dr->target,
		row->cycles / (rte_get_tsc_hz() / 1000000), reasons[row->reason]);
}

static void
note_timeouts(struct drain *dr)
{
	struct ration_drain_row *row;
	uint32_t i;

	for (i = 0; i < dr->report->nb_rows; i++) {
		row = &dr->report->rows[i];
		if (!dr->waiting[i])
			continue;
		/*
		 * A worker that this call has launched is waited for in any case: it waits for
		 * nobody, and the application may want to launch it next.
		 */
		if (row->engine == RATION_DRAIN_LAUNCH) {
			wait_launched(row, ration_block(dr->domain, row_member(dr, row)));
			row_done(dr, row, units_since(dr, row));
			continue;
		}
		row->status = RATION_DRAIN_TIMEDOUT;
		row->reason = reason_of(dr, row);
		row->cycles = rte_get_tsc_cycles() - dr->start;
		dr->report->nb_timedout++;
		/* Who does not want to wait need not be told that it took too long. */
		if (dr->deadline > dr->start)
			log_timeout(dr, row);
	}
}

void
ration_drain_init(struct drain *dr, struct ration_domain *d, uint32_t timeout_us,
		  struct ration_drain_report *report)
{
	dr->domain = d;
	dr->report = report;
	/* Not the rows: there is place for many, and to clear them costs as much as a drain. */
	memset(report, 0, offsetof(struct ration_drain_report, rows));
	dr->start = rte_get_tsc_cycles();
	dr->deadline = dr->start + rte_get_tsc_hz() / 1000000 * timeout_us;
	dr->look = dr->start + rte_get_tsc_hz() / 1000000 * LOOK_US;
}

int
ration_drain_open(struct drain *dr, uint32_t target)
{
	dr->target = target;
	for (;;) {
		dr->asker = ration_round_open(dr->domain, target, &dr->gen);
		if (dr->asker >= 0)
			return 0;
		/* Too many drains: wait for one to end. */
		if (rte_get_tsc_cycles() >= dr->deadline)
			return -EAGAIN;
		ration_serve_own();
		rte_pause();
	}
}

int
ration_drain_run(struct drain *dr)
{
	uint32_t nb_members, i;

	dr->nb_waiting = 0;
	dr->report->nb_rows = 0;
	dr->report->nb_rounds++;
	/* Whoever goes online after this look sees the gate. */
	nb_members = ration_load(&dr->domain->nb_members, seq_cst);
	for (i = 0; i < nb_members; i++)
		ask(dr, i);
	wait_for_all(dr);
	note_timeouts(dr);
	return dr->report->nb_timedout > 0 ? -ETIMEDOUT : 0;
}

void
ration_drain_close(struct drain *dr)
{
	ration_round_close(dr->domain, dr->asker);
	dr->report->cycles = rte_get_tsc_cycles() - dr->start;
	ration_trace_round(dr->target, dr->gen, dr->report->units, dr->report->nb_timedout,
			   dr->report->cycles);
}

int
ration_drain(struct ration_domain *d, ration_counter_t c, uint32_t timeout_us,
	     struct ration_drain_report *report)
{
	struct ration_drain_report unwanted;
	struct drain dr;
	int rc;

	ration_drain_init(&dr, d, timeout_us, report != NULL ? report : &unwanted);
	if (ration_resolve(d, c) == NULL)
		return -ESTALE;
	rc = ration_drain_open(&dr, (uint32_t)c);
	if (rc != 0)
		return rc;
	rc = ration_drain_run(&dr);
	ration_drain_close(&dr);
	return rc;
}
