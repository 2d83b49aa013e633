/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>

#include "harness/progress.h"
#include "harness/windows.h"

/** Length of a window of lcores that are fast enough for it. */
#define WINDOW_NS 1000000
#define WINDOW_NS_QUICK 100000
/** A window is doubled at most so often, whatever the workers do. */
#define DOUBLINGS 6
/** Iterations of the slowest worker in each slice. */
#define ITERATIONS_OF_SLICE 4
/** Tries for each window that is wanted. */
#define PATIENCE 4

void
windows_init(const struct bench *b, struct windows *l)
{
	if (b->quick)
		l->of_round = 1;
	if (workers_share_cpus(l->lcores))
		results_mark_one_cpu(l->row);
}

/*
 * The trials are the warm-up, too. Workers that share a CPU take turns, so that one iteration of
 * each of them is enough.
 */
static void
calibrate(struct bench *b, struct workers *ws, struct windows *l)
{
	const uint64_t enough =
		l->row->one_cpu ? 1 : (uint64_t)WORKERS_SLICES * ITERATIONS_OF_SLICE;
	int i;

	l->ns = b->quick ? WINDOW_NS_QUICK : WINDOW_NS;
	for (i = 0; i < DOUBLINGS && workers_work(b, ws, l->ns).fewest < enough; i++)
		l->ns *= 2;
}

/*
 * Lcores that share a CPU make nearly every window invalid. Their rows show the scheduler. A single
 * lcore waits for no other one, so that the median of all its windows is right.
 */
static bool
counts(const struct windows *l, const struct workers_window *w)
{
	return w->valid || l->lcores == 1 || (l->row->one_cpu && w->done + w->refused > 0);
}

void
windows_take(struct bench *b, struct workers *ws, struct windows *l, uint32_t round, uint64_t end)
{
	const uint32_t goal = round * l->of_round;
	struct workers_window w;
	uint32_t i;

	if (l->ns == 0)
		calibrate(b, ws, l);
	else
		workers_work(b, ws, l->ns);
	for (i = 0; i < PATIENCE * l->of_round && l->row->samples.nb < goal; i++) {
		if (bench_stops(b) || (l->row->samples.nb > 0 && budget_is_over(end)))
			return;
		w = workers_work(b, ws, l->ns);
		if (counts(l, &w))
			l->add(l->arg, &w);
		else
			l->rejected++;
	}
}

void
windows_note(struct windows *l, struct samples *trips)
{
	if (l->lcores > 1)
		workers_note_round_trip(l->row, trips);
	json_object_set_new(l->row->params, "window_us", json_real(l->ns / 1000));
	json_object_set_new(l->row->params, "rejected", json_integer(l->rejected));
	budget_note(l->row, WINDOWS_ROUNDS * l->of_round);
}

static int
run_round(struct bench *b, const struct windows_turns *t, uint32_t round)
{
	const uint64_t end = budget_next(t->end, WINDOWS_ROUNDS - round + 1);
	uint32_t i;
	int rc = 0;

	if (t->trips != NULL)
		workers_add_round_trip(b, t->trips);
	for (i = 0; i < t->nb && rc == 0 && !bench_stops(b); i++)
		rc = t->measure(b, t->arg, i, round, budget_next(end, t->nb - i));
	return rc;
}

int
windows_run(struct bench *b, const struct windows_turns *t)
{
	uint64_t start, took = 0;
	uint32_t round;
	int rc = 0;

	for (round = 1; round <= WINDOWS_ROUNDS && rc == 0 && !bench_stops(b); round++) {
		start = rte_rdtsc();
		if (round > 1 && start + took > t->end)
			break;
		if (t->name != NULL)
			progress(t->name, round - 1, WINDOWS_ROUNDS);
		rc = run_round(b, t, round);
		took = rte_rdtsc() - start;
	}
	if (t->name != NULL)
		progress(t->name, WINDOWS_ROUNDS, WINDOWS_ROUNDS);
	return rc;
}
