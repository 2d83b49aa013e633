/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include <ration.h>

#include "harness/progress.h"
#include "harness/workers.h"
#include "tests/test.h"

/**
 * @file
 * Cost of reading the granted units: the exact sum over the stocks of 1 to all lcores, which charge
 * meanwhile, and the word with an error bound; compared with a tree without stock.
 */

#define WINDOW_NS 2000000
#define WINDOW_NS_QUICK 200000
/** Rounds. Each case is measured once per round. */
#define ROUNDS 11
#define WINDOWS_OF_ROUND 9u
#define WINDOWS_QUICK 1u
/** Time limit to find valid windows, as a multiple of the time of all windows. */
#define PATIENCE 4
/** Readings per iteration of the main lcore, and pairs per iteration of the other lcores. */
#define READS 64
#define PAIRS 16
#define UNITS_MAX (UINT64_C(1) << 40)

typedef uint64_t (*read_t)(const struct workers *c);

struct read_case {
	const char *name;
	const struct backend *impl;
	read_t read;
};

static uint64_t
read_exact(const struct workers *c)
{
	struct ration_reading reading;

	ration_read_sum(backend_ration_domain(c->self), c->counters[0], &reading);
	return reading.granted;
}

static uint64_t
read_approx(const struct workers *c)
{
	struct ration_reading reading;

	ration_read(backend_ration_domain(c->self), c->counters[0], &reading);
	return reading.granted;
}

static uint64_t
read_word(const struct workers *c)
{
	return c->impl->granted(c->self, c->counters[0]);
}

static const struct read_case read_cases[] = {
	{"exact", &backend_ration, read_exact},
	{"with error bound", &backend_ration, read_approx},
	{"exact", &backend_atomic_tree, read_word},
};

/** Numbers of lcores: 1, 2, 4, ... */
#define NUMBERS_MAX 16

/** Results of one case and number of lcores over all rounds. */
struct read_line {
	const struct read_case *c;
	struct row *row;
	uint32_t nb;
	uint32_t rejected;
};

/** Data of one round. */
struct read_run {
	struct workers workers;
	uint64_t counter;
};

static void
charge(struct worker *wk)
{
	const struct backend_work work = {
		.order = wk->workers->counters, .nb_order = 1, .units = 1, .pairs = PAIRS};

	wk->workers->impl->loop[BACKEND_SAME](wk->ctx, &work);
}

/* The main lcore reads, which is measured. The others charge. */
static void
read_or_charge(struct worker *wk)
{
	const struct read_case *c = wk->task_arg;
	uint64_t sum = 0;
	uint32_t i;

	if (wk->id > 0) {
		charge(wk);
		return;
	}
	for (i = 0; i < READS; i++)
		sum += c->read(wk->workers);
	/* The compiler must not remove the readings. */
	asm volatile("" : : "r"(sum));
	worker_add(&wk->progress, READS);
}

static uint32_t
windows_of_round(const struct bench *b)
{
	return b->quick ? WINDOWS_QUICK : WINDOWS_OF_ROUND;
}

/* Measure until the line has `goal` samples or the time is over. */
static void
take_windows(struct bench *b, struct workers *c, struct read_line *l, uint32_t goal)
{
	double ns = b->quick ? WINDOW_NS_QUICK : WINDOW_NS;
	uint64_t deadline =
		rte_rdtsc() + (uint64_t)(PATIENCE * windows_of_round(b) * ns * b->ticks_per_ns);
	struct workers_window w;

	workers_work(b, c, ns);
	while (l->row->samples.nb < goal && rte_rdtsc() < deadline && !bench_stops(b)) {
		w = workers_work(b, c, ns);
		if (w.valid || l->row->one_cpu)
			samples_add(&l->row->samples, w.ns / (double)w.done);
		else
			l->rejected++;
	}
}

static int
run_round(struct bench *b, struct read_run *r, struct read_line *l, uint32_t goal)
{
	const struct backend *impl = l->c->impl;
	const struct backend_tree tree = {
		.counters = 1, .depth = DEPTH_OF_THREE, .max = UNITS_MAX, .lcores = l->nb};
	int rc;

	memset(r, 0, sizeof(*r));
	r->workers.impl = impl;
	r->workers.nb = l->nb;
	r->workers.task = read_or_charge;
	r->workers.counters = &r->counter;
	/* The task argument is only read. */
	r->workers.task_args[0] = (void *)(uintptr_t)l->c;
	r->workers.self = impl->create(&tree);
	if (r->workers.self == NULL)
		return -1;
	r->counter = impl->counter(r->workers.self, 0);
	rc = workers_start(&r->workers);
	if (rc == 0) {
		/* The main lcore has stock, too. */
		charge(&r->workers.worker[0]);
		take_windows(b, &r->workers, l, goal);
		rc = workers_stop(&r->workers);
	}
	impl->destroy(r->workers.self);
	return rc;
}

static uint32_t
add_lines(struct bench *b, struct read_line *lines)
{
	uint32_t all = rte_lcore_count(), nb, i, nb_lines = 0;

	for (nb = 1; nb <= all; nb = workers_next_nb(nb, all)) {
		for (i = 0; i < RTE_DIM(read_cases); i++) {
			struct read_line *l = &lines[nb_lines++];

			*l = (struct read_line){.c = &read_cases[i], .nb = nb};
			l->row = results_row(&b->results, l->c->impl->name, l->c->name, "ns/read",
					     json_pack("{s:i}", "lcores", (int)nb));
			if (workers_share_cpus(nb))
				results_mark_one_cpu(l->row);
		}
	}
	return nb_lines;
}

static void
close_line(struct bench *b, struct read_line *l, struct samples *trips)
{
	if (l->nb > 1)
		workers_note_round_trip(l->row, trips);
	json_object_set_new(l->row->params, "rejected", json_integer(l->rejected));
	results_close_or_drop_row(&b->results, l->row);
}

static void
add_ratio(struct bench *b)
{
	const struct row_key exact = {"ration", "exact", 0, 0, 1},
			     word = {"atomic-tree", "exact", 0, 0, 1};

	results_ratio(&b->results, "exact reading, 1 lcore: ration / atomic-tree",
		      results_find(&b->results, &exact), results_find(&b->results, &word), 0);
}

/* The cases take turns, round by round. */
static int
run_read(struct bench *b)
{
	struct read_run *r = aligned_alloc(alignof(struct read_run), sizeof(*r));
	struct read_line lines[NUMBERS_MAX * RTE_DIM(read_cases)];
	struct samples trips = {0};
	uint32_t nb, round, i;
	int rc = 0;

	if (r == NULL) {
		warn("read");
		return -1;
	}
	nb = add_lines(b, lines);
	for (round = 1; round <= ROUNDS && rc == 0 && !bench_stops(b); round++) {
		progress("read", round - 1, ROUNDS);
		workers_add_round_trip(b, &trips);
		for (i = 0; i < nb && rc == 0; i++)
			rc = run_round(b, r, &lines[i], round * windows_of_round(b));
	}
	progress("read", ROUNDS, ROUNDS);
	free(r);
	for (i = 0; i < nb; i++)
		close_line(b, &lines[i], &trips);
	samples_free(&trips);
	if (rc == 0)
		add_ratio(b);
	return rc;
}

const struct bench_test test_read = {
	.name = "read",
	.summary = "read the granted units, exactly or with an error bound",
	.nb_lcores = 1,
	.run = run_read,
};
