/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_lcore.h>

#include "harness/windows.h"
#include "tests/limit_grants.h"

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

#define WINDOWS_OF_ROUND 9u
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

struct grants_case {
	const char *name;
	const char *hidden;
	const struct backend *impl;
	bool no_stock;
};

#define PLAIN "at the limit", "hidden at a refusal"
#define FIXED "at the limit, batch of 64", "hidden at a refusal, batch of 64"

static const struct grants_case grants_cases[] = {
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
struct grants_line {
	const struct grants_case *c;
	struct windows windows;
	struct row *hidden; /**< One sample is the mean of a window. */
	uint64_t done;
	uint64_t refused;
	uint64_t looks;
};

/** Data of one round of a case. */
struct grants_run {
	struct workers workers;
	uint64_t counters[RTE_MAX_LCORE];
};

static int
start_run(struct grants_run *r, const struct grants_case *c, uint32_t nb)
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

static void
add_samples(void *arg, const struct workers_window *w)
{
	struct grants_line *l = arg;

	samples_add(&l->windows.row->samples, (double)w->done * 1e3 / w->ns);
	if (w->looks > 0)
		samples_add(&l->hidden->samples, (double)w->seen / 2 / (double)w->looks);
	l->done += w->done;
	l->refused += w->refused;
	l->looks += w->looks;
}

/** What windows_run() passes on. */
struct grants {
	struct grants_run *run;
	struct grants_line lines[RTE_DIM(grants_cases)];
};

static int
measure(struct bench *b, void *arg, uint32_t i, uint32_t round, uint64_t end)
{
	struct grants *g = arg;
	struct grants_line *l = &g->lines[i];
	struct grants_run *r = g->run;
	int rc;

	memset(r, 0, sizeof(*r));
	rc = start_run(r, l->c, rte_lcore_count());
	if (rc == 0) {
		windows_take(b, &r->workers, &l->windows, round, end);
		rc = workers_stop(&r->workers);
	}
	if (r->workers.self != NULL)
		l->c->impl->destroy(r->workers.self);
	return rc;
}

static struct row *
add_row(struct bench *b, const struct grants_case *c, const char *name, const char *unit)
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
add_lines(struct bench *b, struct grants_line *lines, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++) {
		lines[i].c = &grants_cases[i];
		lines[i].windows = (struct windows){
			.row = add_row(b, lines[i].c, lines[i].c->name, "grants/us"),
			.lcores = rte_lcore_count(),
			.of_round = WINDOWS_OF_ROUND,
			.add = add_samples,
			.arg = &lines[i],
		};
		windows_init(b, &lines[i].windows);
	}
	for (i = 0; i < nb; i++)
		lines[i].hidden = add_row(b, lines[i].c, lines[i].c->hidden, "units");
}

static void
close_line(struct bench *b, struct grants_line *l, struct samples *trips)
{
	struct row *row = l->windows.row;
	double refused = l->done > 0 ? 1000 * (double)l->refused / (double)l->done : 0;

	json_object_set_new(row->params, "refusals_per_1000_grants", json_real(refused));
	json_object_set_new(l->hidden->params, "looks", json_integer((json_int_t)l->looks));
	windows_note(&l->windows, trips);
	workers_note_round_trip(l->hidden, trips);
	results_close_or_drop_row(&b->results, row);
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
	const struct row *adapts = row_of(b, "ration", grants_cases[0].name);
	const struct row *cas = row_of(b, "cas-tree", "at the limit");
	struct results *r = &b->results;

	results_ratio_at_least(r,
			       "grants at the hard limit, all lcores: ration / cas-tree, at least",
			       adapts, cas, 0.9);
	results_ratio(r, "grants at the hard limit: ration without batch / cas-tree",
		      row_of(b, "ration", grants_cases[1].name), cas, 0);
	results_ratio(r, "grants at the hard limit: ration / stock-fixed, batch does not adapt",
		      adapts, row_of(b, "stock-fixed", "at the limit, batch of 64"), 0);
	results_ratio(r, "grants at the hard limit: ration / slots-7-rr", adapts,
		      row_of(b, "slots-7-rr", "at the limit, batch of 64"), 0);
	results_ratio(r, "grants at the hard limit: ration / stock-v3", adapts,
		      row_of(b, "stock-v3", "at the limit, batch of 64"), 0);
	results_value(r, "hidden at a refusal, ration: units",
		      row_of(b, "ration", grants_cases[0].hidden), 0);
	results_value(r, "hidden at a refusal, stock-fixed: units",
		      row_of(b, "stock-fixed", "hidden at a refusal, batch of 64"), 0);
	results_value(r, "hidden at a refusal, slots-7-rr: units",
		      row_of(b, "slots-7-rr", "hidden at a refusal, batch of 64"), 0);
}

int
limit_grants(struct bench *b, uint64_t end)
{
	struct grants g = {.run = aligned_alloc(alignof(struct grants_run), sizeof(*g.run))};
	struct samples trips = {0};
	const struct windows_turns turns = {
		.name = "limit, grants",
		.nb = RTE_DIM(g.lines),
		.measure = measure,
		.arg = &g,
		.trips = &trips,
		.end = end,
	};
	uint32_t i;
	int rc;

	if (g.run == NULL) {
		warn("limit");
		return -1;
	}
	add_lines(b, g.lines, RTE_DIM(g.lines));
	rc = windows_run(b, &turns);
	free(g.run);
	for (i = 0; i < RTE_DIM(g.lines); i++)
		close_line(b, &g.lines[i], &trips);
	samples_free(&trips);
	if (rc == 0)
		add_ratios(b);
	return rc;
}
