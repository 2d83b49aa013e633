/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <ration.h>

#include "harness/isolation.h"
#include "harness/neighbors.h"
#include "report/hgrm.h"
#include "report/histogram.h"
#include "report/percentiles.h"
#include "tests/tails.h"
#include "tests/test.h"

/**
 * @file
 * Gaps of a polling lcore: the time between two iterations of its loop, whatever the reason. After
 * oslat of the rt-tests. An iteration is a quiescent point, a charge, an uncharge and a reading of
 * the TSC. Every iteration is recorded, so no gap can be missed.
 *
 * The windows of all cases take turns: without drains; with 1,000, 10,000 and 100,000 drains per
 * second; with noisy neighbors. All cases run on the CPU as it is, then on the isolated CPU. An
 * empty loop runs before and after them.
 */

#define WINDOWS 12
#define WINDOWS_QUICK 6
#define WINDOW_NS 50000000.0
#define WINDOW_QUICK_NS 4000000.0
/** Not isolated and isolated take turns, so that a change of the machine affects both. */
#define ROUNDS 2
/** Fraction of --seconds for one round. */
#define SHARE (0.9 / ROUNDS)

struct hiccup_case {
	const char *row, *row_isolated, *lost, *lost_isolated;
	uint32_t backends; /**< Bits of the measured backends. */
	uint32_t drains; /**< Drains per second. */
	bool noisy;
};

#define HICCUP_CASE(what)                                                                          \
	.row = "largest gap, " what, .row_isolated = "largest gap, " what ", isolated",            \
	.lost = "lost to gaps, " what, .lost_isolated = "lost to gaps, " what ", isolated"

static const struct hiccup_case cases[] = {
	{HICCUP_CASE("idle"), TAILS_ALL, .drains = 0},
	{HICCUP_CASE("drained at 1 kHz"), TAILS_DRAINED, .drains = 1000},
	{HICCUP_CASE("drained at 10 kHz"), TAILS_DRAINED, .drains = 10000},
	{HICCUP_CASE("drained at 100 kHz"), TAILS_DRAINED, .drains = 100000},
	{HICCUP_CASE("noisy neighbors"), TAILS_ALL, .noisy = true},
};

#define NB_CASES RTE_DIM(cases)

/** Result of one case in one state of the CPU. */
struct hiccup_result {
	struct row *gap; /**< Largest gap of each window; NULL: not measured. */
	struct row *lost; /**< Share of the time of each window. */
	struct histogram all;
	double seconds;
	uint64_t drains;
};

struct hiccup {
	/** Set by the main lcore. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) quit;
	const struct tails_backend *backend;
	struct neighbors neighbors;
	/** Iterations of the loop so far. Written by the polling lcore only. */
	RATION_ATOMIC(uint64_t) iterations;
	/** Gaps of one window. Used by the polling lcore until it is back in WAIT. */
	struct histogram window;
	uint64_t ticks; /**< Length of the last window. */
	struct tails_backend backends[TAILS_NB_BACKENDS];
	struct isolation iso;
	struct tails_empty_loops empty_loops;
	/** [0]: not isolated, [1]: isolated. */
	struct hiccup_result results[2][NB_CASES][TAILS_NB_BACKENDS];
};

static void
no_poll(void *ctx)
{
	(void)ctx;
}

static int
poll_gaps(void *arg)
{
	struct hiccup *h = arg;
	const struct backend *impl = h->backend->impl;
	void (*const poll)(void *ctx) = impl->poll != NULL ? impl->poll : no_poll;
	const uint64_t c = h->backend->order[0];
	void *ctx = impl->join(h->backend->self, 0);
	uint64_t iterations = 0, start, last, now;
	int rc = 0;

	if (ctx == NULL)
		return ENOMEM;
	start = last = rte_rdtsc();
	/* Pairs with the release in run_window(). */
	while (!ration_load(&h->quit, acquire)) {
		poll(ctx);
		rc |= impl->charge(ctx, c, 1);
		rc |= impl->uncharge(ctx, c, 1);
		now = rte_rdtsc();
		histogram_record(&h->window, now - last);
		last = now;
		/* Pairs with the acquire in wait_for_poller(). */
		ration_store(&h->iterations, ++iterations, release);
	}
	h->ticks = last - start;
	impl->leave(ctx);
	return rc != 0 ? EIO : 0;
}

/* Drain at fixed times, `hz` times per second. @return number of drains, or a negative errno */
static int64_t
drain_for(const struct bench *b, struct hiccup *h, double ns, uint32_t hz)
{
	const double interval = 1e9 / hz * b->ticks_per_ns;
	const uint64_t start = rte_rdtsc(), end = start + (uint64_t)(ns * b->ticks_per_ns);
	double next = (double)start;
	int64_t nb = 0;
	int rc;

	for (;;) {
		next += interval;
		while ((double)rte_rdtsc() < next)
			;
		if (rte_rdtsc() >= end)
			return nb;
		rc = tails_drain(h->backend, false, NULL);
		if (rc != 0)
			return rc;
		nb++;
	}
}

static bool
wait_for_poller(struct hiccup *h)
{
	const uint64_t deadline = rte_rdtsc() + 5 * rte_get_tsc_hz();

	/* Pairs with the release in poll_gaps(). */
	while (ration_load(&h->iterations, acquire) == 0) {
		if (rte_rdtsc() > deadline)
			return false;
		tails_sleep(10000);
	}
	return true;
}

/* @return number of drains, or a negative errno */
static int64_t
run_window(const struct bench *b, struct hiccup *h, const struct hiccup_case *c, double ns)
{
	int64_t drains = 0;
	int rc;

	histogram_clear(&h->window);
	ration_store(&h->quit, 0, relaxed);
	ration_store(&h->iterations, 0, relaxed);
	rc = rte_eal_remote_launch(poll_gaps, h, h->iso.lcore_id);
	if (rc != 0)
		return rc;
	if (!wait_for_poller(h))
		drains = -ETIMEDOUT;
	else if (c->drains > 0)
		drains = drain_for(b, h, ns, c->drains);
	else
		tails_sleep(ns);
	/* Pairs with the acquire in poll_gaps(). */
	ration_store(&h->quit, 1, release);
	rc = rte_eal_wait_lcore(h->iso.lcore_id);
	return rc != 0 ? -rc : drains;
}

/* @param result NULL: warm-up */
static int
measure_window(const struct bench *b, struct hiccup *h, const struct hiccup_case *c,
	       struct hiccup_result *result)
{
	const double ns = b->quick ? WINDOW_QUICK_NS : WINDOW_NS;
	int64_t drains;
	double lost;

	if (c->noisy && neighbors_start(&h->neighbors, rte_get_main_lcore(), h->iso.lcore_id) < 0)
		return -1;
	drains = run_window(b, h, c, ns);
	if (c->noisy)
		neighbors_stop(&h->neighbors);
	if (drains < 0) {
		warnx("hiccup: %s, %s: %s", c->row, h->backend->impl->name,
		      rte_strerror((int)-drains));
		return -1;
	}
	if (result == NULL)
		return 0;
	histogram_above(&h->window, (uint64_t)(TAILS_LOST_NS * b->ticks_per_ns), &lost);
	samples_add(&result->gap->samples, bench_ns(b, h->window.max) / 1000);
	samples_add(&result->lost->samples, lost / (double)h->ticks * 1e6);
	histogram_add(&result->all, &h->window);
	result->seconds += bench_ns(b, h->ticks) / 1e9;
	result->drains += (uint64_t)drains;
	return 0;
}

/* Measure all cases and backends once, or only the first case to warm up. */
static int
measure_windows(const struct bench *b, struct hiccup *h, bool counts)
{
	uint32_t i, p;

	for (i = 0; i < (counts ? NB_CASES : 1); i++) {
		for (p = 0; p < TAILS_NB_BACKENDS && !bench_stops(b); p++) {
			if (!(cases[i].backends & 1u << p))
				continue;
			h->backend = &h->backends[p];
			if (measure_window(b, h, &cases[i],
					   counts ? &h->results[h->iso.entered][i][p] : NULL) < 0)
				return -1;
		}
	}
	return 0;
}

static struct row *
start_row(struct bench *b, const struct hiccup *h, const char *impl, const char *name,
	  const char *unit)
{
	const double warm_up = b->quick ? WINDOW_QUICK_NS : WINDOW_NS;
	struct row *row =
		results_row(&b->results, impl, name, unit,
			    tails_params(1, "a poll, a charge, an uncharge of 1", warm_up / 1e6));

	isolation_mark_row(&h->iso, row);
	return row;
}

static void
start_results(struct bench *b, struct hiccup *h)
{
	const bool isolated = h->iso.entered;
	const struct hiccup_case *c;
	struct hiccup_result *r;
	uint32_t i, p;

	for (i = 0; i < NB_CASES; i++) {
		c = &cases[i];
		for (p = 0; p < TAILS_NB_BACKENDS; p++) {
			r = &h->results[isolated][i][p];
			if (!(c->backends & 1u << p) || r->gap != NULL)
				continue;
			r->gap = start_row(b, h, h->backends[p].impl->name,
					   isolated ? c->row_isolated : c->row, "us");
			r->lost = start_row(b, h, h->backends[p].impl->name,
					    isolated ? c->lost_isolated : c->lost, "ppm");
		}
	}
}

/* Measure all cases in one state of the CPU. */
static int
measure(struct bench *b, struct hiccup *h, int round)
{
	/* With --seconds the time decides. */
	const bool few = b->quick || b->seconds > 0;
	struct tails_clock clock;

	if (round == 0 && tails_measure_empty_loop(b, &h->iso, &h->empty_loops, true) < 0)
		return -1;
	start_results(b, h);
	if (measure_windows(b, h, false) < 0)
		return -1;
	clock = tails_clock_start(b, few ? WINDOWS_QUICK : WINDOWS, SHARE);
	while (tails_clock_next(&clock, h->iso.entered ? "hiccup, isolated" : "hiccup")) {
		if (measure_windows(b, h, true) < 0)
			return -1;
	}
	return round == ROUNDS - 1 ? tails_measure_empty_loop(b, &h->iso, &h->empty_loops, false)
				   : 0;
}

static int
measure_isolated(struct bench *b, struct hiccup *h, int round)
{
	int rc;

	if (h->iso.obstacle != NULL || bench_stops(b) || isolation_enter(&h->iso) < 0)
		return 0;
	if (!neighbors_kept_away(&h->neighbors, rte_get_main_lcore(), h->iso.lcore_id)) {
		isolation_abort(&h->iso, "threads that ask for the CPU may run on it");
		return 0;
	}
	rc = measure(b, h, round);
	/* If this fails, the next figures would not be those of the CPU as it is. */
	return isolation_leave(&h->iso) == 0 ? rc : -1;
}

static int
close_result(const struct bench *b, struct hiccup_result *r)
{
	if (r->gap == NULL)
		return 0;
	json_object_set_new(r->gap->params, "drains", json_integer((json_int_t)r->drains));
	tails_add_gaps(b, r->gap, &r->all, r->seconds);
	return results_close_row(r->gap) < 0 || results_close_row(r->lost) < 0 ? -1 : 0;
}

/* There are rows of an isolated CPU only if it could be isolated. */
static int
close_results(struct bench *b, struct hiccup *h)
{
	const struct row *isolated;
	char name[96];
	uint32_t i, p;

	for (i = 0; i < NB_CASES; i++) {
		for (p = 0; p < TAILS_NB_BACKENDS; p++) {
			if (close_result(b, &h->results[0][i][p]) < 0 ||
			    close_result(b, &h->results[1][i][p]) < 0)
				return -1;
		}
	}
	for (i = 0; i < NB_CASES; i++) {
		isolated = h->results[1][i][TAILS_RATION].gap;
		snprintf(name, sizeof(name), "%s: isolated / as it is", cases[i].row);
		if (isolated != NULL)
			results_ratio(&b->results, name, isolated,
				      h->results[0][i][TAILS_RATION].gap, 0);
	}
	return tails_close_empty_loops(b, &h->empty_loops);
}

static int
plot(const struct bench *b, const struct hiccup *h)
{
	struct hgrm_line lines[2 + 2 * NB_CASES] = {
		{"empty loop, before", &h->empty_loops.before[0].all, NB_CASES, false},
		{"empty loop, after", &h->empty_loops.after[0].all, NB_CASES + 1, false},
	};
	const struct hiccup_result *r;
	uint32_t nb = 2, state, i;

	if (b->plot == NULL)
		return 0;
	for (state = 0; state < 2; state++) {
		for (i = 0; i < NB_CASES; i++) {
			r = &h->results[state][i][TAILS_RATION];
			if (r->gap == NULL)
				continue;
			lines[nb].name = r->gap->name + strlen("largest gap, ");
			lines[nb].color = i;
			lines[nb].marked = state == 1;
			lines[nb++].histogram = &r->all;
		}
	}
	return hgrm_plot(b->plot, "hiccup",
			 "Gaps between two iterations of a polling lcore with libration", lines, nb,
			 1000 * b->ticks_per_ns);
}

static int
run_rounds(struct bench *b, struct hiccup *h)
{
	int round, rc = 0;

	isolation_check(&h->iso, b, rte_get_next_lcore(-1, 1, 0));
	for (round = 0; round < ROUNDS && rc == 0 && !bench_stops(b); round++) {
		if (round > 0)
			isolation_check_again(&h->iso);
		rc = measure(b, h, round);
		if (rc == 0)
			rc = measure_isolated(b, h, round);
	}
	if (rc == 0)
		rc = close_results(b, h);
	return rc == 0 ? plot(b, h) : rc;
}

static int
run_hiccup(struct bench *b)
{
	struct hiccup *h = aligned_alloc(alignof(struct hiccup), sizeof(*h));
	int rc;

	if (h == NULL) {
		warn("hiccup");
		return -1;
	}
	memset(h, 0, sizeof(*h));
	rc = tails_create(h->backends, "hiccup");
	if (rc == 0) {
		rc = run_rounds(b, h);
		tails_destroy(h->backends);
	}
	free(h);
	return rc;
}

const struct bench_test test_hiccup = {
	.name = "hiccup",
	.summary = "gaps of a polling lcore: idle, drained, with noisy neighbors",
	.nb_lcores = 2,
	.run = run_hiccup,
};
