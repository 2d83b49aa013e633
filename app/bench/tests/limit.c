/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "harness/progress.h"
#include "harness/workers.h"
#include "tests/test.h"

/**
 * @file
 * All lcores at the hard limit: each charges until it is refused or has all wanted units, then
 * returns all units. There is room for three quarters of all wanted units, so some lcore is always
 * refused, and units hidden in stock are missing.
 *
 * The figures are grants per second, and units hidden at a refusal: units that no lcore was
 * granted, so that they could have been granted. The batch of libration adapts to the remaining
 * units. It is compared with libration without a batch, and with stock-fixed, which is libration's
 * stock with a batch that does not adapt.
 *
 * To count hidden units, the refused lcore tries again between two looks at the units that the
 * others hold. It counts if no other lcore changed between charging and returning: then the units
 * held at the refusal lie between both looks. An lcore that was granted a unit but has not recorded
 * it yet adds an error of one.
 */

#define WINDOW_NS 2000000
#define WINDOW_NS_QUICK 200000
/** Rounds. Each implementation is measured once per round. */
#define ROUNDS 11
#define WINDOWS_OF_ROUND 9u
#define WINDOWS_QUICK 1u
/** Time limit to find valid windows, as a multiple of the time of all windows. */
#define PATIENCE 4
/** Units that each lcore wants. */
#define WANTED 64
/** An lcore looks for hidden units in one of this many iterations, because looking takes time. */
#define LOOK_EVERY 4
/**
 * worker.held has the held units in the low half and the number of direction changes in the high
 * half.
 */
#define UNITS_MASK UINT64_C(0xffffffff)
#define DIRECTION_CHANGE (UINT64_C(1) << 32)

/* Units that the other lcores hold, and their direction changes. */
static uint64_t
held_by_others(const struct worker *wk)
{
	const struct workers *c = wk->workers;
	uint64_t held = 0;
	uint32_t i;

	for (i = 0; i < c->nb; i++) {
		if (i != wk->id)
			held += ration_load(&c->worker[i].held, acquire);
	}
	return held;
}

/* Record the hidden units, times two. The others hold between a and b. */
static void
note_hidden(struct worker *wk, uint64_t own, uint64_t a, uint64_t b)
{
	uint64_t taken = 2 * own + (a & UNITS_MASK) + (b & UNITS_MASK), all = 2 * wk->workers->max;

	if ((a & ~UNITS_MASK) != (b & ~UNITS_MASK))
		return;
	worker_add(&wk->seen, taken < all ? all - taken : 0);
	worker_add(&wk->looks, 1);
}

/* Try again after a refusal. @return true if it is refused again */
static bool
refused_again(struct worker *wk, uint64_t own)
{
	uint64_t before = held_by_others(wk);

	if (wk->workers->impl->charge(wk->ctx, wk->workers->counters[wk->id], 1) == 0)
		return false;
	note_hidden(wk, own, before, held_by_others(wk));
	return true;
}

static void
charge_to_the_limit(struct worker *wk)
{
	const bool looks = ration_load(&wk->iterations, relaxed) % LOOK_EVERY == 0;
	const struct backend *impl = wk->workers->impl;
	const uint64_t counter = wk->workers->counters[wk->id];
	uint64_t held = 0;

	ration_store(&wk->held, ration_load(&wk->held, relaxed) + DIRECTION_CHANGE, release);
	while (held < WANTED) {
		if (impl->charge(wk->ctx, counter, 1) != 0 && (!looks || refused_again(wk, held)))
			break;
		held++;
		ration_store(&wk->held, ration_load(&wk->held, relaxed) + 1, release);
	}
	worker_add(&wk->refused, held < WANTED);
	worker_add(&wk->progress, held);
	ration_store(&wk->held, ration_load(&wk->held, relaxed) + DIRECTION_CHANGE, release);
	for (; held > 0; held--) {
		ration_store(&wk->held, ration_load(&wk->held, relaxed) - 1, release);
		impl->uncharge(wk->ctx, counter, 1);
	}
}

struct limit_case {
	const char *name;
	const char *hidden;
	const struct backend *impl;
	bool no_stock;
};

#define PLAIN "at the limit", "hidden at a refusal"
#define FIXED "at the limit, batch of 64", "hidden at a refusal, batch of 64"

static const struct limit_case limit_cases[] = {
	{"at the limit, batch adapts", "hidden at a refusal, batch adapts", &backend_ration, false},
	{"at the limit, no batch", "hidden at a refusal, no batch", &backend_ration, true},
	{PLAIN, &backend_cas_tree, false},
	{PLAIN, &backend_atomic_tree, false},
	{PLAIN, &backend_spinlock_tree, false},
	{FIXED, &backend_stock_fixed, false},
	{FIXED, &backend_slots_7_rr, false},
	{FIXED, &backend_stock_v3, false},
	{FIXED, &backend_stock_v4, false},
};

/** Results of one case over all rounds. */
struct limit_line {
	const struct limit_case *c;
	struct row *row;
	struct row *hidden; /**< One sample is the mean of a window. */
	uint64_t done;
	uint64_t refused;
	uint64_t looks;
	uint32_t rejected;
};

/** Data of one round of a case. */
struct limit_run {
	struct workers workers;
	uint64_t counters[RTE_MAX_LCORE];
};

static int
start_run(struct limit_run *r, const struct limit_case *c, uint32_t nb)
{
	struct backend_tree tree = {
		.counters = nb,
		.depth = DEPTH_OF_THREE,
		.max = UINT64_C(1) << 40,
		.root_max = (uint64_t)nb * WANTED * 3 / 4,
		.lcores = nb,
		.no_stock = c->no_stock,
	};
	uint32_t i;

	r->workers.impl = c->impl;
	r->workers.task = charge_to_the_limit;
	r->workers.nb = nb;
	r->workers.max = tree.root_max;
	r->workers.counters = r->counters;
	r->workers.self = c->impl->create(&tree);
	if (r->workers.self == NULL)
		return -1;
	for (i = 0; i < nb; i++)
		r->counters[i] = c->impl->counter(r->workers.self, i);
	return workers_start(&r->workers);
}

static uint32_t
windows_of_round(const struct bench *b)
{
	return b->quick ? WINDOWS_QUICK : WINDOWS_OF_ROUND;
}

/* Measure until the line has `goal` samples or the time is over. */
static void
take_windows(struct bench *b, struct workers *c, struct limit_line *l, uint32_t goal)
{
	double ns = b->quick ? WINDOW_NS_QUICK : WINDOW_NS;
	uint64_t deadline =
		rte_rdtsc() + (uint64_t)(PATIENCE * windows_of_round(b) * ns * b->ticks_per_ns);
	struct workers_window w;

	workers_work(b, c, ns);
	while (l->row->samples.nb < goal && rte_rdtsc() < deadline && !bench_stops(b)) {
		w = workers_work(b, c, ns);
		if (!w.valid && !(l->row->one_cpu && w.done > 0)) {
			l->rejected++;
			continue;
		}
		samples_add(&l->row->samples, (double)w.done * 1e3 / w.ns);
		if (w.looks > 0)
			samples_add(&l->hidden->samples, (double)w.seen / 2 / (double)w.looks);
		l->done += w.done;
		l->refused += w.refused;
		l->looks += w.looks;
	}
}

static int
run_round(struct bench *b, struct limit_run *r, struct limit_line *l, uint32_t goal)
{
	int rc;

	memset(r, 0, sizeof(*r));
	rc = start_run(r, l->c, rte_lcore_count());
	if (rc == 0) {
		take_windows(b, &r->workers, l, goal);
		rc = workers_stop(&r->workers);
	}
	if (r->workers.self != NULL)
		l->c->impl->destroy(r->workers.self);
	return rc;
}

static struct row *
add_row(struct bench *b, const struct limit_case *c, const char *name, const char *unit)
{
	int nb = (int)rte_lcore_count();
	struct row *row = results_row(&b->results, c->impl->name, name, unit,
				      json_pack("{s:i,s:i,s:i}", "lcores", nb, "limit",
						nb * WANTED * 3 / 4, "wanted", nb * WANTED));

	if (workers_share_cpus((uint32_t)nb))
		results_mark_one_cpu(row);
	return row;
}

static void
add_lines(struct bench *b, struct limit_line *lines, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++) {
		lines[i].c = &limit_cases[i];
		lines[i].row = add_row(b, lines[i].c, lines[i].c->name, "grants/us");
	}
	for (i = 0; i < nb; i++)
		lines[i].hidden = add_row(b, lines[i].c, lines[i].c->hidden, "units");
}

static void
close_line(struct bench *b, struct limit_line *l, struct samples *trips)
{
	double refused = l->done > 0 ? 1000 * (double)l->refused / (double)l->done : 0;

	json_object_set_new(l->row->params, "refusals_per_1000_grants", json_real(refused));
	json_object_set_new(l->row->params, "rejected", json_integer(l->rejected));
	json_object_set_new(l->hidden->params, "looks", json_integer((json_int_t)l->looks));
	workers_note_round_trip(l->row, trips);
	workers_note_round_trip(l->hidden, trips);
	results_close_or_drop_row(&b->results, l->row);
	results_close_or_drop_row(&b->results, l->hidden);
}

static const struct row *
row_of(const struct bench *b, const char *impl, const char *name)
{
	const struct row_key key = {impl, name, 0, 0, 0};

	return results_find(&b->results, &key);
}

static void
add_ratios(struct bench *b)
{
	const struct row *adapts = row_of(b, "ration", limit_cases[0].name);
	const struct row *cas = row_of(b, "cas-tree", "at the limit");
	struct results *r = &b->results;

	results_ratio_at_least(r,
			       "grants at the hard limit, all lcores: ration / cas-tree, at least",
			       adapts, cas, 0.9);
	results_ratio(r, "grants at the hard limit: ration without batch / cas-tree",
		      row_of(b, "ration", limit_cases[1].name), cas, 0);
	results_ratio(r, "grants at the hard limit: ration / stock-fixed, batch does not adapt",
		      adapts, row_of(b, "stock-fixed", "at the limit, batch of 64"), 0);
	results_ratio(r, "grants at the hard limit: ration / slots-7-rr", adapts,
		      row_of(b, "slots-7-rr", "at the limit, batch of 64"), 0);
	results_ratio(r, "grants at the hard limit: ration / stock-v3", adapts,
		      row_of(b, "stock-v3", "at the limit, batch of 64"), 0);
	results_value(r, "hidden at a refusal, ration: units",
		      row_of(b, "ration", limit_cases[0].hidden), 0);
	results_value(r, "hidden at a refusal, stock-fixed: units",
		      row_of(b, "stock-fixed", "hidden at a refusal, batch of 64"), 0);
	results_value(r, "hidden at a refusal, slots-7-rr: units",
		      row_of(b, "slots-7-rr", "hidden at a refusal, batch of 64"), 0);
}

/* The cases take turns, round by round. */
static int
run_limit(struct bench *b)
{
	struct limit_run *r = aligned_alloc(alignof(struct limit_run), sizeof(*r));
	struct limit_line lines[RTE_DIM(limit_cases)] = {0};
	struct samples trips = {0};
	uint32_t round, i;
	int rc = 0;

	if (r == NULL) {
		warn("limit");
		return -1;
	}
	add_lines(b, lines, RTE_DIM(lines));
	for (round = 1; round <= ROUNDS && rc == 0 && !bench_stops(b); round++) {
		progress("limit", round - 1, ROUNDS);
		workers_add_round_trip(b, &trips);
		for (i = 0; i < RTE_DIM(lines) && rc == 0; i++)
			rc = run_round(b, r, &lines[i], round * windows_of_round(b));
	}
	progress("limit", ROUNDS, ROUNDS);
	free(r);
	for (i = 0; i < RTE_DIM(lines); i++)
		close_line(b, &lines[i], &trips);
	samples_free(&trips);
	if (rc == 0)
		add_ratios(b);
	return rc;
}

const struct bench_test test_limit = {
	.name = "limit",
	.summary = "charges of all lcores at the hard limit",
	.nb_lcores = 2,
	.run = run_limit,
};
