/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The book of held units, kept without the library. */

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>

#include <rte_common.h>

#include "ration_pvt.h"
#include "soak.h"

/* Attempts to verify a running domain before it counts as wrong. */
#define LOOKS 1000

void
soak_log_error(struct soak *s, const char *format, ...)
{
	va_list ap;

	if (ration_fetch_add(&s->wrong, 1, acq_rel) > 0)
		return;
	va_start(ap, format);
	vsnprintf(s->error, sizeof(s->error), format, ap);
	va_end(ap);
}

void
soak_count(struct player *p, enum soak_event event)
{
	ration_fetch_add(&p->events[event], 1, relaxed);
}

void
soak_hold(struct player *p, const struct holding *h, uint32_t epoch)
{
	uint64_t held[SOAK_ENTRIES], most[SOAK_ENTRIES];
	struct soak *s = p->s;
	struct entry *e;
	int i;

	for (i = (int)h->which; i >= 0; i = e->parent) {
		e = &s->book[i];
		held[i] = ration_fetch_add(&e->held, h->n, seq_cst) + h->n;
		most[i] = ration_load(&e->ceiling, seq_cst) + ration_load(&e->forced, seq_cst);
	}
	/* A limit that was changed meanwhile gives no bound for the held units. */
	if ((epoch & 1) || ration_load(&s->epoch, seq_cst) != epoch)
		return;
	soak_count(p, SOAK_CHECKED);
	for (i = (int)h->which; i >= 0; i = s->book[i].parent) {
		if (held[i] > most[i])
			soak_log_error(s,
				       "P1: %" PRIu64 " units held of counter %d, at most %" PRIu64,
				       held[i], i, most[i]);
	}
}

void
soak_let_go(struct soak *s, const struct holding *h)
{
	int i;

	for (i = (int)h->which; i >= 0; i = s->book[i].parent)
		ration_fetch_sub(&s->book[i].held, h->n, seq_cst);
}

void
soak_note_force(struct soak *s, uint32_t which, uint64_t n)
{
	int i;

	for (i = (int)which; i >= 0; i = s->book[i].parent)
		ration_fetch_add(&s->book[i].forced, n, seq_cst);
}

void
soak_check_running(struct soak *s)
{
	struct ration_counter_info info;
	uint32_t i;

	for (i = 0; i < SOAK_ENTRIES; i++) {
		if (s->book[i].made == RATION_COUNTER_NONE ||
		    ration_counter_get(s->d, s->book[i].made, &info) != 0)
			continue;
		if (info.rejected != 0)
			soak_log_error(s, "%" PRIu64 " uncharges of counter %u were rejected",
				       info.rejected, i);
	}
	/* A walk may have passed a limit and not yet set over_max_ok or given back: look again. */
	for (i = 0; i < LOOKS && ration_domain_verify(s->d, 0, NULL) != 0; i++)
		sched_yield();
	if (i == LOOKS && ration_domain_verify(s->d, 0, stderr) != 0)
		soak_log_error(s, "ration_domain_verify() reports an error while lcores run");
}

/* P2 for one counter: `usage` is the held units plus stock. */
static void
check_entry(struct soak *s, uint32_t i, bool drained)
{
	struct entry *e = &s->book[i];
	const uint64_t held = ration_load(&e->held, seq_cst);
	struct ration_counter_info info;
	struct ration_reading r;

	if (ration_read_sum(s->d, e->made, &r) != 0 ||
	    ration_counter_get(s->d, e->made, &info) != 0) {
		soak_log_error(s, "counter %u does not exist any more, but it was not destroyed",
			       i);
		return;
	}
	if (info.max != e->max)
		soak_log_error(s, "counter %u has max %" PRIu64 ", not %" PRIu64, i, info.max,
			       e->max);
	if (r.usage - r.stock != held)
		soak_log_error(s,
			       "P2: counter %u has usage %" PRIu64 " and stock %" PRIu64
			       ", but %" PRIu64 " units are held",
			       i, r.usage, r.stock, held);
	if (drained && r.stock != 0)
		soak_log_error(s, "counter %u has stock %" PRIu64 " after a drain", i, r.stock);
}

static void
check_all(struct soak *s, bool drained)
{
	uint32_t i;

	for (i = 0; i < SOAK_ENTRIES; i++) {
		if (s->book[i].made != RATION_COUNTER_NONE)
			check_entry(s, i, drained);
	}
	if (ration_domain_verify(s->d, 1, stderr) != 0)
		soak_log_error(s, "ration_domain_verify() reports an error while no lcore runs");
}

/* Indices are used again; the handles of earlier counters stay stale. */
static void
check_stale(struct soak *s)
{
	const struct player *p = &s->workers[SOAK_WORKERS];
	uint32_t i;

	for (i = 0; i < RTE_MIN(s->nb_stale, (uint32_t)SOAK_STALE); i++) {
		if (ration_try_charge(p->lc, s->stale[i], 1) != -ESTALE)
			soak_log_error(
				s, "handle %#" PRIx64 " is good for a charge, but was destroyed",
				s->stale[i]);
	}
}

static void
must_drain(struct soak *s, ration_counter_t c)
{
	int rc = ration_drain(s->d, c, SOAK_MINUTE, NULL);

	if (rc != 0)
		soak_log_error(s, "a drain while no lcore runs: %d", rc);
}

/* Units that fit below all limits in addition to the held units. */
static uint64_t
room_of(const struct soak *s, uint32_t which)
{
	uint64_t room = UINT32_MAX, held;
	const struct entry *e;
	int i;

	for (i = (int)which; i >= 0; i = e->parent) {
		e = &s->book[i];
		held = ration_load(&e->held, seq_cst);
		room = RTE_MIN(room, e->max > held ? e->max - held : 0);
	}
	return room;
}

/* P3: a synchronous charge gets the last free unit, and not one unit more. */
static void
check_room(struct soak *s, uint32_t which)
{
	struct player *p = &s->workers[SOAK_WORKERS];
	const uint64_t room = room_of(s, which);
	ration_counter_t c = s->book[which].handle;
	int rc;

	rc = ration_try_charge_sync(p->lc, c, room + 1, SOAK_MINUTE, NULL);
	if (rc == -EDQUOT)
		soak_count(p, SOAK_SYNC_REFUSED);
	else if (room < UINT32_MAX)
		soak_log_error(s, "P3: counter %u has room for %" PRIu64 ", a charge of 1 more: %d",
			       which, room, rc);
	if (rc == 0)
		ration_uncharge(p->lc, c, room + 1);
	rc = ration_try_charge_sync(p->lc, c, room, SOAK_MINUTE, NULL);
	if (rc != 0)
		soak_log_error(s, "P3: counter %u has room for %" PRIu64 ", a charge of them: %d",
			       which, room, rc);
	else if (ration_uncharge(p->lc, c, room) != 0)
		soak_log_error(s, "counter %u does not take its room back", which);
}

/* Set the ceilings from now on. */
static void
start_period(struct soak *s)
{
	struct entry *e;
	uint32_t i;

	for (i = 0; i < SOAK_ENTRIES; i++) {
		e = &s->book[i];
		ration_store(&e->forced, 0, seq_cst);
		ration_store(&e->ceiling, RTE_MAX(e->max, e->held), seq_cst);
	}
}

void
soak_check_stopped(struct soak *s)
{
	struct prng *prng = &s->workers[SOAK_WORKERS].prng;
	uint32_t i, which;

	/*
	 * An lcore that has answered twice has no older request left to serve. Each answer is a
	 * quiescent point: an lcore that was refused returns its unused stock after some of them.
	 */
	for (i = 0; i < 3 * RATION_WATCH_TURNS; i++)
		must_drain(s, s->nothing);
	/*
	 * An lcore that polls may give idle stock back at any time: then only drained stock is
	 * constant.
	 */
	if (!s->gives_idle_back)
		check_all(s, false);
	must_drain(s, ration_domain_root(s->d));
	check_all(s, true);
	check_stale(s);
	soak_forget_offline(s);
	which = prng_below(prng, SOAK_ENTRIES);
	if (s->book[which].handle != RATION_COUNTER_NONE && which != 0)
		check_room(s, which);
	start_period(s);
}
