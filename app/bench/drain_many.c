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

#include "crew.h"
#include "drain_many.h"
#include "progress.h"

/** Pairs between two looks at the mailbox: a burst. */
#define PAIRS BURST_SIZE
/** For each repeat: a percentile of 99.9 needs ten thousand. */
#define ASKS_OF_REPEAT 10u
#define ASKS_MAX 10010u
#define ASKS_QUICK 101
/** Where drains take long there are as many as fit, at least this many. */
#define MS_OF_CASE 700
#define ASKS_MIN 201u
/** They take time slices then, and say nothing about the library anyway. */
#define ASKS_ONE_CPU 11
#define DRAIN_TIMEOUT_US 1000000
/** A quiescent point that takes longer has served something. */
#define NOTHING_NS 150
/** The group that is drained stands between root and leaves. */
#define DEPTH 2
#define COUNTERS_QUICK 1024

static const uint32_t sizes[] = {1, 16, 256, 1024, 4096, 65536};

/** An owner's. */
struct owner {
	alignas(2 * RTE_CACHE_LINE_SIZE) const uint64_t *counters;
	uint32_t nb;
	uint32_t next;
	uint64_t nothing; /**< A point where nothing is to be done takes less, in ticks. */
	/** What quiescent points have taken that gave something back, in ticks. */
	RATION_ATOMIC(uint64_t) pause;
	RATION_ATOMIC(uint64_t) longest;
	uint64_t drained;
};

static uint64_t
drained_by(const struct crew_member *m)
{
	struct ration_lcore_stats stats;

	ration_lcore_stats_get(m->lane, &stats);
	return stats.drained;
}

/* A quiescent point with a look at the clock before and after it. */
static void
poll_timed(struct crew_member *m, struct owner *o)
{
	uint64_t start = rte_rdtsc_precise(), took, drained;

	ration_quiescent(m->lane);
	took = rte_rdtsc_precise() - start;
	drained = drained_by(m);
	/* Parts of a drain that goes on at the next point are told by their length only. */
	if (drained == o->drained && took < o->nothing)
		return;
	o->drained = drained;
	crew_add(&o->pause, took);
	if (took > ration_load(&o->longest, relaxed))
		ration_store(&o->longest, took, relaxed);
}

/* A burst over the next counters; where there are fewer, over those again. */
static void
burst_and_poll(struct crew_member *m)
{
	struct owner *o = m->context;
	uint32_t i;

	for (i = 0; i < PAIRS; i++) {
		if (m->crew->impl->charge(m->lane, o->counters[o->next], 1) == 0)
			m->crew->impl->uncharge(m->lane, o->counters[o->next], 1);
		o->next = o->next + 1 < o->nb ? o->next + 1 : 0;
	}
	poll_timed(m, o);
	crew_add(&m->progress, PAIRS);
}

struct drain_many_run {
	struct crew crew;
	struct owner owners[RTE_MAX_LCORE];
	uint64_t *counters;
	uint32_t nb;
	ration_counter_t top;
	struct row *asked; /**< The requester's wait. */
	struct row *paused; /**< The owners' pause for each of their counters. */
	struct row *longest; /**< The longest pause in a drain. */
	uint32_t rejected;
	struct samples trips; /**< Before and after. */
	struct ration_drain_report report;
};

static int
make_tree(struct drain_many_run *r)
{
	const struct accounter_tree tree = {
		.counters = r->nb, .depth = DEPTH, .max = RATION_UNLIMITED, .lanes = r->crew.nb};
	uint32_t i;

	r->crew.self = r->crew.impl->create(&tree);
	r->counters = calloc(r->nb, sizeof(*r->counters));
	if (r->crew.self == NULL || r->counters == NULL)
		return -1;
	for (i = 0; i < r->nb; i++)
		r->counters[i] = r->crew.impl->counter(r->crew.self, i);
	r->top = r->nb == 1 ? r->counters[0]
			    : ration_counter_find(accounter_ration_domain(r->crew.self), "level");
	return r->top == RATION_COUNTER_NONE ? -1 : 0;
}

/* Owners are all but the main lcore, which asks. */
static int
start_owners(const struct bench *b, struct drain_many_run *r)
{
	uint32_t i;

	for (i = 1; i < r->crew.nb; i++)
		r->owners[i] = (struct owner){
			.counters = r->counters,
			.nb = r->nb,
			.nothing = (uint64_t)(NOTHING_NS * b->ticks_per_ns),
		};
	return crew_start(&r->crew);
}

static uint64_t
pauses(const struct drain_many_run *r, uint64_t *longest)
{
	uint64_t sum = 0;
	uint32_t i;

	*longest = 0;
	for (i = 1; i < r->crew.nb; i++) {
		sum += ration_load(&r->owners[i].pause, acquire);
		*longest = RTE_MAX(*longest, ration_load(&r->owners[i].longest, relaxed));
	}
	return sum;
}

static void
forget_longest(struct drain_many_run *r)
{
	uint32_t i;

	for (i = 1; i < r->crew.nb; i++)
		ration_store(&r->owners[i].longest, 0, relaxed);
}

/* A drain that took another way, or did not find stock of every counter on every lcore, is void. */
static bool
is_valid(const struct drain_many_run *r)
{
	uint32_t i, owners = 0;

	for (i = 0; i < r->report.nb_rows; i++)
		owners += r->report.rows[i].engine == RATION_DRAIN_MAILBOX &&
			  r->report.rows[i].units >= r->nb;
	return owners == r->crew.nb - 1;
}

static void
ask(struct bench *b, struct drain_many_run *r)
{
	struct ration_domain *d = accounter_ration_domain(r->crew.self);
	uint64_t start, end, pause, longest, until;
	int rc;

	/* Until each has come round twice, so that every counter has stock again. */
	if (!crew_wait_turns(&r->crew, 2 * (r->nb / PAIRS + 1))) {
		r->rejected++;
		return;
	}
	/* At a random moment, or else it falls into step with the polling. */
	until = rte_rdtsc() + rte_rand_max((uint64_t)(2000 * b->ticks_per_ns));
	while (rte_rdtsc() < until)
		;
	forget_longest(r);
	pause = pauses(r, &longest);
	start = rte_rdtsc_precise();
	rc = ration_drain(d, r->top, DRAIN_TIMEOUT_US, &r->report);
	end = rte_rdtsc_precise();
	if (rc != 0 || !is_valid(r) || !crew_wait_turns(&r->crew, 1)) {
		r->rejected++;
		return;
	}
	pause = pauses(r, &longest) - pause;
	samples_add(&r->asked->samples, bench_ns(b, end - start));
	samples_add(&r->paused->samples, bench_ns(b, pause) / ((double)r->nb * (r->crew.nb - 1)));
	samples_add(&r->longest->samples, bench_ns(b, longest));
}

static struct row *
add_row(struct bench *b, const struct drain_many_run *r, const char *name)
{
	struct row *row = results_row(
		&b->results, "ration", name, "ns",
		json_pack("{s:i,s:i}", "counters", (int)r->nb, "owners", (int)r->crew.nb - 1));

	if (crew_shares_cpus(r->crew.nb))
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
		if (samples_tell_percentile(&row->samples, wanted[i].percent))
			json_object_set_new(
				row->params, wanted[i].name,
				json_real(samples_percentile(&row->samples, wanted[i].percent)));
	}
}

static void
close_rows(struct bench *b, struct drain_many_run *r)
{
	samples_summary(&r->asked->samples);
	add_percentiles(r->asked);
	json_object_set_new(r->asked->params, "rejected", json_integer(r->rejected));
	crew_note_round_trip(r->asked, &r->trips);
	crew_note_round_trip(r->paused, &r->trips);
	crew_note_round_trip(r->longest, &r->trips);
	results_close_or_drop_row(&b->results, r->asked);
	results_close_or_drop_row(&b->results, r->paused);
	results_close_or_drop_row(&b->results, r->longest);
}

static uint32_t
asks_of_case(const struct bench *b, const struct drain_many_run *r)
{
	if (r->asked->one_cpu)
		return ASKS_ONE_CPU;
	return b->quick ? ASKS_QUICK : RTE_MIN(ASKS_OF_REPEAT * b->repeats, ASKS_MAX);
}

/* Enough samples, or as many as there is time for. */
static void
ask_often(struct bench *b, struct drain_many_run *r)
{
	uint64_t end = rte_rdtsc() + (uint64_t)(MS_OF_CASE * 1e6 * b->ticks_per_ns);
	uint32_t asks = asks_of_case(b, r), i;

	for (i = 0; i < 2 * asks && r->asked->samples.nb < asks; i++) {
		if (r->asked->samples.nb + r->rejected >= ASKS_MIN && rte_rdtsc() > end)
			return;
		ask(b, r);
	}
}

static int
measure(struct bench *b, struct drain_many_run *r)
{
	int rc;

	r->asked = add_row(b, r, "many: requester waits");
	r->paused = add_row(b, r, "many: pause of owner per counter");
	r->longest = add_row(b, r, "many: longest pause of owner");
	crew_add_round_trip(b, &r->trips);
	rc = start_owners(b, r);
	if (rc < 0)
		return rc;
	ask_often(b, r);
	rc = crew_stop(&r->crew);
	crew_add_round_trip(b, &r->trips);
	close_rows(b, r);
	return rc;
}

static int
run_one(struct bench *b, uint32_t nb, uint32_t owners)
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
	r->crew.impl = &accounter_ration;
	r->crew.task = burst_and_poll;
	r->crew.task_polls = true;
	r->crew.nb = owners + 1;
	for (i = 0; i < RTE_MAX_LCORE; i++)
		r->crew.contexts[i] = &r->owners[i];
	rc = make_tree(r);
	if (rc < 0) {
		warnx("drain: no memory for %u counters, left out", nb);
		rc = 0;
	} else {
		rc = measure(b, r);
	}
	if (r->crew.self != NULL)
		r->crew.impl->destroy(r->crew.self);
	samples_free(&r->trips);
	free(r->counters);
	free(r);
	return rc;
}

int
drain_many(struct bench *b)
{
	const struct row_key pause = {"ration", "many: pause of owner per counter", 1024, 0, 0};
	uint32_t all = rte_lcore_count() - 1, owners, i;
	int rc = 0;

	for (i = 0; i < RTE_DIM(sizes) && rc == 0; i++) {
		progress("drain of many", i, RTE_DIM(sizes));
		if (b->quick && sizes[i] > COUNTERS_QUICK)
			continue;
		for (owners = 1; owners <= all && rc == 0; owners = crew_next_nb(owners, all))
			rc = run_one(b, sizes[i], owners);
	}
	progress("drain of many", i, RTE_DIM(sizes));
	if (rc == 0)
		results_value(&b->results,
			      "pause of an owner for each of 1024 drained counters: ns",
			      results_find(&b->results, &pause), 10);
	return rc;
}
