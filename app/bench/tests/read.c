/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_lcore.h>

#include <ration.h>

#include "harness/windows.h"
#include "tests/test.h"

/**
 * @file
 * Cost of reading the granted units: the exact sum over the stocks of 1 to all lcores, which charge
 * meanwhile, and the word with an error bound; compared with a tree without stock.
 */

/** Time of the whole test, see budget.h. */
#define SECONDS 30
#define WINDOWS_OF_ROUND 9u
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
	struct windows windows;
	uint32_t nb;
};

/** Data of one round. */
struct read_run {
	struct workers workers;
	uint64_t counter;
};

/** What windows_run() passes on. */
struct readers {
	struct read_run *run;
	struct read_line lines[NUMBERS_MAX * RTE_DIM(read_cases)];
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

static void
add_sample(void *arg, const struct workers_window *w)
{
	struct read_line *l = arg;

	samples_add(&l->windows.row->samples, w->ns / (double)w->done);
}

static int
measure(struct bench *b, void *arg, uint32_t i, uint32_t round, uint64_t end)
{
	struct readers *readers = arg;
	struct read_line *l = &readers->lines[i];
	struct read_run *r = readers->run;
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
		windows_take(b, &r->workers, &l->windows, round, end);
		rc = workers_stop(&r->workers);
	}
	impl->destroy(r->workers.self);
	return rc;
}

static void
add_row(struct bench *b, struct read_line *l)
{
	l->windows = (struct windows){
		.row = results_row(&b->results, l->c->impl->name, l->c->name, "ns/read",
				   json_pack("{s:i}", "lcores", (int)l->nb)),
		.lcores = l->nb,
		.of_round = WINDOWS_OF_ROUND,
		.add = add_sample,
		.arg = l,
	};
	windows_init(b, &l->windows);
}

static uint32_t
add_lines(struct bench *b, struct read_line *lines)
{
	uint32_t all = rte_lcore_count(), nb, i, nb_lines = 0;

	for (nb = 1; nb <= all; nb = workers_next_nb(b, nb, all)) {
		for (i = 0; i < RTE_DIM(read_cases); i++) {
			struct read_line *l = &lines[nb_lines++];

			*l = (struct read_line){.c = &read_cases[i], .nb = nb};
			add_row(b, l);
		}
	}
	return nb_lines;
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
	struct readers readers = {
		.run = aligned_alloc(alignof(struct read_run), sizeof(*readers.run))};
	struct samples trips = {0};
	const struct windows_turns turns = {
		.name = "read",
		.nb = add_lines(b, readers.lines),
		.measure = measure,
		.arg = &readers,
		.trips = &trips,
		.end = budget_of_test(b, SECONDS),
	};
	uint32_t i;
	int rc;

	if (readers.run == NULL) {
		warn("read");
		return -1;
	}
	rc = windows_run(b, &turns);
	free(readers.run);
	for (i = 0; i < turns.nb; i++) {
		windows_note(&readers.lines[i].windows, &trips);
		results_close_or_drop_row(&b->results, readers.lines[i].windows.row);
	}
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
