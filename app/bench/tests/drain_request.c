/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_log.h>
#include <rte_random.h>

#include "tests/drain_request.h"

#define REQUESTS 64
#define REQUESTS_QUICK 8
/** If lcores share a CPU, a request takes one or two time slices and shows the scheduler. */
#define REQUESTS_ONE_CPU 2
#define REQUESTS_WAITING 4
#define DRAIN_TIMEOUT_US 1000000
/**
 * Ranges of random delays, in nanoseconds: for a polling lcore, and for a worker that enters WAIT.
 */
#define POLL_DELAY_NS 2000
#define WAIT_DELAY_MIN_NS 20000
#define WAIT_DELAY_NS 100000

int
drain_request_ring(struct drain_run *run)
{
	return ring_baseline_request(&run->target->ring);
}

int
drain_request_drain(struct drain_run *run)
{
	run->report.rows = run->rows;
	run->report.max_rows = RTE_DIM(run->rows);
	return ration_drain(run->target->domain, run->target->top, DRAIN_TIMEOUT_US, &run->report);
}

int
drain_request_launch(struct drain_run *run)
{
	int rc = rte_eal_remote_launch(target_do_nothing, run->target, run->lcore_id);

	return rc != 0 ? rc : rte_eal_wait_lcore(run->lcore_id);
}

int
drain_request_reap(struct drain_run *run)
{
	/* Exactly one thread is dead. */
	return ration_reap(run->target->domain, DRAIN_TIMEOUT_US, NULL, NULL) == 1 ? 0 : -1;
}

static uint64_t
stock_of(const struct drain_run *run)
{
	struct ration_reading reading = {0};

	ration_read_sum(run->target->domain, run->target->top, &reading);
	return reading.stock;
}

/* Wait for a random time. */
static void
wait_random(const struct bench *b, uint32_t min_ns, uint32_t range_ns)
{
	double ns = (double)(min_ns + rte_rand_max(range_ns));
	uint64_t until = rte_rdtsc() + (uint64_t)(ns * b->ticks_per_ns);

	while (rte_rdtsc() < until)
		;
}

/*
 * Did the drain use the expected engine? Did it return units of every counter, or none if there are
 * none?
 */
static bool
engine_is_right(const struct drain_run *run)
{
	const struct ration_drain_report *report = &run->report;

	if (report->nb_rows != 1 || report->rows[0].engine != run->c->engine)
		return false;
	return run->c->engine == RATION_DRAIN_TAKEOVER ? report->units == 0
						       : report->units >= run->c->counters;
}

/* Did the expected engine answer, and did the target lcore run? */
static bool
is_valid(const struct drain_run *run, uint64_t progress_before)
{
	if (run->c->poll != NULL && target_progress(run->target) == progress_before)
		return false;
	if (run->c->engine == RATION_DRAIN_DEAD &&
	    (run->hidden < run->c->counters || stock_of(run) > 0))
		return false;
	return run->c->request != drain_request_drain || engine_is_right(run);
}

static void
request_timed(const struct bench *b, struct drain_run *run, uint64_t progress_before)
{
	uint64_t start, end;
	int rc;

	start = rte_rdtsc_precise();
	rc = run->c->request(run);
	end = rte_rdtsc_precise();
	if (rc == 0 && is_valid(run, progress_before))
		samples_add(&run->row->samples, bench_ns(b, end - start));
	else
		run->rejected++;
}

static uint32_t
requests_of_block(const struct bench *b, const struct drain_run *run)
{
	if (run->row->one_cpu)
		return REQUESTS_ONE_CPU;
	return b->quick ? REQUESTS_QUICK : REQUESTS;
}

int
drain_block_polling(struct bench *b, struct drain_run *run)
{
	uint32_t requests = requests_of_block(b, run), i;
	uint64_t iterations;

	if (target_start(run->target, run->c->poll, run->lcore_id) < 0)
		return -1;
	for (i = 0; i < requests; i++) {
		if (!target_wait_iterations(run->target, run->target->nb_counters + 2,
					    run->row->one_cpu)) {
			run->rejected++;
			continue;
		}
		iterations = target_progress(run->target);
		wait_random(b, 0, POLL_DELAY_NS);
		request_timed(b, run, iterations);
	}
	return target_stop(run->target, run->lcore_id);
}

/*
 * Let the worker take stock first and return to WAIT, so that each sample starts in the same state.
 */
int
drain_block_waiting(struct bench *b, struct drain_run *run)
{
	int i, rc;

	for (i = 0; i < REQUESTS_WAITING; i++) {
		rc = rte_eal_remote_launch(target_take_stock, run->target, run->lcore_id);
		if (rc == 0)
			rc = rte_eal_wait_lcore(run->lcore_id);
		if (rc != 0) {
			warnx("drain: lcore %u has not taken stock: %s", run->lcore_id,
			      rte_strerror(rc));
			return -1;
		}
		wait_random(b, WAIT_DELAY_MIN_NS, WAIT_DELAY_NS);
		request_timed(b, run, 0);
	}
	rte_eal_remote_launch(target_unregister, run->target, run->lcore_id);
	return rte_eal_wait_lcore(run->lcore_id) == 0 ? 0 : -1;
}

/* The lcore stays offline for all requests. */
int
drain_block_offline(struct bench *b, struct drain_run *run)
{
	uint32_t requests = requests_of_block(b, run), i;
	int rc = rte_eal_remote_launch(target_go_offline, run->target, run->lcore_id);

	if (rc == 0)
		rc = rte_eal_wait_lcore(run->lcore_id);
	for (i = 0; i < requests && rc == 0; i++)
		request_timed(b, run, 0);
	if (rc == 0)
		rc = rte_eal_remote_launch(target_unregister, run->target, run->lcore_id);
	if (rc == 0)
		rc = rte_eal_wait_lcore(run->lcore_id);
	if (rc != 0)
		warnx("drain: lcore %u has not gone offline: %s", run->lcore_id, rte_strerror(rc));
	return rc == 0 ? 0 : -1;
}

/* The library's warnings about a dead thread are expected here. */
static int
block_dead(struct bench *b, struct drain_run *run)
{
	if (target_die(run->target) < 0)
		return -1;
	run->hidden = stock_of(run);
	request_timed(b, run, 0);
	/* The next thread needs the member entry. */
	if (run->c->request != drain_request_reap)
		drain_request_reap(run);
	return 0;
}

int
drain_block_dead(struct bench *b, struct drain_run *run)
{
	int type = rte_log_register("lib.ration"), level, rc;

	if (!target_can_die() || type < 0)
		return 0;
	level = rte_log_get_level((uint32_t)type);
	rte_log_set_level((uint32_t)type, RTE_LOG_ERR);
	rc = block_dead(b, run);
	rte_log_set_level((uint32_t)type, (uint32_t)level);
	return rc;
}

/* Measure iterations of a polling lcore in a window, without drains or with continuous drains. */
int
drain_block_throughput(struct bench *b, struct drain_run *run)
{
	uint64_t iterations, start, end;
	double window_ns = b->quick && !run->row->one_cpu ? 200000 : 1000000;

	/* Longer than a time slice, or the other lcore would not run. */
	if (run->row->one_cpu)
		window_ns *= 20;
	if (target_start(run->target, run->c->poll, run->lcore_id) < 0)
		return -1;
	if (target_wait_iterations(run->target, 1000, run->row->one_cpu)) {
		iterations = target_progress(run->target);
		start = rte_rdtsc_precise();
		do {
			if (run->c->request != NULL && run->c->request(run) != 0)
				run->rejected++;
			end = rte_rdtsc_precise();
		} while (bench_ns(b, end - start) < window_ns);
		iterations = target_progress(run->target) - iterations;
		if (iterations > 0)
			samples_add(&run->row->samples,
				    bench_ns(b, end - start) / (double)iterations);
	}
	return target_stop(run->target, run->lcore_id);
}

int
drain_block_self(struct bench *b, struct drain_run *run)
{
	uint32_t requests = requests_of_block(b, run), i;
	int rc = 0;

	for (i = 0; i < requests && rc == 0; i++) {
		rc = target_take_stock(run->target);
		request_timed(b, run, 0);
	}
	if (rc == 0)
		rc = target_unregister(run->target);
	if (rc != 0)
		warnx("drain: the main lcore has not taken stock: %s", rte_strerror(rc));
	return rc == 0 ? 0 : -1;
}
