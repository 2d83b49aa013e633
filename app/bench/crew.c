/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <sched.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "crew.h"

/** Slices of a window; in each of them every member must take a turn, so turns must be shorter. */
#define SLICES 16
/** A window may take so many times as long as it should. */
#define OVERTIME 1.25

bool
crew_shares_cpus(uint32_t nb)
{
	rte_cpuset_t all, one;
	unsigned int lcore_id = rte_get_main_lcore();
	uint32_t i;

	CPU_ZERO(&all);
	for (i = 0; i < nb && lcore_id < RTE_MAX_LCORE; i++) {
		one = rte_lcore_cpuset(lcore_id);
		CPU_OR(&all, &all, &one);
		lcore_id = rte_get_next_lcore(i == 0 ? -1 : (int)lcore_id, 1, 0);
	}
	return (uint32_t)CPU_COUNT(&all) < nb;
}

static int
join(struct crew_member *m)
{
	struct crew *c = m->crew;

	m->lane = c->selves != NULL ? c->impl->join(c->selves[m->id], 0)
				    : c->impl->join(c->self, m->id);
	m->failed = m->lane == NULL;
	ration_fetch_add(&c->ready, 1, release);
	return m->failed ? -1 : 0;
}

static void
leave(struct crew_member *m)
{
	const struct accounter *impl = m->crew->impl;

	if (m->lane == NULL)
		return;
	m->slow_paths = impl->slow_paths == NULL ? 0 : impl->slow_paths(m->lane);
	impl->leave(m->lane);
	m->lane = NULL;
}

static void
take_turn(struct crew_member *m)
{
	const struct accounter *impl = m->crew->impl;

	m->crew->task(m);
	if (impl->poll != NULL && !m->crew->task_polls)
		impl->poll(m->lane);
	crew_add(&m->turns, 1);
}

static int
work(void *arg)
{
	struct crew_member *m = arg;
	struct crew *c = m->crew;

	if (join(m) < 0)
		return -1;
	/* Pairs with the release in crew_stop(). */
	while (!ration_load(&c->quit, acquire))
		take_turn(m);
	leave(m);
	return 0;
}

static void
init_members(struct crew *c)
{
	unsigned int lcore_id = rte_get_main_lcore();
	uint32_t i;

	for (i = 0; i < c->nb; i++) {
		c->members[i] = (struct crew_member){
			.crew = c, .id = i, .lcore_id = lcore_id, .context = c->contexts[i]};
		lcore_id = rte_get_next_lcore(i == 0 ? -1 : (int)lcore_id, 1, 0);
	}
}

int
crew_start(struct crew *c)
{
	uint32_t i;
	int rc;

	init_members(c);
	ration_store(&c->quit, 0, relaxed);
	ration_store(&c->ready, 0, relaxed);
	if (join(&c->members[0]) < 0)
		return -1;
	for (i = 1; i < c->nb; i++) {
		rc = rte_eal_remote_launch(work, &c->members[i], c->members[i].lcore_id);
		if (rc != 0) {
			warnx("lcore %u does not start: %s", c->members[i].lcore_id,
			      rte_strerror(-rc));
			c->nb = i;
			crew_stop(c);
			return -1;
		}
	}
	/* Pairs with the release in join(). */
	while (ration_load(&c->ready, acquire) < c->nb)
		sched_yield();
	return 0;
}

/* Sums over all members, as they are now. */
static struct crew_window
sums_of(const struct crew *c)
{
	struct crew_window w = {.ns = 0};
	const struct crew_member *m;
	uint32_t i;

	for (i = 0; i < c->nb; i++) {
		m = &c->members[i];
		w.done += ration_load(&m->progress, acquire);
		w.refused += ration_load(&m->refused, relaxed);
		w.seen += ration_load(&m->seen, relaxed);
		w.looks += ration_load(&m->looks, relaxed);
	}
	return w;
}

/* Has every member taken a turn since the last look? */
static bool
all_have_moved(const struct crew *c, uint64_t *turns)
{
	bool all = true;
	uint64_t now;
	uint32_t i;

	for (i = 0; i < c->nb; i++) {
		now = ration_load(&c->members[i].turns, relaxed);
		all = all && now != turns[i];
		turns[i] = now;
	}
	return all;
}

/* Work until the end of a slice. */
static void
work_until(struct crew *c, uint64_t until)
{
	do
		take_turn(&c->members[0]);
	while (rte_rdtsc() < until);
}

struct crew_window
crew_work(struct bench *b, struct crew *c, double ns)
{
	const uint64_t slice = (uint64_t)(ns * b->ticks_per_ns / SLICES);
	uint64_t turns[RTE_MAX_LCORE] = {0}, start, end;
	struct crew_window before, w;
	bool valid = true;
	uint32_t i;

	all_have_moved(c, turns);
	before = sums_of(c);
	start = rte_rdtsc_precise();
	for (i = 1; i <= SLICES; i++) {
		work_until(c, start + i * slice);
		valid = all_have_moved(c, turns) && valid;
	}
	end = rte_rdtsc_precise();
	w = sums_of(c);
	w.ns = bench_ns(b, end - start);
	/* Longer than it should be: the main lcore has not run all the time. */
	w.valid = valid && w.ns < OVERTIME * ns;
	w.done -= before.done;
	w.refused -= before.refused;
	w.seen -= before.seen;
	w.looks -= before.looks;
	return w;
}

static bool
wait_turns(const struct crew_member *m, uint64_t turns, uint64_t deadline)
{
	uint64_t goal = ration_load(&m->turns, acquire) + turns;

	while (ration_load(&m->turns, acquire) < goal) {
		if (rte_rdtsc() > deadline)
			return false;
		sched_yield();
	}
	return true;
}

bool
crew_wait_turns(const struct crew *c, uint64_t turns)
{
	const uint64_t deadline = rte_rdtsc() + rte_get_tsc_hz();
	bool all = true;
	uint32_t i;

	for (i = 1; i < c->nb; i++)
		all = wait_turns(&c->members[i], turns, deadline) && all;
	return all;
}

int
crew_stop(struct crew *c)
{
	uint32_t i;
	int rc = 0;

	/* Pairs with the acquire in work(). */
	ration_store(&c->quit, 1, release);
	for (i = 1; i < c->nb; i++) {
		if (rte_eal_wait_lcore(c->members[i].lcore_id) != 0)
			rc = -1;
	}
	leave(&c->members[0]);
	if (rc < 0)
		warnx("an lcore could not join the accounter");
	return rc;
}

#define ROUND_TRIPS 1001

struct echo {
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) call;
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) answer;
};

/* Answers until the call is the last one. */
static int
echo(void *arg)
{
	struct echo *e = arg;
	uint64_t call;

	do {
		/* Both pairs: the word is all that is passed. */
		call = ration_load(&e->call, acquire);
		ration_store(&e->answer, call, release);
	} while (call < ROUND_TRIPS);
	return 0;
}

void
crew_add_round_trip(struct bench *b, struct samples *trips)
{
	unsigned int lcore_id = rte_get_next_lcore(-1, 1, 0);
	struct samples words = {0};
	struct echo e = {0};
	uint64_t start, i;

	if (lcore_id == RTE_MAX_LCORE || crew_shares_cpus(2) ||
	    rte_eal_remote_launch(echo, &e, lcore_id) != 0)
		return;
	for (i = 1; i <= ROUND_TRIPS; i++) {
		start = rte_rdtsc_precise();
		ration_store(&e.call, i, release);
		while (ration_load(&e.answer, acquire) != i)
			;
		samples_add(&words, bench_ns(b, rte_rdtsc_precise() - start));
	}
	rte_eal_wait_lcore(lcore_id);
	samples_add(trips, samples_summary(&words).median);
	samples_free(&words);
}

void
crew_note_round_trip(struct row *row, struct samples *trips)
{
	struct summary sum = samples_summary(trips);

	if (sum.samples > 0)
		json_object_set_new(row->params, "round_trip_ns", json_real(sum.median));
}
