/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <ration.h>

#include "hgrm.h"
#include "histogram.h"
#include "isolation.h"
#include "neighbour.h"
#include "percentiles.h"
#include "progress.h"
#include "test.h"

/**
 * @file
 * Gaps of a polling lcore: how long it was away between two turns of its loop, for whatever reason.
 * After oslat of the rt-tests. A turn is a quiescent point, a charge, an uncharge and a reading of
 * the TSC; every turn is recorded, so that nothing can be missed between two samples.
 *
 * Windows of all cases take turns: nobody asks; the counter is drained 1,000, 10,000 and 100,000
 * times a second; noisy neighbours run. All of it on the CPU as it is, then on the CPU isolated.
 */

#define WINDOWS 12
#define WINDOWS_QUICK 6
#define WINDOW_NS 100000000.0
#define WINDOW_QUICK_NS 20000000.0
/** As it is and isolated, in turns, so that a machine that changes meanwhile changes for both. */
#define ROUNDS 2
#define DRAIN_TIMEOUT_US 1000000
/** A gap longer than this is lost time. */
#define LOST_NS 1000.0

struct hiccup_case {
	const char *name, *name_isolated;
	const char *row, *row_isolated, *lost, *lost_isolated, *ratio;
	uint32_t drains; /**< A second. */
	bool noisy;
};

#define HICCUP_CASE(what)                                                                          \
	.name = what, .name_isolated = what ", isolated", .row = "largest gap, " what,             \
	.row_isolated = "largest gap, " what ", isolated", .lost = "lost to gaps, " what,          \
	.lost_isolated = "lost to gaps, " what ", isolated",                                       \
	.ratio = "largest gap, " what ": isolated / as it is"

static const struct hiccup_case cases[] = {
	{HICCUP_CASE("idle"), .drains = 0},
	{HICCUP_CASE("drained at 1 kHz"), .drains = 1000},
	{HICCUP_CASE("drained at 10 kHz"), .drains = 10000},
	{HICCUP_CASE("drained at 100 kHz"), .drains = 100000},
	{HICCUP_CASE("noisy neighbours"), .noisy = true},
};

#define NB_CASES RTE_DIM(cases)

/** What one case has given in one state of the CPU. */
struct hiccup_result {
	struct row *gap; /**< Largest gap of each window. */
	struct row *lost; /**< Share of each window. */
	struct histogram all;
	double seconds;
	uint64_t drains;
};

struct hiccup {
	/** Set by the main lcore. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) quit;
	struct ration_domain *d;
	ration_counter_t c;
	struct neighbours neighbours;
	/** Turns of the loop so far. Written by the polling lcore only. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) turns;
	/** Of one window. The polling lcore's until it has come back to WAIT. */
	struct histogram window;
	uint64_t ticks; /**< Length of the last window. */
	struct isolation iso;
	struct hiccup_result results[2][NB_CASES]; /**< As it is, isolated. */
};

static int
poll_gaps(void *arg)
{
	struct hiccup *h = arg;
	struct ration_lcore *lc = ration_lcore_online(h->d);
	uint64_t turns = 0, start, last, now;
	int rc = 0;

	if (lc == NULL)
		return rte_errno;
	start = last = rte_rdtsc();
	/* Pairs with the release in run_window(). */
	while (!ration_load(&h->quit, acquire)) {
		ration_quiescent(lc);
		rc |= ration_try_charge(lc, h->c, 1);
		rc |= ration_uncharge(lc, h->c, 1);
		now = rte_rdtsc();
		histogram_record(&h->window, now - last);
		last = now;
		/* Pairs with the acquire in wait_for_poller(). */
		ration_store(&h->turns, ++turns, release);
	}
	h->ticks = last - start;
	ration_lcore_leave(lc);
	return rc != 0 ? EIO : 0;
}

static void
sleep_ns(double ns)
{
	struct timespec pause = {.tv_sec = (time_t)(ns / 1e9), .tv_nsec = (long)ns % 1000000000};

	nanosleep(&pause, NULL);
}

/* Drain so often a second, at times that were fixed before. @return drains, or a negative errno */
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
		rc = ration_drain(h->d, h->c, DRAIN_TIMEOUT_US, NULL);
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
	while (ration_load(&h->turns, acquire) == 0) {
		if (rte_rdtsc() > deadline)
			return false;
		sleep_ns(10000);
	}
	return true;
}

/* @return drains, or a negative errno */
static int64_t
run_window(const struct bench *b, struct hiccup *h, const struct hiccup_case *c, double ns)
{
	int64_t drains = 0;
	int rc;

	histogram_clear(&h->window);
	ration_store(&h->quit, 0, relaxed);
	ration_store(&h->turns, 0, relaxed);
	rc = rte_eal_remote_launch(poll_gaps, h, h->iso.lcore_id);
	if (rc != 0)
		return rc;
	if (!wait_for_poller(h))
		drains = -ETIMEDOUT;
	else if (c->drains > 0)
		drains = drain_for(b, h, ns, c->drains);
	else
		sleep_ns(ns);
	/* Pairs with the acquire in poll_gaps(). */
	ration_store(&h->quit, 1, release);
	rc = rte_eal_wait_lcore(h->iso.lcore_id);
	return rc != 0 ? -rc : drains;
}

static int
measure_case(const struct bench *b, struct hiccup *h, const struct hiccup_case *c,
	     struct hiccup_result *result)
{
	const double ns = b->quick ? WINDOW_QUICK_NS : WINDOW_NS;
	int64_t drains;
	double lost;

	if (c->noisy && neighbours_start(&h->neighbours, rte_get_main_lcore(), h->iso.lcore_id) < 0)
		return -1;
	drains = run_window(b, h, c, ns);
	if (c->noisy)
		neighbours_stop(&h->neighbours);
	if (drains < 0) {
		warnx("hiccup: %s: %s", c->name, rte_strerror((int)-drains));
		return -1;
	}
	if (result == NULL)
		return 0;
	histogram_above(&h->window, (uint64_t)(LOST_NS * b->ticks_per_ns), &lost);
	samples_add(&result->gap->samples, bench_ns(b, h->window.max) / 1000);
	samples_add(&result->lost->samples, lost / (double)h->ticks * 1e6);
	histogram_add(&result->all, &h->window);
	result->seconds += bench_ns(b, h->ticks) / 1e9;
	result->drains += (uint64_t)drains;
	return 0;
}

static void
begin_results(struct bench *b, struct hiccup *h, struct hiccup_result *results)
{
	const struct hiccup_case *c;
	unsigned int i;

	for (i = 0; i < NB_CASES && results[i].gap == NULL; i++) {
		c = &cases[i];
		results[i].gap =
			results_row(&b->results, "ration",
				    h->iso.entered ? c->row_isolated : c->row, "us", json_object());
		results[i].lost = results_row(&b->results, "ration",
					      h->iso.entered ? c->lost_isolated : c->lost, "ppm",
					      json_object());
		isolation_mark_row(&h->iso, results[i].gap);
		isolation_mark_row(&h->iso, results[i].lost);
	}
}

/* All cases in one state of the CPU. The first windows have warmed up. */
static int
measure(struct bench *b, struct hiccup *h, const char *what)
{
	uint32_t windows = b->quick ? WINDOWS_QUICK : WINDOWS, window;
	struct hiccup_result *results = h->results[h->iso.entered];
	unsigned int i;

	begin_results(b, h, results);
	if (measure_case(b, h, &cases[0], NULL) < 0)
		return -1;
	for (window = 0; window < windows; window++) {
		progress(what, window, windows);
		for (i = 0; i < NB_CASES; i++) {
			if (measure_case(b, h, &cases[i], &results[i]) < 0)
				return -1;
		}
	}
	progress(what, window, windows);
	return 0;
}

static int
measure_isolated(struct bench *b, struct hiccup *h)
{
	int rc;

	if (h->iso.obstacle != NULL || isolation_enter(&h->iso) < 0)
		return 0;
	rc = measure(b, h, "hiccup, isolated");
	isolation_leave(&h->iso);
	return rc;
}

static void
add_percentiles(const struct bench *b, struct hiccup_result *r)
{
	json_t *params = r->gap->params;
	double sum;

	json_object_set_new(params, "turns", json_integer((json_int_t)r->all.total));
	json_object_set_new(params, "drains", json_integer((json_int_t)r->drains));
	json_object_set_new(params, "seconds", json_real(r->seconds));
	json_object_set_new(
		params, "gaps_over_1us_per_s",
		json_real((double)histogram_above(&r->all, (uint64_t)(LOST_NS * b->ticks_per_ns),
						  &sum) /
			  r->seconds));
	percentiles_add(params, &r->all, 1000 * b->ticks_per_ns);
}

/* Rows of an isolated CPU are there only if it could be isolated. */
static int
conclude(struct bench *b, struct hiccup *h)
{
	struct hiccup_result *r;
	unsigned int i;
	int state;

	for (state = 0; state < 2; state++) {
		for (i = 0; i < NB_CASES; i++) {
			r = &h->results[state][i];
			if (r->gap == NULL)
				return 0;
			add_percentiles(b, r);
			if (results_close_row(r->gap) < 0 || results_close_row(r->lost) < 0)
				return -1;
		}
	}
	for (i = 0; i < NB_CASES; i++)
		results_ratio(&b->results, cases[i].ratio, h->results[1][i].gap,
			      h->results[0][i].gap, 0);
	return 0;
}

static int
plot(const struct bench *b, const struct hiccup *h)
{
	struct hgrm_line lines[2 * NB_CASES];
	uint32_t nb = 0, i;

	if (b->plot == NULL)
		return 0;
	for (i = 0; i < 2 * NB_CASES && h->results[i / NB_CASES][i % NB_CASES].gap != NULL; i++) {
		lines[nb].name = i < NB_CASES ? cases[i].name : cases[i % NB_CASES].name_isolated;
		lines[nb].color = i % NB_CASES;
		lines[nb].dashed = i >= NB_CASES;
		lines[nb++].histogram = &h->results[i / NB_CASES][i % NB_CASES].all;
	}
	return hgrm_plot(b->plot, "hiccup", lines, nb, 1000 * b->ticks_per_ns);
}

static int
make_domain(struct hiccup *h)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_lcores = 2};

	h->d = ration_domain_create("bench-hiccup", &params);
	if (h->d != NULL)
		h->c = ration_counter_create(h->d, ration_domain_root(h->d), "c", NULL);
	if (h->d != NULL && h->c != RATION_COUNTER_NONE)
		return 0;
	warnx("hiccup: %s", rte_strerror(rte_errno));
	ration_domain_free(h->d);
	return -1;
}

static int
run_hiccup(struct bench *b)
{
	struct hiccup *h = aligned_alloc(alignof(struct hiccup), sizeof(*h));
	int round, rc = 0;

	if (h == NULL) {
		warn("hiccup");
		return -1;
	}
	*h = (struct hiccup){0};
	if (make_domain(h) < 0) {
		free(h);
		return -1;
	}
	isolation_look(&h->iso, b, rte_get_next_lcore(-1, 1, 0));
	for (round = 0; round < ROUNDS && rc == 0; round++) {
		rc = measure(b, h, "hiccup");
		if (rc == 0)
			rc = measure_isolated(b, h);
	}
	if (rc == 0)
		rc = conclude(b, h);
	if (rc == 0)
		rc = plot(b, h);
	ration_domain_free(h->d);
	free(h);
	return rc;
}

const struct bench_test test_hiccup = {
	.name = "hiccup",
	.summary = "gaps of a polling lcore: idle, drained, with noisy neighbours",
	.nb_lcores = 2,
	.run = run_hiccup,
};
