/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_log.h>
#include <rte_random.h>

#include "drain_ask.h"

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

int
drain_ask_ring(struct drain_run *run)
{
	return ring_baseline_ask(&run->peer->ring);
}

int
drain_ask_drain(struct drain_run *run)
{
	return ration_drain(run->peer->domain, run->peer->top, DRAIN_TIMEOUT_US, &run->report);
}

int
drain_ask_launch(struct drain_run *run)
{
	int rc = rte_eal_remote_launch(peer_noop, run->peer, run->lcore_id);

	return rc != 0 ? rc : rte_eal_wait_lcore(run->lcore_id);
}

int
drain_ask_sweep(struct drain_run *run)
{
	/* One thread is gone, no more. */
	return ration_sweep(run->peer->domain, DRAIN_TIMEOUT_US, NULL, NULL) == 1 ? 0 : -1;
}

static uint64_t
stock_of(const struct drain_run *run)
{
	struct ration_reading reading = {0};

	ration_read_exact(run->peer->domain, run->peer->top, &reading);
	return reading.stock;
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

/* Has it gone the way that is measured, and brought units of every counter, or none where there are
 * none? */
static bool
came_the_way(const struct drain_run *run)
{
	const struct ration_drain_report *report = &run->report;

	if (report->nb_rows != 1 || report->rows[0].engine != run->c->engine)
		return false;
	return run->c->engine == RATION_DRAIN_TAKEOVER ? report->units == 0
						       : report->units >= run->c->counters;
}

/* Did the answer come from where it should, and from an lcore that ran? */
static bool
is_valid(const struct drain_run *run, uint64_t turns_before)
{
	if (run->c->poll != NULL && peer_progress(run->peer) == turns_before)
		return false;
	if (run->c->engine == RATION_DRAIN_GONE &&
	    (run->hidden < run->c->counters || stock_of(run) > 0))
		return false;
	return run->c->ask != drain_ask_drain || came_the_way(run);
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

int
drain_block_polling(struct bench *b, struct drain_run *run)
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
int
drain_block_waiting(struct bench *b, struct drain_run *run)
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

/* Parked it stays. */
int
drain_block_parked(struct bench *b, struct drain_run *run)
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

/* The warnings that a thread is gone are true, and expected here. */
static int
block_dead(struct bench *b, struct drain_run *run)
{
	if (peer_die(run->peer) < 0)
		return -1;
	run->hidden = stock_of(run);
	ask_timed(b, run, 0);
	/* So that the next one finds its place free. */
	if (run->c->ask != drain_ask_sweep)
		drain_ask_sweep(run);
	return 0;
}

int
drain_block_dead(struct bench *b, struct drain_run *run)
{
	int type = rte_log_register("lib.ration"), level, rc;

	if (!peer_can_die() || type < 0)
		return 0;
	level = rte_log_get_level((uint32_t)type);
	rte_log_set_level((uint32_t)type, RTE_LOG_ERR);
	rc = block_dead(b, run);
	rte_log_set_level((uint32_t)type, (uint32_t)level);
	return rc;
}

/* Turns of a polling lcore in a window, while nobody asks or somebody asks all the time. */
int
drain_block_throughput(struct bench *b, struct drain_run *run)
{
	uint64_t turns, start, end;
	double window_ns = b->quick && !run->row->one_cpu ? 200000 : 1000000;

	/* Longer than a time slice, or the other lcore would not get any of it. */
	if (run->row->one_cpu)
		window_ns *= 20;
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

int
drain_block_self(struct bench *b, struct drain_run *run)
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
