/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_random.h>

#include <ration.h>

#include "drain_many.h"
#include "drain_plot.h"
#include "peer.h"
#include "progress.h"
#include "test.h"

/**
 * @file
 * How long a drain takes, seen by the one who asks: of a polling lcore beside the bare round trip
 * through a ring, of a worker in WAIT beside a bare remote launch, of the caller itself.
 *
 * Each request is timed by itself and comes at a random moment, or else it falls into step with
 * the polling loop and always meets it at the same place. It counts only if the asked lcore
 * provably ran: its turns moved before the request and until the answer, and units came back.
 */

#define ASKS 64
#define ASKS_QUICK 8
/** Each takes a time slice or two then, and says nothing about the library anyway. */
#define ASKS_ONE_CPU 2
#define LAUNCHES 4
#define DRAIN_TIMEOUT_US 1000000
/** Random moments, in nanoseconds: for a polling lcore, and for one to fall asleep in WAIT. */
#define POLL_DELAY_NS 2000
#define WAIT_DELAY_MIN_NS 20000
#define WAIT_DELAY_NS 100000

struct drain_run;

struct drain_case {
	const char *impl;
	const char *name;
	uint32_t counters;
	bool one_lcore; /**< No other lcore takes part. */
	/** Take a handful of samples. @return 0, or -1 after a message */
	int (*block)(struct bench *b, struct drain_run *run);
	int (*ask)(struct drain_run *run);
	int (*poll)(void *peer); /**< Loop of the asked lcore. */
	enum ration_drain_engine engine; /**< The way that libration must take. */
};

struct drain_run {
	const struct drain_case *c;
	struct peer *peer;
	unsigned int lcore_id; /**< The asked lcore. */
	uint32_t rejected;
	struct row *row;
	struct ration_drain_report report;
};

static int
ask_ring(struct drain_run *run)
{
	return ring_baseline_ask(&run->peer->ring);
}

static int
ask_drain(struct drain_run *run)
{
	return ration_drain(run->peer->domain, run->peer->top, DRAIN_TIMEOUT_US, &run->report);
}

static int
ask_launch(struct drain_run *run)
{
	int rc = rte_eal_remote_launch(peer_noop, run->peer, run->lcore_id);

	return rc != 0 ? rc : rte_eal_wait_lcore(run->lcore_id);
}

/* Let a random time pass. */
static void
wait_random(const struct bench *b, uint32_t min_ns, uint32_t range_ns)
{
	double ns = (double)(min_ns + rte_rand_max(range_ns));
	uint64_t until = rte_rdtsc() + (uint64_t)(ns * b->ticks_per_ns);

	while (rte_rdtsc() < until)
		;
}

/*
 * Did the answer come from where it should, and from an lcore that ran? A drain has found stock of
 * every counter, a unit each at least, and taken the way that is measured.
 */
static bool
is_valid(const struct drain_run *run, uint64_t turns_before)
{
	const struct ration_drain_report *report = &run->report;

	if (run->c->poll != NULL && peer_progress(run->peer) == turns_before)
		return false;
	if (run->c->engine == RATION_DRAIN_TAKEOVER)
		return report->nb_rows == 1 && report->rows[0].engine == run->c->engine;
	return run->c->ask != ask_drain ||
	       (report->units >= run->c->counters && report->nb_rows == 1 &&
		report->rows[0].engine == run->c->engine);
}

static void
ask_timed(const struct bench *b, struct drain_run *run, uint64_t turns_before)
{
	uint64_t start, end;
	int rc;

	start = rte_rdtsc_precise();
	rc = run->c->ask(run);
	end = rte_rdtsc_precise();
	if (rc == 0 && is_valid(run, turns_before))
		samples_add(&run->row->samples, bench_ns(b, end - start));
	else
		run->rejected++;
}

static uint32_t
asks_of_block(const struct bench *b, const struct drain_run *run)
{
	if (run->row->one_cpu)
		return ASKS_ONE_CPU;
	return b->quick ? ASKS_QUICK : ASKS;
}

static int
block_polling(struct bench *b, struct drain_run *run)
{
	uint32_t asks = asks_of_block(b, run), i;
	uint64_t turns;

	if (peer_start(run->peer, run->c->poll, run->lcore_id) < 0)
		return -1;
	for (i = 0; i < asks; i++) {
		if (!peer_wait_turns(run->peer, run->peer->nb_counters + 2, run->row->one_cpu)) {
			run->rejected++;
			continue;
		}
		turns = peer_progress(run->peer);
		wait_random(b, 0, POLL_DELAY_NS);
		ask_timed(b, run, turns);
	}
	return peer_stop(run->peer, run->lcore_id);
}

/* Have the worker do something first, so that each sample begins with the same: stock, and WAIT. */
static int
block_waiting(struct bench *b, struct drain_run *run)
{
	int i, rc;

	for (i = 0; i < LAUNCHES; i++) {
		rc = rte_eal_remote_launch(peer_take_stock, run->peer, run->lcore_id);
		if (rc == 0)
			rc = rte_eal_wait_lcore(run->lcore_id);
		if (rc != 0) {
			warnx("drain: lcore %u takes no stock: %s", run->lcore_id,
			      rte_strerror(rc));
			return -1;
		}
		wait_random(b, WAIT_DELAY_MIN_NS, WAIT_DELAY_NS);
		ask_timed(b, run, 0);
	}
	rte_eal_remote_launch(peer_leave, run->peer, run->lcore_id);
	return rte_eal_wait_lcore(run->lcore_id) == 0 ? 0 : -1;
}

/* Parked it stays: it has given all back, and what is timed is to be sure of that. */
static int
block_parked(struct bench *b, struct drain_run *run)
{
	uint32_t asks = asks_of_block(b, run), i;
	int rc = rte_eal_remote_launch(peer_park, run->peer, run->lcore_id);

	if (rc == 0)
		rc = rte_eal_wait_lcore(run->lcore_id);
	for (i = 0; i < asks && rc == 0; i++)
		ask_timed(b, run, 0);
	if (rc == 0)
		rc = rte_eal_remote_launch(peer_leave, run->peer, run->lcore_id);
	if (rc == 0)
		rc = rte_eal_wait_lcore(run->lcore_id);
	if (rc != 0)
		warnx("drain: lcore %u does not park: %s", run->lcore_id, rte_strerror(rc));
	return rc == 0 ? 0 : -1;
}

/* Turns of a polling lcore in a window, while nobody asks or somebody asks all the time. */
static int
block_throughput(struct bench *b, struct drain_run *run)
{
	uint64_t turns, start, end;
	double window_ns = b->quick && !run->row->one_cpu ? 200000 : 2000000;

	/* Longer than a time slice, or the other lcore would not get any of it. */
	if (run->row->one_cpu)
		window_ns *= 10;
	if (peer_start(run->peer, run->c->poll, run->lcore_id) < 0)
		return -1;
	if (peer_wait_turns(run->peer, 1000, run->row->one_cpu)) {
		turns = peer_progress(run->peer);
		start = rte_rdtsc_precise();
		do {
			if (run->c->ask != NULL && run->c->ask(run) != 0)
				run->rejected++;
			end = rte_rdtsc_precise();
		} while (bench_ns(b, end - start) < window_ns);
		turns = peer_progress(run->peer) - turns;
		if (turns > 0)
			samples_add(&run->row->samples, bench_ns(b, end - start) / (double)turns);
	}
	return peer_stop(run->peer, run->lcore_id);
}

static int
block_self(struct bench *b, struct drain_run *run)
{
	uint32_t asks = asks_of_block(b, run), i;
	int rc = 0;

	for (i = 0; i < asks && rc == 0; i++) {
		rc = peer_take_stock(run->peer);
		ask_timed(b, run, 0);
	}
	if (rc == 0)
		rc = peer_leave(run->peer);
	if (rc != 0)
		warnx("drain: the main lcore takes no stock: %s", rte_strerror(rc));
	return rc == 0 ? 0 : -1;
}

enum {
	RING_POLLING,
	RATION_POLLING,
	RATION_POLLING_MANY,
	LAUNCH_WAITING,
	RATION_WAITING,
	RATION_SELF,
	RATION_PARKED,
	UNDISTURBED,
	DISTURBED,
	NB_CASES
};

#define MANY 1024

static const struct drain_case cases[NB_CASES] = {
	[RING_POLLING] = {"ring", "polling lcore", 1, false, block_polling, ask_ring,
			  peer_poll_ring, RATION_DRAIN_NONE},
	[RATION_POLLING] = {"ration", "polling lcore", 1, false, block_polling, ask_drain,
			    peer_poll_ration, RATION_DRAIN_MAILBOX},
	[RATION_POLLING_MANY] = {"ration", "polling lcore", MANY, false, block_polling, ask_drain,
				 peer_poll_ration, RATION_DRAIN_MAILBOX},
	[LAUNCH_WAITING] = {"launch", "worker in WAIT", 1, false, block_waiting, ask_launch, NULL,
			    RATION_DRAIN_NONE},
	[RATION_WAITING] = {"ration", "worker in WAIT", 1, false, block_waiting, ask_drain, NULL,
			    RATION_DRAIN_LAUNCH},
	[RATION_SELF] = {"ration", "caller itself", 1, true, block_self, ask_drain, NULL,
			 RATION_DRAIN_SELF},
	[RATION_PARKED] = {"ration", "parked lcore", 1, false, block_parked, ask_drain, NULL,
			   RATION_DRAIN_TAKEOVER},
	[UNDISTURBED] = {"ration", "turn of a polling lcore", 1, false, block_throughput, NULL,
			 peer_poll_ration, RATION_DRAIN_NONE},
	[DISTURBED] = {"ration", "turn of one that is drained all the time", 1, false,
		       block_throughput, ask_drain, peer_poll_ration, RATION_DRAIN_MAILBOX},
};

/* Could both lcores run at once? */
static bool
share_one_cpu(unsigned int lcore_a, unsigned int lcore_b)
{
	rte_cpuset_t both, a = rte_lcore_cpuset(lcore_a), b = rte_lcore_cpuset(lcore_b);

	CPU_OR(&both, &a, &b);
	return CPU_COUNT(&both) < 2;
}

static int
start_run(struct bench *b, struct drain_run *run, const struct drain_case *c)
{
	run->c = c;
	run->lcore_id = rte_get_next_lcore(-1, 1, 0);
	run->peer = aligned_alloc(alignof(struct peer), sizeof(*run->peer));
	if (run->peer == NULL) {
		warn("drain");
		return -1;
	}
	if (peer_init(run->peer, c->counters) < 0) {
		free(run->peer);
		run->peer = NULL;
		return -1;
	}
	run->row = results_row(&b->results, c->impl, c->name, "ns",
			       json_pack("{s:i}", "counters", (int)c->counters));
	if (!c->one_lcore && share_one_cpu(rte_get_main_lcore(), run->lcore_id))
		results_mark_one_cpu(run->row);
	return 0;
}

/* Where the asked lcore did not run, there was no sample: as many attempts again. */
static int
measure_what_is_missing(struct bench *b, struct drain_run *runs)
{
	uint32_t repeat;
	int i;

	for (repeat = 0; repeat < b->repeats; repeat++) {
		for (i = 0; i < NB_CASES; i++) {
			if (runs[i].row->samples.nb < b->repeats && cases[i].block(b, &runs[i]) < 0)
				return -1;
		}
	}
	return 0;
}

static int
measure(struct bench *b, struct drain_run *runs)
{
	uint32_t repeat;
	int i;

	for (i = 0; i < NB_CASES; i++) {
		if (cases[i].block(b, &runs[i]) < 0)
			return -1;
		/* The first block has warmed up. */
		samples_clear(&runs[i].row->samples);
		runs[i].rejected = 0;
	}
	for (repeat = 0; repeat < b->repeats; repeat++) {
		progress("drain", repeat, b->repeats);
		for (i = 0; i < NB_CASES; i++) {
			if (cases[i].block(b, &runs[i]) < 0)
				return -1;
		}
	}
	progress("drain", repeat, b->repeats);
	return measure_what_is_missing(b, runs);
}

/* What each counter costs beyond the first one, from the drains of many. */
static const struct row *
add_per_counter_row(struct bench *b, const struct row *one, const struct row *many)
{
	struct row *row;
	uint32_t i;

	if (one == NULL || many == NULL)
		return NULL;
	row = results_row(&b->results, many->impl, "polling lcore, each further counter", "ns",
			  json_pack("{s:i}", "counters", MANY));
	if (many->one_cpu)
		results_mark_one_cpu(row);
	for (i = 0; i < many->samples.nb; i++)
		samples_add(&row->samples,
			    (many->samples.values[i] - one->summary.median) / (MANY - 1));
	row->summary = samples_summary(&row->samples);
	return row;
}

static int
conclude(struct bench *b, struct drain_run *runs)
{
	int i;

	for (i = 0; i < NB_CASES; i++) {
		json_object_set_new(runs[i].row->params, "rejected",
				    json_integer(runs[i].rejected));
		runs[i].row = results_close_or_drop_row(&b->results, runs[i].row);
	}
	results_value(
		&b->results, "drain of each further counter, polling lcore: ns",
		add_per_counter_row(b, runs[RATION_POLLING].row, runs[RATION_POLLING_MANY].row),
		10);
	results_ratio(&b->results, "drain of a parked lcore / of the caller itself",
		      runs[RATION_PARKED].row, runs[RATION_SELF].row, 2.0);
	results_ratio(&b->results, "turn of a polling lcore: drained all the time / undisturbed",
		      runs[DISTURBED].row, runs[UNDISTURBED].row, 0);
	results_ratio(&b->results, "drain of a polling lcore: ration / ring round trip",
		      runs[RATION_POLLING].row, runs[RING_POLLING].row, 2.0);
	results_ratio(&b->results, "drain of a worker in WAIT: ration / launch and wait",
		      runs[RATION_WAITING].row, runs[LAUNCH_WAITING].row, 1.2);
	results_ratio(&b->results, "drain of 1024 counters / 1 counter, polling lcore",
		      runs[RATION_POLLING_MANY].row, runs[RATION_POLLING].row, 0);
	results_ratio(&b->results, "drain of the caller itself: ration / ring round trip",
		      runs[RATION_SELF].row, runs[RING_POLLING].row, 0);
	return 0;
}

static void
stop_run(struct drain_run *run)
{
	if (run->peer == NULL)
		return;
	peer_fini(run->peer);
	free(run->peer);
}

static int
run_drain(struct bench *b)
{
	struct drain_run runs[NB_CASES] = {0};
	int i, rc = 0;

	for (i = 0; i < NB_CASES && rc == 0; i++)
		rc = start_run(b, &runs[i], &cases[i]);
	if (rc == 0)
		rc = ring_baseline_init(&runs[RING_POLLING].peer->ring);
	if (rc == 0) {
		rc = measure(b, runs);
		if (rc == 0)
			rc = conclude(b, runs);
		ring_baseline_fini(&runs[RING_POLLING].peer->ring);
	}
	for (i = 0; i < NB_CASES; i++)
		stop_run(&runs[i]);
	if (rc == 0)
		rc = drain_many(b);
	return rc < 0 ? rc : drain_plot(b);
}

const struct bench_test test_drain = {
	.name = "drain",
	.summary = "take stock back from polling, waiting and own lcore",
	.nb_lcores = 2,
	.run = run_drain,
};
