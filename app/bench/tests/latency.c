/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>

#include "report/percentiles.h"
#include "tests/latency_cases.h"
#include "tests/latency_plot.h"
#include "tests/test.h"

/**
 * @file
 * How long a caller waits, with an open loop (open_loop.h). The blocks of all cases and backends
 * take turns, on the CPU as it is and isolated. An empty loop runs before and after them.
 */

#define BLOCKS 12
#define BLOCKS_QUICK 6
#define BLOCK_NS 36000000.0
#define BLOCK_QUICK_NS 3000000.0
/** Not isolated and isolated take turns. */
#define ROUNDS 2
/** Fraction of --seconds for one round. */
#define SHARE (0.9 / ROUNDS)
/** A block that takes longer than this multiple of its length gives up its remaining starts. */
#define BACKLOG 3

static void
wait_a_little(void *work)
{
	struct latency_work *w = work;

	if (w->backend->impl->poll != NULL)
		w->backend->impl->poll(w->ctx);
}

/* Lcore function: joins and operates. @return 0 or an errno */
static int
operate_as(struct latency *l, uint32_t lcore)
{
	struct latency_work *w = &l->work;
	const struct backend *impl = w->backend->impl;
	const uint64_t length = (uint64_t)(l->ns * l->ticks_per_ns);
	const struct open_loop o = {
		.length = length,
		/*
		 * Beyond this the remaining starts would take minutes. If lcores share a CPU, each
		 * operation takes a time slice and shows the scheduler.
		 */
		.patience = l->one_cpu ? 0 : BACKLOG * length,
		.interval = w->c->interval_ns * l->ticks_per_ns,
		.wait = wait_a_little,
		.prepare = w->c->prepare,
		.operate = w->c->operate,
		.clean_up = w->c->clean_up,
		.arg = w,
	};
	int rc, ended;

	w->ctx = impl->join(w->backend->self, lcore);
	if (w->ctx == NULL)
		return ENOMEM;
	rc = latency_start(w);
	if (rc == 0)
		rc = open_loop_run(&o, &l->block);
	ended = latency_end(w);
	impl->leave(w->ctx);
	return rc != 0 ? -rc : -ended;
}

static int
operate_lcore(void *arg)
{
	return operate_as(arg, 0);
}

/* Lcore function: takes stock and returns it until told to quit. @return 0 or an errno */
static int
poll_lcore(void *arg)
{
	struct latency *l = arg;
	struct latency_work *w = &l->work;
	const struct backend *impl = w->backend->impl;
	const uint64_t c = w->backend->order[0];
	void *ctx = impl->join(w->backend->self, 0);
	uint64_t iterations = 0;

	if (ctx == NULL)
		return ENOMEM;
	/* Pairs with the release in block_of_main_lcore(). */
	while (!ration_load(&l->order.quit, acquire)) {
		if (impl->poll != NULL)
			impl->poll(ctx);
		/* It is refused while the main lcore holds all units. */
		if (impl->charge(ctx, c, 1) == 0)
			impl->uncharge(ctx, c, 1);
		if (ration_load(&w->take_stock, relaxed) &&
		    impl->charge(ctx, c, BACKEND_BATCH) == 0) {
			impl->uncharge(ctx, c, BACKEND_BATCH);
			ration_store(&w->take_stock, 0, relaxed);
		}
		/* Pairs with the acquire in wait_for_poller(). */
		ration_store(&l->polling.iterations, ++iterations, release);
	}
	impl->leave(ctx);
	return 0;
}

static void
wait_for_poller(const struct latency *l)
{
	const uint64_t deadline = rte_rdtsc() + 5 * rte_get_tsc_hz();

	/* Pairs with the release in poll_lcore(). */
	while (ration_load(&l->polling.iterations, acquire) == 0 && rte_rdtsc() < deadline) {
		if (l->one_cpu)
			sched_yield();
		else
			rte_pause();
	}
}

static int
block_of_main_lcore(struct latency *l)
{
	int rc, ended;

	ration_store(&l->order.quit, 0, relaxed);
	ration_store(&l->polling.iterations, 0, relaxed);
	rc = rte_eal_remote_launch(poll_lcore, l, l->iso.lcore_id);
	if (rc != 0)
		return rc;
	wait_for_poller(l);
	rc = operate_as(l, 1);
	/* Pairs with the acquire in poll_lcore(). */
	ration_store(&l->order.quit, 1, release);
	ended = rte_eal_wait_lcore(l->iso.lcore_id);
	return -(rc != 0 ? rc : ended);
}

/* Drain at fixed times while the other lcore works. */
static int
drain_meanwhile(struct latency *l, uint32_t hz, uint64_t *drains)
{
	const double interval = 1e9 / hz * l->ticks_per_ns;
	double next = (double)rte_rdtsc();
	int rc = 0;

	while (rc == 0) {
		next += interval;
		while ((double)rte_rdtsc() < next) {
			if (rte_eal_get_lcore_state(l->iso.lcore_id) != RUNNING)
				return 0;
		}
		rc = tails_drain(l->work.backend, true, NULL);
		(*drains)++;
	}
	return rc;
}

static int
block_of_lcore(struct latency *l, uint64_t *drains)
{
	int rc, drained = 0;

	rc = rte_eal_remote_launch(operate_lcore, l, l->iso.lcore_id);
	if (rc != 0)
		return rc;
	if (l->work.c->roles == LATENCY_DRAINED)
		drained = drain_meanwhile(l, l->work.c->drains, drains);
	else
		tails_sleep(l->ns);
	rc = -rte_eal_wait_lcore(l->iso.lcore_id);
	return rc != 0 ? rc : drained;
}

static int
measure_block(const struct bench *b, struct latency *l, struct latency_result *result, bool counts)
{
	uint64_t drains = 0;
	int rc;

	l->block = (struct open_loop_result){0};
	rc = l->work.c->roles == LATENCY_POLLED ? block_of_main_lcore(l)
						: block_of_lcore(l, &drains);
	if (rc != 0) {
		warnx("latency: %s, %s: %s", l->work.c->row, l->work.backend->impl->name,
		      rte_strerror(-rc));
		return -1;
	}
	if (!counts || l->block.delays.total == 0)
		return 0;
	samples_add(&result->median->samples,
		    bench_ns(b, histogram_percentile(&l->block.delays, 50)) / 1000);
	samples_add(&result->worst->samples, bench_ns(b, l->block.delays.max) / 1000);
	open_loop_add(&result->all, &l->block);
	result->returned_stock += l->work.returned_stock;
	result->drains += drains;
	return 0;
}

/* Measure all cases and backends once. */
static int
measure_blocks(const struct bench *b, struct latency *l, bool counts)
{
	uint32_t i, p;

	for (i = 0; i < latency_nb_cases; i++) {
		for (p = 0; p < TAILS_NB_BACKENDS && !bench_stops(b); p++) {
			if (!(latency_cases[i].backends & 1u << p))
				continue;
			l->work = (struct latency_work){.c = &latency_cases[i],
							.backend = &l->backends[p]};
			if (measure_block(b, l, &l->results[l->iso.entered][i][p], counts) < 0)
				return -1;
		}
	}
	return 0;
}

static struct row *
start_row(struct bench *b, const struct latency *l, const struct latency_case *c, const char *impl,
	  bool worst)
{
	const char *name = l->iso.entered ? (worst ? c->worst_isolated : c->row_isolated)
					  : (worst ? c->worst : c->row);
	struct row *row = results_row(&b->results, impl, name, "us",
				      tails_params(c->counters, c->mix, l->ns / 1e6));

	json_object_set_new(row->params, "interval_us", json_real(c->interval_ns / 1000));
	isolation_mark_row(&l->iso, row);
	return row;
}

static void
start_results(struct bench *b, struct latency *l)
{
	const struct latency_case *c;
	struct latency_result *r;
	uint32_t i, p;

	for (i = 0; i < latency_nb_cases; i++) {
		c = &latency_cases[i];
		for (p = 0; p < TAILS_NB_BACKENDS; p++) {
			r = &l->results[l->iso.entered][i][p];
			if (!(c->backends & 1u << p) || r->median != NULL)
				continue;
			r->median = start_row(b, l, c, l->backends[p].impl->name, false);
			r->worst = start_row(b, l, c, l->backends[p].impl->name, true);
		}
	}
}

/* Measure all cases in one state of the CPU. The first blocks are a warm-up. */
static int
measure(struct bench *b, struct latency *l, int round)
{
	/* With --seconds the time decides. */
	const bool few = b->quick || b->seconds > 0;
	struct tails_clock clock;

	if (round == 0 && tails_measure_empty_loop(b, &l->iso, &l->empty_loops, true) < 0)
		return -1;
	start_results(b, l);
	if (measure_blocks(b, l, false) < 0)
		return -1;
	clock = tails_clock_start(b, few ? BLOCKS_QUICK : BLOCKS, SHARE);
	while (tails_clock_next(&clock, l->iso.entered ? "latency, isolated" : "latency")) {
		if (measure_blocks(b, l, true) < 0)
			return -1;
	}
	return round == ROUNDS - 1 ? tails_measure_empty_loop(b, &l->iso, &l->empty_loops, false)
				   : 0;
}

static int
measure_isolated(struct bench *b, struct latency *l, int round)
{
	int rc;

	if (l->iso.obstacle != NULL || bench_stops(b) || isolation_enter(&l->iso) < 0)
		return 0;
	rc = measure(b, l, round);
	/* If this fails, the next figures would not be those of the CPU as it is. */
	return isolation_leave(&l->iso) == 0 ? rc : -1;
}

static int
close_result(const struct bench *b, const struct latency_case *c, struct latency_result *r)
{
	json_t *params = r->median->params;

	json_object_set_new(params, "granted", json_integer((json_int_t)r->all.granted));
	json_object_set_new(params, "refused", json_integer((json_int_t)r->all.refused));
	json_object_set_new(params, "cut", json_integer((json_int_t)r->all.cut));
	json_object_set_new(params, "unready", json_integer((json_int_t)r->all.unready));
	if (c->roles == LATENCY_POLLED) {
		json_object_set_new(params, "gave_back",
				    json_integer((json_int_t)r->returned_stock));
		/* The CPU of the main lcore is not the isolated one. */
		json_object_set_new(params, "timed_on", json_string("main lcore"));
	}
	if (c->roles == LATENCY_DRAINED)
		json_object_set_new(params, "drains", json_integer((json_int_t)r->drains));
	percentiles_add(params, &r->all.delays, 1000 * b->ticks_per_ns);
	return results_close_row(r->median) < 0 || results_close_row(r->worst) < 0 ? -1 : 0;
}

/* There are rows of an isolated CPU only if it could be isolated. */
static int
close_results(const struct bench *b, struct latency *l)
{
	struct latency_result *r;
	uint32_t state, i, p;

	for (state = 0; state < 2; state++) {
		for (i = 0; i < latency_nb_cases; i++) {
			for (p = 0; p < TAILS_NB_BACKENDS; p++) {
				r = &l->results[state][i][p];
				if (r->median != NULL && close_result(b, &latency_cases[i], r) < 0)
					return -1;
			}
		}
	}
	return tails_close_empty_loops(b, &l->empty_loops);
}

static void
add_ratios(struct bench *b, struct latency *l)
{
	const struct row *over, *under;
	char name[96];
	uint32_t i, p;

	for (i = 0; i < latency_nb_cases; i++) {
		under = l->results[0][i][TAILS_RATION].median;
		for (p = 1; p < TAILS_NB_BACKENDS; p++) {
			over = l->results[0][i][p].median;
			snprintf(name, sizeof(name), "%s: %s / ration", latency_cases[i].row,
				 l->backends[p].impl->name);
			if (over != NULL)
				results_ratio(&b->results, name, over, under, 0);
		}
		over = l->results[1][i][TAILS_RATION].worst;
		snprintf(name, sizeof(name), "%s: isolated / as it is", latency_cases[i].worst);
		if (over != NULL && latency_cases[i].roles != LATENCY_POLLED)
			results_ratio(&b->results, name, over, l->results[0][i][TAILS_RATION].worst,
				      0);
	}
}

static int
run_rounds(struct bench *b, struct latency *l)
{
	int round, rc = 0;

	isolation_check(&l->iso, b, rte_get_next_lcore(-1, 1, 0));
	l->one_cpu = isolation_one_cpu(rte_get_main_lcore(), l->iso.lcore_id);
	for (round = 0; round < ROUNDS && rc == 0 && !bench_stops(b); round++) {
		if (round > 0)
			isolation_check_again(&l->iso);
		rc = measure(b, l, round);
		if (rc == 0)
			rc = measure_isolated(b, l, round);
	}
	if (rc == 0)
		rc = close_results(b, l);
	if (rc != 0)
		return rc;
	add_ratios(b, l);
	return latency_plot(b, l);
}

static int
run_latency(struct bench *b)
{
	struct latency *l = aligned_alloc(alignof(struct latency), sizeof(*l));
	int rc;

	if (l == NULL) {
		warn("latency");
		return -1;
	}
	memset(l, 0, sizeof(*l));
	l->ticks_per_ns = b->ticks_per_ns;
	l->ns = b->quick ? BLOCK_QUICK_NS : BLOCK_NS;
	rc = tails_create(l->backends, "latency");
	if (rc == 0) {
		rc = run_rounds(b, l);
		tails_destroy(l->backends);
	}
	free(l);
	return rc;
}

const struct bench_test test_latency = {
	.name = "latency",
	.summary = "delays of charges, refills, drains and synchronous charges",
	.nb_lcores = 2,
	.run = run_latency,
};
