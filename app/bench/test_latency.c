/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_pause.h>
#include <rte_random.h>

#include <ration.h>

#include "hgrm.h"
#include "histogram.h"
#include "isolation.h"
#include "percentiles.h"
#include "progress.h"
#include "test.h"

/**
 * @file
 * How long a caller waits, with an open loop: each operation has a time at which it was to start,
 * fixed before, and what is recorded is the time from then until its end. Whoever is late makes the
 * next ones late too, and that counts: there is no coordinated omission.
 *
 * A charge from stock is shorter than the timer's steps, so 1,000 operations are one value. A
 * refill, a drain and a synchronous charge are timed one by one.
 */

#define BLOCKS 12
#define BLOCKS_QUICK 6
#define BLOCK_NS 150000000.0
#define BLOCK_QUICK_NS 20000000.0
/** As the CPU is and isolated, in turns. */
#define ROUNDS 2
#define TIMEOUT_US 1000000
/** A block that lasts so many times longer than it should ends before its last start. */
#define BACKLOG 3

#define MAX UINT64_C(65536)
#define BATCH 64
/** More than a slot can hold: each charge of it walks the tree, and so does the uncharge. */
#define REFILL (2 * BATCH + 1)
/** Charges in a row, and uncharges, within what the stock can give and take. */
#define RUN 25
#define RUNS 20

struct latency;

struct latency_case {
	const char *row, *row_isolated, *worst, *worst_isolated, *ratio;
	double interval_ns; /**< Between two starts. */
	bool by_main; /**< The main lcore does it, and the other one polls. */
	/** Do it, and store in *end when it was done, before cleaning up. @return 0 or an error */
	int (*operate)(struct latency *l, struct ration_lcore *lc, uint64_t *end);
};

struct latency_result {
	struct row *median; /**< Of each block. */
	struct row *worst; /**< Of each block. */
	struct histogram all;
	uint64_t gave_back;
};

#define NB_CASES 4

struct latency {
	/** Set by the main lcore. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint32_t) quit;
	/** Set by the main lcore: the last unit must not be all the stock for ever. */
	RATION_ATOMIC(uint32_t) take_stock;
	/** Turns of the polling loop so far. Written by the polling lcore only. */
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) turns;
	/** Of one block; belongs to whoever operates. */
	alignas(RTE_CACHE_LINE_SIZE) struct histogram block;
	const struct latency_case *c;
	double ticks_per_ns;
	double ns; /**< Length of a block. */
	bool one_cpu;
	struct ration_domain *d;
	ration_counter_t counter;
	struct ration_drain_report report;
	uint64_t gave_back; /**< Operations that found stock on the polling lcore. */
	struct isolation iso;
	struct latency_result results[2][NB_CASES]; /**< As it is, isolated. */
};

static int
thousand_operations(struct latency *l, struct ration_lcore *lc, uint64_t *end)
{
	int run, i, rc = 0;

	for (run = 0; run < RUNS; run++) {
		for (i = 0; i < RUN; i++)
			rc |= ration_try_charge(lc, l->counter, 1);
		for (i = 0; i < RUN; i++)
			rc |= ration_uncharge(lc, l->counter, 1);
	}
	*end = rte_rdtsc_precise();
	return rc;
}

static int
refill(struct latency *l, struct ration_lcore *lc, uint64_t *end)
{
	int rc = ration_try_charge(lc, l->counter, REFILL);

	*end = rte_rdtsc_precise();
	return rc != 0 ? rc : ration_uncharge(lc, l->counter, REFILL);
}

static int
drain(struct latency *l, struct ration_lcore *lc, uint64_t *end)
{
	int rc = ration_drain(l->d, l->counter, TIMEOUT_US, &l->report);

	(void)lc;
	*end = rte_rdtsc_precise();
	l->gave_back += l->report.units > 0;
	return rc;
}

/*
 * All but one unit: what the polling lcore has in stock must come back first. It is told to take
 * stock again afterwards; if it has just charged that, the answer is a refusal, exact as a grant.
 */
static int
sync_charge(struct latency *l, struct ration_lcore *lc, uint64_t *end)
{
	int rc = ration_try_charge_sync(lc, l->counter, MAX - 1, TIMEOUT_US, &l->report);

	*end = rte_rdtsc_precise();
	l->gave_back += l->report.units > 0;
	if (rc == 0)
		rc = ration_uncharge(lc, l->counter, MAX - 1);
	ration_store(&l->take_stock, 1, relaxed);
	return rc == -EDQUOT ? 0 : rc;
}

#define LATENCY_CASE(what)                                                                         \
	.row = what, .row_isolated = what ", isolated", .worst = what ", worst",                   \
	.worst_isolated = what ", worst, isolated", .ratio = what ", worst: isolated / as it is"

static const struct latency_case cases[NB_CASES] = {
	{LATENCY_CASE("1,000 operations"), 10000, false, thousand_operations},
	{LATENCY_CASE("one refill"), 2000, false, refill},
	{LATENCY_CASE("one drain"), 20000, true, drain},
	{LATENCY_CASE("one sync charge"), 20000, true, sync_charge},
};

/* The time between two starts is random by a tenth, so as not to fall into step with anything. */
static double
next_start(const struct latency *l, double start)
{
	double interval = l->c->interval_ns * l->ticks_per_ns;

	return start + interval * (0.95 + (double)rte_rand_max(1024) / 10240);
}

static int
operate(struct latency *l, struct ration_lcore *lc)
{
	const uint64_t begin = rte_rdtsc(), last = begin + (uint64_t)(l->ns * l->ticks_per_ns);
	double start = next_start(l, (double)begin);
	uint64_t end;
	int rc;

	while (start < (double)last) {
		while ((double)rte_rdtsc() < start)
			ration_quiescent(lc);
		rc = l->c->operate(l, lc, &end);
		if (rc != 0)
			return rc;
		histogram_record(&l->block, end - (uint64_t)start);
		/*
		 * So late that the rest would last for minutes. On one CPU each takes a time slice,
		 * and says nothing about the library anyway.
		 */
		if (end > (l->one_cpu ? last : last + BACKLOG * (last - begin)))
			break;
		start = next_start(l, start);
	}
	return 0;
}

/* Lcore function: comes online and operates. @return 0 or an errno */
static int
operate_lcore(void *arg)
{
	struct latency *l = arg;
	struct ration_lcore *lc = ration_lcore_online(l->d);
	int rc;

	if (lc == NULL)
		return rte_errno;
	rc = operate(l, lc);
	ration_lcore_leave(lc);
	return -rc;
}

/* Lcore function: takes stock and gives it back until told to quit. @return 0 or an errno */
static int
poll_lcore(void *arg)
{
	struct latency *l = arg;
	struct ration_lcore *lc = ration_lcore_online(l->d);
	uint64_t turns = 0;

	if (lc == NULL)
		return rte_errno;
	/* Pairs with the release in block_by_main(). */
	while (!ration_load(&l->quit, acquire)) {
		ration_quiescent(lc);
		/* It is refused while the main lcore has all of it. */
		if (ration_try_charge(lc, l->counter, 1) == 0)
			ration_uncharge(lc, l->counter, 1);
		if (ration_load(&l->take_stock, relaxed) &&
		    ration_try_charge(lc, l->counter, BATCH) == 0) {
			ration_uncharge(lc, l->counter, BATCH);
			ration_store(&l->take_stock, 0, relaxed);
		}
		/* Pairs with the acquire in block_by_main(). */
		ration_store(&l->turns, ++turns, release);
	}
	ration_lcore_leave(lc);
	return 0;
}

static void
wait_for_poller(const struct latency *l)
{
	const uint64_t deadline = rte_rdtsc() + 5 * rte_get_tsc_hz();

	/* Pairs with the release in poll_lcore(). */
	while (ration_load(&l->turns, acquire) == 0 && rte_rdtsc() < deadline) {
		if (l->one_cpu)
			sched_yield();
		else
			rte_pause();
	}
}

static int
block_by_main(struct latency *l)
{
	int rc, ended;

	ration_store(&l->quit, 0, relaxed);
	ration_store(&l->turns, 0, relaxed);
	ration_store(&l->take_stock, 0, relaxed);
	rc = rte_eal_remote_launch(poll_lcore, l, l->iso.lcore_id);
	if (rc != 0)
		return rc;
	wait_for_poller(l);
	rc = operate_lcore(l);
	/* Pairs with the acquire in poll_lcore(). */
	ration_store(&l->quit, 1, release);
	ended = rte_eal_wait_lcore(l->iso.lcore_id);
	return rc != 0 ? -rc : -ended;
}

static int
block_by_lcore(struct latency *l)
{
	int rc = rte_eal_remote_launch(operate_lcore, l, l->iso.lcore_id);

	return rc != 0 ? rc : -rte_eal_wait_lcore(l->iso.lcore_id);
}

static int
measure_case(const struct bench *b, struct latency *l, unsigned int i,
	     struct latency_result *result)
{
	int rc;

	l->c = &cases[i];
	histogram_clear(&l->block);
	l->gave_back = 0;
	rc = l->c->by_main ? block_by_main(l) : block_by_lcore(l);
	if (rc != 0) {
		warnx("latency: %s: %s", l->c->row, rte_strerror(-rc));
		return -1;
	}
	if (result == NULL || l->block.total == 0)
		return 0;
	samples_add(&result->median->samples,
		    bench_ns(b, histogram_percentile(&l->block, 50)) / 1000);
	samples_add(&result->worst->samples, bench_ns(b, l->block.max) / 1000);
	histogram_add(&result->all, &l->block);
	result->gave_back += l->gave_back;
	return 0;
}

static struct row *
begin_row(struct bench *b, const struct latency *l, const struct latency_case *c, const char *name)
{
	struct row *row = results_row(&b->results, "ration", name, "us",
				      json_pack("{s:f}", "interval_us", c->interval_ns / 1000));

	isolation_mark_row(&l->iso, row);
	return row;
}

static void
begin_results(struct bench *b, struct latency *l, struct latency_result *results)
{
	const struct latency_case *c;
	unsigned int i;

	for (i = 0; i < NB_CASES && results[i].median == NULL; i++) {
		c = &cases[i];
		results[i].median = begin_row(b, l, c, l->iso.entered ? c->row_isolated : c->row);
		results[i].worst =
			begin_row(b, l, c, l->iso.entered ? c->worst_isolated : c->worst);
	}
}

/* All cases in one state of the CPU. The first blocks have warmed up. */
static int
measure(struct bench *b, struct latency *l, const char *what)
{
	uint32_t blocks = b->quick ? BLOCKS_QUICK : BLOCKS, block;
	struct latency_result *results = l->results[l->iso.entered];
	unsigned int i;

	begin_results(b, l, results);
	for (block = 0; block <= blocks; block++) {
		for (i = 0; i < NB_CASES; i++) {
			if (measure_case(b, l, i, block == 0 ? NULL : &results[i]) < 0)
				return -1;
		}
		progress(what, block, blocks);
	}
	return 0;
}

static int
measure_isolated(struct bench *b, struct latency *l)
{
	int rc;

	if (l->iso.obstacle != NULL || isolation_enter(&l->iso) < 0)
		return 0;
	rc = measure(b, l, "latency, isolated");
	isolation_leave(&l->iso);
	return rc;
}

/* Rows of an isolated CPU are there only if it could be isolated. */
static int
conclude(struct bench *b, struct latency *l)
{
	struct latency_result *r;
	unsigned int i;
	int state;

	for (state = 0; state < 2; state++) {
		for (i = 0; i < NB_CASES; i++) {
			r = &l->results[state][i];
			if (r->median == NULL)
				return 0;
			if (cases[i].by_main)
				json_object_set_new(r->median->params, "gave_back",
						    json_integer((json_int_t)r->gave_back));
			percentiles_add(r->median->params, &r->all, 1000 * b->ticks_per_ns);
			if (results_close_row(r->median) < 0 || results_close_row(r->worst) < 0)
				return -1;
		}
	}
	for (i = 0; i < NB_CASES; i++)
		results_ratio(&b->results, cases[i].ratio, l->results[1][i].worst,
			      l->results[0][i].worst, 0);
	return 0;
}

static int
plot(const struct bench *b, const struct latency *l)
{
	struct hgrm_line lines[2 * NB_CASES];
	uint32_t nb = 0, i;

	if (b->plot == NULL)
		return 0;
	for (i = 0; i < 2 * NB_CASES && l->results[i / NB_CASES][i % NB_CASES].median != NULL;
	     i++) {
		lines[nb].name = i < NB_CASES ? cases[i].row : cases[i % NB_CASES].row_isolated;
		lines[nb].color = i % NB_CASES;
		lines[nb].dashed = i >= NB_CASES;
		lines[nb++].histogram = &l->results[i / NB_CASES][i % NB_CASES].all;
	}
	return hgrm_plot(b->plot, "latency", lines, nb, 1000 * b->ticks_per_ns);
}

static int
make_domain(struct latency *l)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_lcores = 2};
	const struct ration_counter_params counter = {.max = MAX, .batch = BATCH};

	l->d = ration_domain_create("bench-latency", &params);
	if (l->d != NULL)
		l->counter = ration_counter_create(l->d, ration_domain_root(l->d), "c", &counter);
	if (l->d != NULL && l->counter != RATION_COUNTER_NONE)
		return 0;
	warnx("latency: %s", rte_strerror(rte_errno));
	ration_domain_free(l->d);
	return -1;
}

static int
run_rounds(struct bench *b, struct latency *l)
{
	int round, rc = 0;

	isolation_look(&l->iso, b, rte_get_next_lcore(-1, 1, 0));
	l->one_cpu = isolation_one_cpu(rte_get_main_lcore(), l->iso.lcore_id);
	for (round = 0; round < ROUNDS && rc == 0; round++) {
		rc = measure(b, l, "latency");
		if (rc == 0)
			rc = measure_isolated(b, l);
	}
	if (rc == 0)
		rc = conclude(b, l);
	return rc == 0 ? plot(b, l) : rc;
}

static int
run_latency(struct bench *b)
{
	struct latency *l = aligned_alloc(alignof(struct latency), sizeof(*l));
	int rc;

	if (l == NULL) {
		warn("latency");
		return -1;
	}
	*l = (struct latency){
		.ticks_per_ns = b->ticks_per_ns,
		.ns = b->quick ? BLOCK_QUICK_NS : BLOCK_NS,
	};
	if (make_domain(l) < 0) {
		free(l);
		return -1;
	}
	rc = run_rounds(b, l);
	ration_domain_free(l->d);
	free(l);
	return rc;
}

const struct bench_test test_latency = {
	.name = "latency",
	.summary = "delays of charges, refills, drains and sync charges, open loop",
	.nb_lcores = 2,
	.run = run_latency,
};
