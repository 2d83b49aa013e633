/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_lcore.h>

#include <ration.h>

#include "baselines/xorshift.h"
#include "harness/progress.h"
#include "harness/workers.h"
#include "tests/test.h"

/**
 * @file
 * How often an operation misses the stock and walks the tree. The figures are counts, not times.
 * libration refills and trims its stock to the middle, the kernel's stock is filled and emptied,
 * and a limit counter starts in the middle of its share.
 */

#define OPERATIONS 1000000
#define OPERATIONS_QUICK 100000
#define BURST 32
/** Units that the producer may be ahead of the consumer. */
#define AHEAD_MAX 4096
/** Time limit for two lcores to hand over their units, in seconds. */
#define HAND_OVER_S 20

struct policy {
	const struct backend *impl;
	void *ctx;
	uint64_t c;
	uint64_t granted;
	uint64_t random;
	bool up; /**< The current burst charges. */
};

struct policy_case {
	const char *name;
	const char *ratio; /**< Name of the ratio, for libration. */
	double target; /**< In percent. */
	/** One operation. @return 0, or another value if it was refused */
	int (*operate)(struct policy *p, uint32_t i);
};

static int
charge(struct policy *p)
{
	p->granted++;
	return p->impl->charge(p->ctx, p->c, 1);
}

static int
uncharge(struct policy *p)
{
	p->granted--;
	return p->impl->uncharge(p->ctx, p->c, 1);
}

static bool
toss_coin(struct policy *p)
{
	return xorshift_next(&p->random) >> 63;
}

static int
random_walk(struct policy *p, uint32_t i)
{
	(void)i;
	return toss_coin(p) || p->granted == 0 ? charge(p) : uncharge(p);
}

static int
charge_only(struct policy *p, uint32_t i)
{
	(void)i;
	return charge(p);
}

static int
bursts(struct policy *p, uint32_t i)
{
	return i / BURST % 2 == 0 ? charge(p) : uncharge(p);
}

/* Each burst charges or uncharges at random. */
static int
random_bursts(struct policy *p, uint32_t i)
{
	if (i % BURST == 0)
		p->up = toss_coin(p) || p->granted < BURST;
	return p->up ? charge(p) : uncharge(p);
}

static const struct policy_case policy_cases[] = {
	{"random walk by 1", "slow paths of a random walk by 1: %", 0.1, random_walk},
	{"charge only", "slow paths of charges only: %", 100.0 / BACKEND_BATCH, charge_only},
	{"32 charges, 32 uncharges", "slow paths of bursts up and down: %", 0.1, bursts},
	{"random walk by bursts of 32", "slow paths of a random walk by bursts: %", 0,
	 random_bursts},
};

static const struct backend *const impls[] = {&backend_ration,	      &backend_slots_7_rr,
					      &backend_stock_v3,      &backend_stock_v4,
					      &backend_limit_counter, NULL};

static struct row *
add_row(struct bench *b, const struct backend *impl, const char *name, uint32_t operations)
{
	return results_row(
		&b->results, impl->name, name, "%",
		json_pack("{s:i,s:i}", "batch", (int)BACKEND_BATCH, "operations", (int)operations));
}

static int
measure(struct bench *b, struct policy *p, const struct policy_case *c)
{
	uint32_t nb = b->quick ? OPERATIONS_QUICK : OPERATIONS, i;
	struct row *row = add_row(b, p->impl, c->name, nb);
	uint64_t before = p->impl->slow_paths(p->ctx);
	int refused = 0;

	p->random = XORSHIFT_SEED;
	for (i = 0; i < nb; i++)
		refused |= c->operate(p, i);
	samples_add(&row->samples, 100.0 * (double)(p->impl->slow_paths(p->ctx) - before) / nb);
	p->impl->uncharge(p->ctx, p->c, p->granted);
	p->granted = 0;
	if (refused != 0) {
		warnx("policy: %s refused an operation of '%s'", p->impl->name, c->name);
		return -1;
	}
	if (results_close_row(row) < 0)
		return -1;
	if (p->impl == &backend_ration)
		results_value(&b->results, c->ratio, row, c->target);
	return 0;
}

static int
measure_all(struct bench *b, const struct backend *impl)
{
	const struct backend_tree tree = {.counters = 1, .depth = 1, .max = RATION_UNLIMITED / 2};
	void *self = impl->create(&tree);
	struct policy p = {.impl = impl};
	uint32_t i;
	int rc = 0;

	if (self == NULL)
		return -1;
	p.ctx = impl->join(self, 0);
	p.c = impl->counter(self, 0);
	for (i = 0; i < RTE_DIM(policy_cases) && rc == 0 && p.ctx != NULL; i++)
		rc = measure(b, &p, &policy_cases[i]);
	if (p.ctx != NULL)
		impl->leave(p.ctx);
	impl->destroy(self);
	return p.ctx == NULL ? -1 : rc;
}

/* One lcore charges units that the other lcore uncharges, up to workers->max units. */
static void
hand_over(struct worker *wk)
{
	struct worker *other = wk->id == 0 ? wk + 1 : wk - 1;
	uint64_t own = ration_load(&wk->held, relaxed);
	/* Pairs with the release of worker_add() on the other lcore. */
	uint64_t theirs = ration_load(&other->held, acquire);
	int rc;

	if (wk->id == 0 ? own - theirs >= AHEAD_MAX : own == theirs)
		return;
	if (own == wk->workers->max)
		return;
	rc = wk->id == 0 ? wk->workers->impl->charge(wk->ctx, wk->workers->counters[0], 1)
			 : wk->workers->impl->uncharge(wk->ctx, wk->workers->counters[0], 1);
	worker_add(&wk->refused, rc != 0);
	worker_add(&wk->held, 1);
}

static bool
all_handed_over(struct bench *b, struct workers *c)
{
	uint64_t deadline = rte_rdtsc() + HAND_OVER_S * rte_get_tsc_hz();

	while (ration_load(&c->worker[1].held, acquire) < c->max) {
		workers_work(b, c, 1000);
		if (rte_rdtsc() > deadline || bench_stops(b))
			return false;
	}
	return true;
}

static int
run_hand_over(struct bench *b, const struct backend *impl, struct workers *c)
{
	const struct backend_tree tree = {
		.counters = 1, .depth = 1, .max = RATION_UNLIMITED / 2, .lcores = 2};
	struct samples trips = {0};
	uint64_t handle = 0;
	struct row *row;
	bool all;

	*c = (struct workers){.impl = impl, .nb = 2, .task = hand_over, .counters = &handle};
	c->max = b->quick ? OPERATIONS_QUICK : OPERATIONS;
	c->self = impl->create(&tree);
	if (c->self == NULL)
		return -1;
	handle = impl->counter(c->self, 0);
	workers_add_round_trip(b, &trips);
	if (workers_start(c) < 0) {
		samples_free(&trips);
		impl->destroy(c->self);
		return -1;
	}
	all = all_handed_over(b, c);
	if (workers_stop(c) < 0)
		all = false;
	impl->destroy(c->self);
	row = add_row(b, impl, "one lcore charges, another uncharges", 2 * (uint32_t)c->max);
	json_object_set_new(row->params, "lcores", json_integer(2));
	if (workers_share_cpus(2))
		results_mark_one_cpu(row);
	workers_note_round_trip(row, &trips);
	samples_free(&trips);
	if (all)
		samples_add(&row->samples,
			    100.0 * (double)(c->worker[0].slow_paths + c->worker[1].slow_paths) /
				    (2.0 * (double)c->max));
	results_close_or_drop_row(&b->results, row);
	return 0;
}

static int
hand_over_all(struct bench *b)
{
	struct workers *c = aligned_alloc(alignof(struct workers), sizeof(*c));
	uint32_t i;
	int rc = 0;

	if (c == NULL) {
		warn("policy");
		return -1;
	}
	/* A limit counter refuses to uncharge units that are in the count of another thread. */
	for (i = 0; impls[i] != NULL && rc == 0 && !bench_stops(b); i++) {
		if (impls[i]->flags & BACKEND_TREE)
			rc = run_hand_over(b, impls[i], c);
	}
	free(c);
	return rc;
}

static int
run_policy(struct bench *b)
{
	const struct row_key handed = {"ration", "one lcore charges, another uncharges", 0, 0, 0};
	uint32_t i;
	int rc = 0;

	for (i = 0; impls[i] != NULL && rc == 0 && !bench_stops(b); i++) {
		progress("policy", i, RTE_DIM(impls));
		rc = measure_all(b, impls[i]);
	}
	progress("policy", RTE_DIM(impls), RTE_DIM(impls));
	if (rc != 0 || rte_lcore_count() < 2 || bench_stops(b))
		return rc;
	rc = hand_over_all(b);
	results_value(&b->results, "slow paths of producer and consumer: %",
		      results_find(&b->results, &handed), 0);
	return rc;
}

const struct bench_test test_policy = {
	.name = "policy",
	.summary = "how often an operation misses the stock and walks the tree",
	.nb_lcores = 1,
	.run = run_policy,
};
