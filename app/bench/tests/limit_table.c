/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_lcore.h>

#include "harness/progress.h"
#include "harness/windows.h"
#include "tests/limit_cases.h"
#include "tests/limit_split.h"
#include "tests/limit_table.h"
#include "tests/limit_truth.h"

/**
 * @file
 * The table of charges at and near a limit: each case of limit_cases.h with single calls and with
 * bursts, of each implementation, on 1 to all lcores.
 *
 * A round of a case has three passes: the timed one, one that splits the time (limit_split.h) and
 * one that looks for wrong refusals (limit_truth.h).
 */

#define WINDOWS_OF_ROUND 3u

static const struct backend *const impls[] = {
	&backend_ration,   &backend_slots_7_rr,	   &backend_stock_fixed,  &backend_atomic_tree,
	&backend_cas_tree, &backend_limit_counter, &backend_shared_meter,
};

#define LINES (LIMIT_CASES * RTE_DIM(impls) * 2)

/** Results of one row over all rounds. */
struct table_line {
	struct limit_setup setup;
	struct windows windows;
	uint64_t done;
	uint64_t refused;
	struct samples fairness;
	struct samples granted_ns;
	struct samples refused_ns;
	struct limit_truth truth;
};

/** What windows_run() passes on. */
struct table {
	struct limit_run *run;
	struct table_line lines[LINES];
};

static void
add_window(void *arg, const struct workers_window *w)
{
	struct table_line *l = arg;

	samples_add(&l->windows.row->samples, w->ns * l->setup.nb / (double)(w->done + w->refused));
	if (w->most > 0)
		samples_add(&l->fairness, (double)w->least / (double)w->most);
	l->done += w->done;
	l->refused += w->refused;
}

static void
add_line(struct bench *b, struct table_line *lines, uint32_t *nb, struct limit_setup setup)
{
	struct table_line *l = &lines[*nb];

	if (!limit_can_run(setup.impl, setup.c))
		return;
	*l = (struct table_line){.setup = setup};
	l->windows = (struct windows){
		.row = results_row(&b->results, setup.impl->name, limit_name(&setup), "ns/packet",
				   json_pack("{s:i,s:i}", "lcores", (int)setup.nb, "limit",
					     (int)limit_of(&setup))),
		.lcores = setup.nb,
		.of_round = WINDOWS_OF_ROUND,
		.add = add_window,
		.arg = l,
	};
	windows_init(b, &l->windows);
	(*nb)++;
}

/* The implementations of a case follow each other. */
static uint32_t
add_lines(struct bench *b, struct table_line *lines, uint32_t lcores)
{
	struct limit_setup setup = {.nb = lcores};
	uint32_t nb = 0, c, mode, i;

	for (c = 0; c < LIMIT_CASES; c++) {
		for (mode = 0; mode < 2; mode++) {
			for (i = 0; i < RTE_DIM(impls); i++) {
				setup.c = &limit_cases[c];
				setup.impl = impls[i];
				setup.bursts = mode == 1;
				add_line(b, lines, &nb, setup);
			}
		}
	}
	return nb;
}

static void
add_split(struct bench *b, struct table_line *l, const struct limit_run *r)
{
	struct limit_split sum = {0};
	double granted, refused;

	limit_split_sum(r, &sum);
	limit_split_solve(&sum, &granted, &refused);
	if (!isnan(granted))
		samples_add(&l->granted_ns, granted / b->ticks_per_ns);
	if (!isnan(refused))
		samples_add(&l->refused_ns, refused / b->ticks_per_ns);
}

/* A pass that is not timed. */
static void
run_pass(struct bench *b, struct limit_run *r, const struct table_line *l, worker_task_t task)
{
	if (!bench_stops(b) && workers_change_task(&r->workers, task))
		workers_work(b, &r->workers, l->windows.ns);
}

/* A quick run splits and looks once. */
static int
measure(struct bench *b, void *arg, uint32_t i, uint32_t round, uint64_t end)
{
	struct table *t = arg;
	struct table_line *l = &t->lines[i];
	struct limit_run *r = t->run;

	if (limit_start(r, &l->setup) < 0)
		return -1;
	windows_take(b, &r->workers, &l->windows, round, end);
	if (!b->quick || round == 1) {
		run_pass(b, r, l, limit_hold_timed);
		run_pass(b, r, l, limit_hold_looking);
	}
	if (limit_stop(r) < 0)
		return -1;
	add_split(b, l, r);
	limit_truth_sum(r, &l->truth);
	return 0;
}

static void
note(struct row *row, const char *key, double value)
{
	json_object_set_new(row->params, key, json_real(value));
}

/* Note the median of samples, if there are any. */
static void
note_median(struct row *row, const char *key, struct samples *samples)
{
	if (samples->nb > 0)
		note(row, key, samples_summary(samples).median);
	samples_free(samples);
}

static void
note_percent(struct row *row, const char *key, uint64_t part, uint64_t all)
{
	if (all > 0)
		note(row, key, 100 * (double)part / (double)all);
}

static void
note_truth(struct row *row, const struct limit_setup *s, const struct limit_truth *t)
{
	const uint64_t limit = limit_of(s);
	const uint64_t filled = s->c->load == LIMIT_HOLD ? 0 : limit;

	/* A meter has no units in use. */
	if (s->impl->flags & BACKEND_NO_RETURN)
		return;
	note_percent(row, "in_use_pct", t->held + t->looks * filled, t->looks * limit);
	note_percent(row, "wrong_of_refusals_pct", t->wrong, t->refused);
	note_percent(row, "wrong_of_packets_pct", t->wrong, t->packets);
	note_percent(row, "surely_wrong_of_packets_pct", t->sure, t->packets);
	json_object_set_new(row->params, "looks", json_integer((json_int_t)t->looks));
}

static void
close_line(struct bench *b, struct table_line *l, struct samples *trips)
{
	struct row *row = l->windows.row;

	note_percent(row, "granted_pct", l->done, l->done + l->refused);
	note_median(row, "fairness", &l->fairness);
	note_median(row, l->setup.c->load == LIMIT_HALF_FULL ? "bystander_ns" : "granted_ns",
		    &l->granted_ns);
	note_median(row, "refused_ns", &l->refused_ns);
	note_truth(row, &l->setup, &l->truth);
	windows_note(&l->windows, trips);
	results_close_or_drop_row(&b->results, row);
}

/* All cases on some lcores. */
static int
run_step(struct bench *b, struct table *t, uint32_t lcores, uint64_t end)
{
	struct samples trips = {0};
	const struct windows_turns turns = {
		.nb = add_lines(b, t->lines, lcores),
		.measure = measure,
		.arg = t,
		.trips = lcores > 1 ? &trips : NULL,
		.end = end,
	};
	int rc = windows_run(b, &turns);
	uint32_t i;

	for (i = 0; i < turns.nb; i++)
		close_line(b, &t->lines[i], &trips);
	samples_free(&trips);
	return rc;
}

/* Ratios of the bursts on all lcores, to some of the implementations. */
static void
add_ratios(struct bench *b, uint32_t lcores)
{
	static const struct backend *const others[] = {&backend_slots_7_rr, &backend_cas_tree,
						       &backend_shared_meter};
	struct row_key key = {.lcores = lcores};
	const struct row *ours;
	uint32_t c, i;
	char name[96];

	for (c = 0; c < LIMIT_CASES; c++) {
		key.name = limit_cases[c].bursts;
		key.impl = backend_ration.name;
		ours = results_find(&b->results, &key);
		for (i = 0; i < RTE_DIM(others); i++) {
			if (!limit_can_run(others[i], &limit_cases[c]))
				continue;
			key.impl = others[i]->name;
			snprintf(name, sizeof(name), "at the limit, all lcores, %s: ration / %s",
				 key.name, key.impl);
			results_ratio(&b->results, name, ours, results_find(&b->results, &key), 0);
		}
	}
}

int
limit_table(struct bench *b, uint64_t end)
{
	static struct table t;
	const uint32_t all = rte_lcore_count(), steps = workers_count_nb(b, all);
	uint32_t nb, done = 0;
	int rc = 0;

	t.run = aligned_alloc(alignof(struct limit_run), sizeof(*t.run));
	if (t.run == NULL) {
		warn("limit");
		return -1;
	}
	for (nb = 1; nb <= all && rc == 0 && !bench_stops(b); nb = workers_next_nb(b, nb, all)) {
		progress_of("limit, table", "numbers of lcores", done, steps);
		rc = run_step(b, &t, nb, budget_next(end, steps - done));
		done++;
	}
	progress_of("limit, table", "numbers of lcores", done, steps);
	free(t.run);
	if (rc == 0)
		add_ratios(b, all);
	return rc;
}
