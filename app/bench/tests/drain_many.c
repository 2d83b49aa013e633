/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_random.h>

#include <ration.h>

#include "harness/budget.h"
#include "harness/progress.h"
#include "harness/workers.h"
#include "tests/drain_many.h"

/** Pairs between two polls: a burst. */
#define PAIRS BURST_SIZE
/** Requests per repeat: a percentile of 99.9 needs ten thousand. */
#define REQUESTS_OF_REPEAT 10u
#define REQUESTS_MAX 10010u
#define REQUESTS_QUICK 101
/**
 * If drains take long, there are as many as fit into this time, but at least REQUESTS_MIN if the
 * time of the test allows that.
 */
#define MS_OF_CASE 700
#define REQUESTS_MIN 201u
/** If lcores share a CPU, requests take time slices and show the scheduler. */
#define REQUESTS_ONE_CPU 11
#define DRAIN_TIMEOUT_US 1000000
/** A longer quiescent point has served a request. */
#define IDLE_POLL_NS 150
/** The drained group is between the root and the leaves. */
#define DEPTH 2
#define COUNTERS_QUICK 1024

static const uint32_t sizes[] = {1, 16, 256, 1024, 4096, 65536};

/** State of a polling lcore whose stock is drained. */
struct owner {
	alignas(2 * RTE_CACHE_LINE_SIZE) const uint64_t *counters;
	uint32_t nb;
	uint32_t next;
	uint64_t idle_poll; /**< A shorter quiescent point did nothing, in ticks. */
	/** Sum of the quiescent points that returned stock, in ticks. */
	RATION_ATOMIC(uint64_t) pause;
	RATION_ATOMIC(uint64_t) longest;
	uint64_t drained;
};

static uint64_t
drained_by(const struct worker *wk)
{
	struct ration_lcore_stats stats;

	ration_lcore_stats_get(wk->ctx, &stats);
	return stats.drained;
}

/* A quiescent point, timed. */
static void
poll_timed(struct worker *wk, struct owner *o)
{
	uint64_t start = rte_rdtsc_precise(), took, drained;

	ration_quiescent(wk->ctx);
	took = rte_rdtsc_precise() - start;
	drained = drained_by(wk);
	/* A part of a drain that continues at the next quiescent point shows only in its length. */
	if (drained == o->drained && took < o->idle_poll)
		return;
	o->drained = drained;
	worker_add(&o->pause, took);
	if (took > ration_load(&o->longest, relaxed))
		ration_store(&o->longest, took, relaxed);
}

/* A burst over the next counters. If there are fewer, they are used again. */
static void
burst_and_poll(struct worker *wk)
{
	struct owner *o = wk->task_arg;
	uint32_t i;

	for (i = 0; i < PAIRS; i++) {
		if (wk->workers->impl->charge(wk->ctx, o->counters[o->next], 1) == 0)
			wk->workers->impl->uncharge(wk->ctx, o->counters[o->next], 1);
		o->next = o->next + 1 < o->nb ? o->next + 1 : 0;
	}
	poll_timed(wk, o);
	worker_add(&wk->progress, PAIRS);
}

struct drain_many_run {
	struct workers workers;
	struct owner owners[RTE_MAX_LCORE];
	uint64_t *counters;
	uint32_t nb;
	ration_counter_t top;
	struct row *waits; /**< Wait of the requester. */
	struct row *pauses; /**< Pause of the owners, per drained counter. */
	struct row *longest; /**< Longest pause of an owner in a drain. */
	uint32_t rejected;
	struct samples trips; /**< Round trips before and after. */
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report;
};

static int
make_tree(struct drain_many_run *r)
{
	const struct backend_tree tree = {.counters = r->nb,
					  .depth = DEPTH,
					  .max = RATION_UNLIMITED,
					  .lcores = r->workers.nb};
	uint32_t i;

	r->workers.self = r->workers.impl->create(&tree);
	r->counters = calloc(r->nb, sizeof(*r->counters));
	if (r->workers.self == NULL || r->counters == NULL)
		return -1;
	for (i = 0; i < r->nb; i++)
		r->counters[i] = r->workers.impl->counter(r->workers.self, i);
	r->top = r->nb == 1 ? r->counters[0]
			    : ration_counter_find(backend_ration_domain(r->workers.self), "level");
	return r->top == RATION_COUNTER_NONE ? -1 : 0;
}

/* All lcores but the main lcore, which sends the requests, are owners. */
static int
start_owners(const struct bench *b, struct drain_many_run *r)
{
	uint32_t i;

	for (i = 1; i < r->workers.nb; i++)
		r->owners[i] = (struct owner){
			.counters = r->counters,
			.nb = r->nb,
			.idle_poll = (uint64_t)(IDLE_POLL_NS * b->ticks_per_ns),
		};
	return workers_start(&r->workers);
}

static uint64_t
sum_pauses(const struct drain_many_run *r, uint64_t *longest)
{
	uint64_t sum = 0;
	uint32_t i;

	*longest = 0;
	for (i = 1; i < r->workers.nb; i++) {
		sum += ration_load(&r->owners[i].pause, acquire);
		*longest = RTE_MAX(*longest, ration_load(&r->owners[i].longest, relaxed));
	}
	return sum;
}

static void
clear_longest(struct drain_many_run *r)
{
	uint32_t i;

	for (i = 1; i < r->workers.nb; i++)
		ration_store(&r->owners[i].longest, 0, relaxed);
}

/* A drain counts only if it used the mailbox and found stock of every counter on every owner. */
static bool
is_valid(const struct drain_many_run *r)
{
	uint32_t i, owners = 0;

	for (i = 0; i < r->report.nb_rows; i++)
		owners += r->report.rows[i].engine == RATION_DRAIN_MAILBOX &&
			  r->report.rows[i].units >= r->nb;
	return owners == r->workers.nb - 1;
}

static void
request(struct bench *b, struct drain_many_run *r)
{
	struct ration_domain *d = backend_ration_domain(r->workers.self);
	uint64_t start, end, pause, longest, until;
	int rc;

	/*
	 * Wait until each owner has used all counters twice, so that every counter has stock again.
	 */
	if (!workers_wait_iterations(&r->workers, 2 * (r->nb / PAIRS + 1))) {
		r->rejected++;
		return;
	}
	/* Start at a random time, or the request would synchronize with the polling. */
	until = rte_rdtsc() + rte_rand_max((uint64_t)(2000 * b->ticks_per_ns));
	while (rte_rdtsc() < until)
		;
	r->report.rows = r->rows;
	r->report.max_rows = RTE_DIM(r->rows);
	clear_longest(r);
	pause = sum_pauses(r, &longest);
	start = rte_rdtsc_precise();
	rc = ration_drain(d, r->top, DRAIN_TIMEOUT_US, &r->report);
	end = rte_rdtsc_precise();
	if (rc != 0 || !is_valid(r) || !workers_wait_iterations(&r->workers, 1)) {
		r->rejected++;
		return;
	}
	pause = sum_pauses(r, &longest) - pause;
	samples_add(&r->waits->samples, bench_ns(b, end - start));
	samples_add(&r->pauses->samples,
		    bench_ns(b, pause) / ((double)r->nb * (r->workers.nb - 1)));
	samples_add(&r->longest->samples, bench_ns(b, longest));
}

static struct row *
add_row(struct bench *b, const struct drain_many_run *r, const char *name)
{
	struct row *row = results_row(
		&b->results, "ration", name, "ns",
		json_pack("{s:i,s:i}", "counters", (int)r->nb, "owners", (int)r->workers.nb - 1));

	if (workers_share_cpus(r->workers.nb))
		results_mark_one_cpu(row);
	return row;
}

static void
add_percentiles(struct row *row)
{
	static const struct {
		const char *name;
		double percent;
	} wanted[] = {{"p90", 90}, {"p99", 99}, {"p99.9", 99.9}};
	uint32_t i;

	for (i = 0; i < RTE_DIM(wanted); i++) {
		if (samples_support_percentile(&row->samples, wanted[i].percent))
			json_object_set_new(
				row->params, wanted[i].name,
				json_real(samples_percentile(&row->samples, wanted[i].percent)));
	}
}

static uint32_t
requests_of_case(const struct bench *b, const struct drain_many_run *r)
{
	if (r->waits->one_cpu)
		return REQUESTS_ONE_CPU;
	return b->quick ? REQUESTS_QUICK : RTE_MIN(REQUESTS_OF_REPEAT * b->repeats, REQUESTS_MAX);
}

/* With many repeats there are fewer in the usual time, but not fewer than the minimum. */
static void
close_row(struct bench *b, struct drain_many_run *r, struct row *row)
{
	budget_note(row, RTE_MIN(requests_of_case(b, r), REQUESTS_MIN));
	workers_note_round_trip(row, &r->trips);
	results_close_or_drop_row(&b->results, row);
}

static void
close_rows(struct bench *b, struct drain_many_run *r)
{
	samples_summary(&r->waits->samples);
	add_percentiles(r->waits);
	json_object_set_new(r->waits->params, "rejected", json_integer(r->rejected));
	close_row(b, r, r->waits);
	close_row(b, r, r->pauses);
	close_row(b, r, r->longest);
}

/* Take enough samples, or as many as the time allows. */
static void
request_often(struct bench *b, struct drain_many_run *r, uint64_t end)
{
	uint64_t enough = rte_rdtsc() + (uint64_t)(MS_OF_CASE * 1e6 * b->ticks_per_ns);
	uint32_t requests = requests_of_case(b, r), i;

	for (i = 0; i < 2 * requests && !bench_stops(b) && r->waits->samples.nb < requests; i++) {
		if (i >= REQUESTS_MIN && budget_is_over(enough))
			return;
		if (i > 0 && budget_is_over(end))
			return;
		request(b, r);
	}
}

static int
measure(struct bench *b, struct drain_many_run *r, uint64_t end)
{
	int rc;

	r->waits = add_row(b, r, "many: requester waits");
	r->pauses = add_row(b, r, "many: pause of owner per counter");
	r->longest = add_row(b, r, "many: longest pause of owner");
	workers_add_round_trip(b, &r->trips);
	rc = start_owners(b, r);
	if (rc < 0)
		return rc;
	request_often(b, r, end);
	rc = workers_stop(&r->workers);
	workers_add_round_trip(b, &r->trips);
	close_rows(b, r);
	return rc;
}

static int
run_one(struct bench *b, uint32_t nb, uint32_t owners, uint64_t end)
{
	struct drain_many_run *r = aligned_alloc(alignof(struct drain_many_run), sizeof(*r));
	uint32_t i;
	int rc;

	if (r == NULL) {
		warn("drain");
		return -1;
	}
	memset(r, 0, sizeof(*r));
	r->nb = nb;
	r->workers.impl = &backend_ration;
	r->workers.task = burst_and_poll;
	r->workers.task_polls = true;
	r->workers.nb = owners + 1;
	for (i = 0; i < RTE_MAX_LCORE; i++)
		r->workers.task_args[i] = &r->owners[i];
	rc = make_tree(r);
	if (rc < 0) {
		warnx("drain: no memory for %u counters, left out", nb);
		rc = 0;
	} else {
		rc = measure(b, r, end);
	}
	if (r->workers.self != NULL)
		r->workers.impl->destroy(r->workers.self);
	samples_free(&r->trips);
	free(r->counters);
	free(r);
	return rc;
}

/* All numbers of owners of a size. */
static int
run_size(struct bench *b, uint32_t nb, uint64_t end)
{
	const uint32_t all = rte_lcore_count() - 1;
	uint32_t left = workers_count_nb(b, all), owners;
	int rc = 0;

	for (owners = 1; owners <= all && rc == 0 && !bench_stops(b);
	     owners = workers_next_nb(b, owners, all), left--)
		rc = run_one(b, nb, owners, budget_next(end, left));
	return rc;
}

int
drain_many(struct bench *b, uint64_t end)
{
	const struct row_key pause = {"ration", "many: pause of owner per counter", 1024, 0, 0};
	uint32_t i;
	int rc = 0;

	for (i = 0; i < RTE_DIM(sizes) && rc == 0 && !bench_stops(b); i++) {
		progress("drain of many counters", i, RTE_DIM(sizes));
		if (!b->quick || sizes[i] <= COUNTERS_QUICK)
			rc = run_size(b, sizes[i], budget_next(end, RTE_DIM(sizes) - i));
	}
	progress("drain of many counters", i, RTE_DIM(sizes));
	if (rc == 0)
		results_value(&b->results,
			      "pause of an owner for each of 1024 drained counters: ns",
			      results_find(&b->results, &pause), 10);
	return rc;
}
