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

#include "harness/workers.h"

/** A window may take up to this multiple of its length. */
#define OVERTIME 1.25

bool
workers_share_cpus(uint32_t nb)
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
join(struct worker *wk)
{
	struct workers *ws = wk->workers;

	wk->ctx = ws->selves != NULL ? ws->impl->join(ws->selves[wk->id], 0)
				     : ws->impl->join(ws->self, wk->id);
	wk->failed = wk->ctx == NULL;
	ration_fetch_add(&ws->ready, 1, release);
	return wk->failed ? -1 : 0;
}

static void
leave(struct worker *wk)
{
	const struct backend *impl = wk->workers->impl;

	if (wk->ctx == NULL)
		return;
	wk->slow_paths = impl->slow_paths == NULL ? 0 : impl->slow_paths(wk->ctx);
	impl->leave(wk->ctx);
	wk->ctx = NULL;
}

static void
run_iteration(struct worker *wk)
{
	const struct backend *impl = wk->workers->impl;

	/* Pairs with the release in workers_change_task(). */
	ration_load(&wk->workers->task, acquire)(wk);
	if (impl->poll != NULL && !wk->workers->task_polls)
		impl->poll(wk->ctx);
	worker_add(&wk->iterations, 1);
	if (wk->workers->yields)
		sched_yield();
}

static int
work(void *arg)
{
	struct worker *wk = arg;
	struct workers *ws = wk->workers;

	if (join(wk) < 0)
		return -1;
	/* Pairs with the release in workers_stop(). */
	while (!ration_load(&ws->quit, acquire))
		run_iteration(wk);
	leave(wk);
	return 0;
}

static void
init_workers(struct workers *ws)
{
	unsigned int lcore_id = rte_get_main_lcore();
	uint32_t i;

	for (i = 0; i < ws->nb; i++) {
		ws->worker[i] = (struct worker){
			.workers = ws, .id = i, .lcore_id = lcore_id, .task_arg = ws->task_args[i]};
		lcore_id = rte_get_next_lcore(i == 0 ? -1 : (int)lcore_id, 1, 0);
	}
}

int
workers_start(struct workers *ws)
{
	uint32_t i;
	int rc;

	init_workers(ws);
	ws->yields = workers_share_cpus(ws->nb);
	ration_store(&ws->quit, 0, relaxed);
	ration_store(&ws->ready, 0, relaxed);
	if (join(&ws->worker[0]) < 0)
		return -1;
	for (i = 1; i < ws->nb; i++) {
		rc = rte_eal_remote_launch(work, &ws->worker[i], ws->worker[i].lcore_id);
		if (rc != 0) {
			warnx("cannot start lcore %u: %s", ws->worker[i].lcore_id,
			      rte_strerror(-rc));
			ws->nb = i;
			workers_stop(ws);
			return -1;
		}
	}
	/* Pairs with the release in join(). */
	while (ration_load(&ws->ready, acquire) < ws->nb)
		sched_yield();
	return 0;
}

/* Current sums over all workers. */
static struct workers_window
sums_of(const struct workers *ws)
{
	struct workers_window w = {.ns = 0};
	const struct worker *wk;
	uint32_t i;

	for (i = 0; i < ws->nb; i++) {
		wk = &ws->worker[i];
		w.done += ration_load(&wk->progress, acquire);
		w.refused += ration_load(&wk->refused, relaxed);
		w.seen += ration_load(&wk->seen, relaxed);
		w.looks += ration_load(&wk->looks, relaxed);
	}
	return w;
}

/* Iterations and operations of each worker. */
struct counts {
	uint64_t iterations[RTE_MAX_LCORE];
	uint64_t progress[RTE_MAX_LCORE];
};

static void
count_workers(const struct workers *ws, struct counts *c)
{
	uint32_t i;

	for (i = 0; i < ws->nb; i++) {
		c->iterations[i] = ration_load(&ws->worker[i].iterations, relaxed);
		c->progress[i] = ration_load(&ws->worker[i].progress, relaxed);
	}
}

/* The extremes of the workers since `before`. */
static void
find_extremes(const struct workers *ws, const struct counts *before, struct workers_window *w)
{
	struct counts now = {0};
	uint64_t done;
	uint32_t i;

	count_workers(ws, &now);
	w->fewest = w->least = UINT64_MAX;
	w->most = 0;
	for (i = 0; i < ws->nb; i++) {
		done = now.progress[i] - before->progress[i];
		w->fewest = RTE_MIN(w->fewest, now.iterations[i] - before->iterations[i]);
		w->least = RTE_MIN(w->least, done);
		w->most = RTE_MAX(w->most, done);
	}
}

/* Has every worker finished an iteration since the last check? */
static bool
all_have_iterated(const struct workers *ws, uint64_t *iterations)
{
	bool all = true;
	uint64_t now;
	uint32_t i;

	for (i = 0; i < ws->nb; i++) {
		now = ration_load(&ws->worker[i].iterations, relaxed);
		all = all && now != iterations[i];
		iterations[i] = now;
	}
	return all;
}

/* Work until the end of a slice. */
static void
work_until(struct workers *ws, uint64_t until)
{
	do
		run_iteration(&ws->worker[0]);
	while (rte_rdtsc() < until);
}

struct workers_window
workers_work(struct bench *b, struct workers *ws, double ns)
{
	/* Workers that share a CPU take turns, so that a slice would show nothing. */
	const uint32_t slices = ws->yields ? 1 : WORKERS_SLICES;
	const uint64_t slice = (uint64_t)(ns * b->ticks_per_ns / slices);
	uint64_t iterations[RTE_MAX_LCORE] = {0}, start, end;
	struct workers_window before, w;
	struct counts counts = {0};
	bool valid = true;
	uint32_t i;

	all_have_iterated(ws, iterations);
	count_workers(ws, &counts);
	before = sums_of(ws);
	start = rte_rdtsc_precise();
	for (i = 1; i <= slices; i++) {
		work_until(ws, start + i * slice);
		valid = all_have_iterated(ws, iterations) && valid;
	}
	end = rte_rdtsc_precise();
	w = sums_of(ws);
	find_extremes(ws, &counts, &w);
	w.ns = bench_ns(b, end - start);
	/* If it took longer, the main lcore was interrupted. */
	w.valid = valid && w.ns < OVERTIME * ns;
	w.done -= before.done;
	w.refused -= before.refused;
	w.seen -= before.seen;
	w.looks -= before.looks;
	return w;
}

static bool
wait_iterations(const struct worker *wk, uint64_t iterations, uint64_t deadline)
{
	uint64_t goal = ration_load(&wk->iterations, acquire) + iterations;

	while (ration_load(&wk->iterations, acquire) < goal) {
		if (rte_rdtsc() > deadline)
			return false;
		sched_yield();
	}
	return true;
}

bool
workers_wait_iterations(const struct workers *ws, uint64_t iterations)
{
	const uint64_t deadline = rte_rdtsc() + rte_get_tsc_hz();
	bool all = true;
	uint32_t i;

	for (i = 1; i < ws->nb; i++)
		all = wait_iterations(&ws->worker[i], iterations, deadline) && all;
	return all;
}

/* The first iteration that ends may have started before. */
bool
workers_change_task(struct workers *ws, worker_task_t task)
{
	/* Pairs with the acquire in run_iteration(). */
	ration_store(&ws->task, task, release);
	return workers_wait_iterations(ws, 2);
}

int
workers_stop(struct workers *ws)
{
	uint32_t i;
	int rc = 0;

	/* Pairs with the acquire in work(). */
	ration_store(&ws->quit, 1, release);
	for (i = 1; i < ws->nb; i++) {
		if (rte_eal_wait_lcore(ws->worker[i].lcore_id) != 0)
			rc = -1;
	}
	leave(&ws->worker[0]);
	if (rc < 0)
		warnx("an lcore cannot register with the backend");
	return rc;
}

#define ROUND_TRIPS 1001

struct echo {
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) call;
	alignas(2 * RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) answer;
};

/* Answer until the last request. */
static int
echo(void *arg)
{
	struct echo *e = arg;
	uint64_t call;

	do {
		/*
		 * Acquire and release pair with those in workers_add_round_trip(): nothing else is
		 * passed.
		 */
		call = ration_load(&e->call, acquire);
		ration_store(&e->answer, call, release);
	} while (call < ROUND_TRIPS);
	return 0;
}

void
workers_add_round_trip(struct bench *b, struct samples *trips)
{
	unsigned int lcore_id = rte_get_next_lcore(-1, 1, 0);
	struct samples words = {0};
	struct echo e = {0};
	uint64_t start, i;

	if (lcore_id == RTE_MAX_LCORE || workers_share_cpus(2) ||
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
workers_note_round_trip(struct row *row, struct samples *trips)
{
	struct summary sum = samples_summary(trips);

	if (sum.samples > 0)
		json_object_set_new(row->params, "round_trip_ns", json_real(sum.median));
}
