/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include "crew.h"
#include "progress.h"

/**
 * @file
 * All lcores at the hard limit: each charges until it is refused or has all it wants, then gives
 * everything back. There is room for three quarters of what they want together, so somebody is
 * refused all the time, and what others hide in stock is missing.
 *
 * What is counted are grants per second, and at each refusal the units that nobody was granted:
 * stranded ones. Others charge meanwhile, so that number is a sample, not exact.
 */

#define WINDOW_NS 2000000
#define WINDOW_NS_QUICK 200000
/** Each implementation has a turn in each of so many rounds. */
#define ROUNDS 11
#define WINDOWS_OF_ROUND 5u
#define WINDOWS_QUICK 1u
/** So many times the time that all windows take is spent to find valid ones. */
#define PATIENCE 4
/** Units that each lcore wants. */
#define WANTED 64
#define DEPTH_OF_THREE 2

static uint64_t
free_units(const struct crew *c)
{
	uint64_t held = 0;
	uint32_t i;

	for (i = 0; i < c->nb; i++)
		held += ration_load(&c->members[i].held, relaxed);
	return held < c->max ? c->max - held : 0;
}

static void
charge_to_the_limit(struct crew_member *m)
{
	struct crew *c = m->crew;
	uint64_t held = 0;

	while (held < WANTED && c->impl->charge(m->lane, c->counters[m->id], 1) == 0)
		ration_store(&m->held, ++held, relaxed);
	if (held < WANTED) {
		m->stranded += free_units(c);
		crew_add(&m->refused, 1);
	}
	crew_add(&m->progress, held);
	for (; held > 0; held--) {
		ration_store(&m->held, held - 1, relaxed);
		c->impl->uncharge(m->lane, c->counters[m->id], 1);
	}
}

struct limit_case {
	const char *name;
	const struct accounter *impl;
	bool no_stock;
};

static const struct limit_case limit_cases[] = {
	{"at the limit, batch adapts", &accounter_ration, false},
	{"at the limit, no batch", &accounter_ration, true},
	{"at the limit", &accounter_cas_tree, false},
	{"at the limit", &accounter_atomic_tree, false},
	{"at the limit", &accounter_spinlock_tree, false},
	{"at the limit, batch of 64", &accounter_slots_7_rr, false},
	{"at the limit, batch of 64", &accounter_stock_v3, false},
	{"at the limit, batch of 64", &accounter_stock_v4, false},
};

/** What is measured of a case, in several rounds. */
struct limit_line {
	const struct limit_case *c;
	struct row *row;
	uint64_t done;
	uint64_t refused; /**< In windows that count. */
	uint64_t refusals; /**< Of all. */
	uint64_t stranded;
	uint32_t rejected;
};

/** One of its rounds. */
struct limit_run {
	struct crew crew;
	uint64_t counters[RTE_MAX_LCORE];
};

static int
start_run(struct limit_run *r, const struct limit_case *c, uint32_t nb)
{
	struct accounter_tree tree = {
		.counters = nb,
		.depth = DEPTH_OF_THREE,
		.max = UINT64_C(1) << 40,
		.root_max = (uint64_t)nb * WANTED * 3 / 4,
		.lanes = nb,
		.no_stock = c->no_stock,
	};
	uint32_t i;

	r->crew.impl = c->impl;
	r->crew.task = charge_to_the_limit;
	r->crew.nb = nb;
	r->crew.max = tree.root_max;
	r->crew.counters = r->counters;
	r->crew.self = c->impl->create(&tree);
	if (r->crew.self == NULL)
		return -1;
	for (i = 0; i < nb; i++)
		r->counters[i] = c->impl->counter(r->crew.self, i);
	return crew_start(&r->crew);
}

static uint32_t
windows_of_round(const struct bench *b)
{
	return b->quick ? WINDOWS_QUICK : WINDOWS_OF_ROUND;
}

/* Until the line has `goal` samples, or patience is at an end. */
static void
take_windows(struct bench *b, struct crew *c, struct limit_line *l, uint32_t goal)
{
	double ns = b->quick ? WINDOW_NS_QUICK : WINDOW_NS;
	uint64_t deadline =
		rte_rdtsc() + (uint64_t)(PATIENCE * windows_of_round(b) * ns * b->ticks_per_ns);
	struct crew_window w;

	crew_work(b, c, ns);
	while (l->row->samples.nb < goal && rte_rdtsc() < deadline) {
		w = crew_work(b, c, ns);
		if (!w.valid && !(l->row->one_cpu && w.done > 0)) {
			l->rejected++;
			continue;
		}
		samples_add(&l->row->samples, (double)w.done * 1e3 / w.ns);
		l->done += w.done;
		l->refused += w.refused;
	}
}

static int
run_round(struct bench *b, struct limit_run *r, struct limit_line *l, uint32_t goal)
{
	uint32_t nb = rte_lcore_count(), i;
	int rc;

	memset(r, 0, sizeof(*r));
	rc = start_run(r, l->c, nb);
	if (rc == 0) {
		take_windows(b, &r->crew, l, goal);
		rc = crew_stop(&r->crew);
	}
	for (i = 0; i < r->crew.nb; i++) {
		l->stranded += r->crew.members[i].stranded;
		l->refusals += ration_load(&r->crew.members[i].refused, relaxed);
	}
	if (r->crew.self != NULL)
		l->c->impl->destroy(r->crew.self);
	return rc;
}

static void
add_line(struct bench *b, struct limit_line *l)
{
	int nb = (int)rte_lcore_count();

	l->row = results_row(&b->results, l->c->impl->name, l->c->name, "grants/us",
			     json_pack("{s:i,s:i,s:i}", "lcores", nb, "limit", nb * WANTED * 3 / 4,
				       "wanted", nb * WANTED));
	if (crew_shares_cpus((uint32_t)nb))
		results_mark_one_cpu(l->row);
}

static double
quotient(uint64_t over, uint64_t under)
{
	return under > 0 ? (double)over / (double)under : 0;
}

/* Units that nobody was granted are the mean of all refusals. */
static void
close_line(struct bench *b, struct limit_line *l)
{
	json_object_set_new(l->row->params, "stranded_at_a_refusal",
			    json_real(quotient(l->stranded, l->refusals)));
	json_object_set_new(l->row->params, "refusals_per_1000_grants",
			    json_real(1000 * quotient(l->refused, l->done)));
	json_object_set_new(l->row->params, "rejected", json_integer(l->rejected));
	results_close_or_drop_row(&b->results, l->row);
}

static void
add_ratios(struct bench *b)
{
	const struct row_key adapts = {"ration", limit_cases[0].name, 0, 0, 0};
	const struct row_key none = {"ration", limit_cases[1].name, 0, 0, 0};
	const struct row_key v3 = {"stock-v3", limit_cases[6].name, 0, 0, 0};
	const struct row_key cas_at = {"cas-tree", limit_cases[2].name, 0, 0, 0};
	struct results *r = &b->results;

	results_ratio_at_least(r,
			       "grants at the hard limit, all lcores: ration / cas-tree, at least",
			       results_find(r, &adapts), results_find(r, &cas_at), 0.9);
	results_ratio(r, "grants at the hard limit: ration without batch / cas-tree",
		      results_find(r, &none), results_find(r, &cas_at), 0);
	results_ratio(r, "grants at the hard limit: ration / stock-v3", results_find(r, &adapts),
		      results_find(r, &v3), 0);
}

/* The cases take turns, round by round. */
static int
run_limit(struct bench *b)
{
	struct limit_run *r = aligned_alloc(alignof(struct limit_run), sizeof(*r));
	struct limit_line lines[RTE_DIM(limit_cases)] = {0};
	uint32_t round, i;
	int rc = 0;

	if (r == NULL) {
		warn("limit");
		return -1;
	}
	for (i = 0; i < RTE_DIM(lines); i++) {
		lines[i].c = &limit_cases[i];
		add_line(b, &lines[i]);
	}
	for (round = 1; round <= ROUNDS && rc == 0; round++) {
		progress("limit", round - 1, ROUNDS);
		for (i = 0; i < RTE_DIM(lines) && rc == 0; i++)
			rc = run_round(b, r, &lines[i], round * windows_of_round(b));
	}
	progress("limit", ROUNDS, ROUNDS);
	free(r);
	for (i = 0; i < RTE_DIM(lines); i++)
		close_line(b, &lines[i]);
	if (rc == 0)
		add_ratios(b);
	return rc;
}

const struct bench_test test_limit = {
	.name = "limit",
	.summary = "all lcores at the hard limit",
	.nb_lcores = 2,
	.run = run_limit,
};
