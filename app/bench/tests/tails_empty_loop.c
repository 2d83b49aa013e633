/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>

#include "report/percentiles.h"
#include "tests/tails.h"

/** Number of windows, and share of --seconds, before and after all cases. */
#define WINDOWS 12
#define SHARE 0.05
#define WINDOW_NS 50000000.0
#define WINDOW_QUICK_NS 2000000.0

struct empty_window {
	uint64_t length; /**< In ticks. */
	struct histogram gaps;
};

/* Lcore function: no calls, and no memory but the histogram. */
static int
poll_empty(void *arg)
{
	struct empty_window *w = arg;
	const uint64_t start = rte_rdtsc();
	uint64_t last = start, now;

	do {
		now = rte_rdtsc();
		histogram_record(&w->gaps, now - last);
		last = now;
	} while (now - start < w->length);
	w->length = last - start;
	return 0;
}

static int
measure_window(const struct bench *b, const struct isolation *iso, struct tails_empty_loop *loop)
{
	static struct empty_window w;
	const double ns = b->quick ? WINDOW_QUICK_NS : WINDOW_NS;
	int rc;

	w.length = (uint64_t)(ns * b->ticks_per_ns);
	histogram_clear(&w.gaps);
	rc = rte_eal_remote_launch(poll_empty, &w, iso->lcore_id);
	if (rc != 0) {
		warnx("cannot start lcore %u: %s", iso->lcore_id, rte_strerror(-rc));
		return -1;
	}
	tails_sleep(ns);
	rte_eal_wait_lcore(iso->lcore_id);
	samples_add(&loop->gap->samples, bench_ns(b, w.gaps.max) / 1000);
	histogram_add(&loop->all, &w.gaps);
	loop->seconds += bench_ns(b, w.length) / 1e9;
	return 0;
}

int
tails_measure_empty_loop(struct bench *b, const struct isolation *iso,
			 struct tails_empty_loops *empty_loops, bool before)
{
	static const char *const names[2][2] = {
		{"largest gap, empty loop, after", "largest gap, empty loop, before"},
		{"largest gap, empty loop, after, isolated",
		 "largest gap, empty loop, before, isolated"},
	};
	struct tails_empty_loop *loop =
		&(before ? empty_loops->before : empty_loops->after)[iso->entered];
	struct tails_clock clock = tails_clock_start(b, WINDOWS, SHARE);

	loop->gap = results_row(&b->results, "machine", names[iso->entered][before], "us",
				json_pack("{s:s}", "mix", "reading the TSC"));
	isolation_mark_row(iso, loop->gap);
	while (tails_clock_next(&clock, "empty loop")) {
		if (measure_window(b, iso, loop) < 0)
			return -1;
	}
	return 0;
}

void
tails_add_gaps(const struct bench *b, struct row *row, const struct histogram *gaps, double seconds)
{
	const uint64_t lost = (uint64_t)(TAILS_LOST_NS * b->ticks_per_ns);
	double sum;

	json_object_set_new(row->params, "iterations", json_integer((json_int_t)gaps->total));
	json_object_set_new(row->params, "seconds", json_real(seconds));
	json_object_set_new(row->params, "gaps_over_1us_per_s",
			    json_real((double)histogram_above(gaps, lost, &sum) / seconds));
	percentiles_add(row->params, gaps, 1000 * b->ticks_per_ns);
}

static int
close_one(const struct bench *b, struct tails_empty_loop *loop)
{
	if (loop->gap == NULL)
		return 0;
	tails_add_gaps(b, loop->gap, &loop->all, loop->seconds);
	return results_close_row(loop->gap);
}

int
tails_close_empty_loops(const struct bench *b, struct tails_empty_loops *empty_loops)
{
	int state;

	for (state = 0; state < 2; state++) {
		if (close_one(b, &empty_loops->before[state]) < 0 ||
		    close_one(b, &empty_loops->after[state]) < 0)
			return -1;
	}
	return 0;
}
