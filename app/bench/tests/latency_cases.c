/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>

#include <rte_common.h>
#include <rte_random.h>

#include <ration.h>

#include "tests/latency_cases.h"

/**
 * @file
 * The operations of the test latency. A charge from stock is shorter than the timer's steps, so
 * 1,000 operations are one value. Operations that walk the tree, drains and synchronous charges are
 * timed one by one.
 */

#define TIMEOUT_US 1000000
/** Charges in a row, followed by as many uncharges: one of each counter. */
#define RUN TAILS_COUNTERS
#define RUNS 20
/** Near the limit there is room for up to this many units. */
#define HEADROOM_MAX (2 * BACKEND_BATCH)
/** More charges in a row than a stock can hold. */
#define HITS_MAX (8 * BACKEND_BATCH)

/* Other backends return -1 for a refusal, libration returns the reason. */
static int
answer(int rc)
{
	return rc == -1 || rc == -EDQUOT ? OPEN_LOOP_REFUSED : rc;
}

static int
charge(struct latency_work *w, uint64_t n)
{
	return answer(w->backend->impl->charge(w->ctx, w->backend->order[0], n));
}

static int
uncharge(struct latency_work *w, uint64_t n)
{
	return n == 0 ? 0 : w->backend->impl->uncharge(w->ctx, w->backend->order[0], n);
}

static uint64_t
loop(struct latency_work *w, enum backend_pattern pattern, uint32_t nb_order, uint64_t nb)
{
	const struct backend_work work = {
		.order = w->backend->order, .nb_order = nb_order, .units = 1, .pairs = nb};

	return w->backend->impl->loop[pattern](w->ctx, &work);
}

/*
 * 1,000 operations, of the counters in turn or all of the first counter. In the second case
 * refusals are expected.
 */
static int
run_1000(struct latency_work *w, uint32_t nb_order)
{
	uint64_t refused = 0, now;
	int run;

	for (run = 0; run < RUNS; run++) {
		now = loop(w, BACKEND_CHARGES, nb_order, RUN);
		if (loop(w, BACKEND_UNCHARGES, nb_order, RUN - now) != 0)
			return -EIO;
		refused += now;
	}
	return refused > 0 ? OPEN_LOOP_REFUSED : 0;
}

static int
operate_1000(void *work)
{
	return run_1000(work, TAILS_ORDER);
}

static int
operate_1000_of_one(void *work)
{
	return run_1000(work, 1);
}

/*
 * Hold so many units of the first counter that there is room for 0 to HEADROOM_MAX units. Charge
 * one by one, so that the stock is used up and not hidden from the timed charge.
 */
static int
approach_limit(void *work)
{
	struct latency_work *w = work;
	uint64_t wanted = TAILS_MAX - rte_rand_max(HEADROOM_MAX + 1);

	if (wanted > w->held) {
		if (loop(w, BACKEND_CHARGES, 1, wanted - w->held) != 0)
			return -EIO;
	} else if (loop(w, BACKEND_UNCHARGES, 1, w->held - wanted) != 0) {
		return -EIO;
	}
	w->held = wanted;
	return 0;
}

static int
charge_near_limit(void *work)
{
	struct latency_work *w = work;
	int rc = charge(w, 1);

	w->held += rc == 0;
	return rc;
}

/* Charge one by one until a charge walks the tree. @return number of charges, 0: too many */
static uint64_t
charge_until_refill(struct latency_work *w)
{
	const struct backend *impl = w->backend->impl;
	const uint64_t before = impl->slow_paths(w->ctx);
	uint64_t nb;

	for (nb = 1; nb <= HITS_MAX; nb++) {
		if (charge(w, 1) != 0)
			return 0;
		if (impl->slow_paths(w->ctx) != before)
			return nb;
	}
	return 0;
}

/* Use the stock up, so that the next charge misses it. Backends without stock walk each time. */
static int
use_stock_up(void *work)
{
	struct latency_work *w = work;
	uint64_t nb;

	if (w->backend->impl->slow_paths == NULL)
		return 0;
	nb = charge_until_refill(w);
	if (nb == 0 || loop(w, BACKEND_CHARGES, 1, w->hits) != 0)
		return -EIO;
	w->held += nb + w->hits;
	w->slow_paths = w->backend->impl->slow_paths(w->ctx);
	return 0;
}

static int
refill(void *work)
{
	struct latency_work *w = work;
	int rc = charge(w, 1);

	w->held += rc == 0;
	return rc;
}

static int
give_back(void *work)
{
	struct latency_work *w = work;
	int rc = uncharge(w, w->held);

	w->held = 0;
	return rc;
}

/* If the charge did not walk the tree, there was no refill, and the figure would be void. */
static int
give_back_refilled(void *work)
{
	struct latency_work *w = work;
	const struct backend *impl = w->backend->impl;

	if (impl->slow_paths != NULL && impl->slow_paths(w->ctx) == w->slow_paths)
		return -EIO;
	return give_back(w);
}

static int
drain(void *work)
{
	struct latency_work *w = work;
	uint64_t units;
	int rc = tails_drain(w->backend, false, &units);

	w->returned_stock += units > 0;
	return rc;
}

/*
 * Charge all units but one, so the stock of the polling lcore must be returned first. If that lcore
 * has just charged the last unit, the charge is refused, which is a valid answer too.
 */
static int
sync_charge(void *work)
{
	struct latency_work *w = work;
	struct ration_drain_report report = {.rows = NULL};
	int rc = answer(ration_try_charge_sync(w->ctx, w->backend->order[0], TAILS_MAX - 1,
					       TIMEOUT_US, &report));

	w->returned_stock += report.units > 0;
	w->held = rc == 0 ? TAILS_MAX - 1 : 0;
	return rc;
}

/* Tell the polling lcore to take stock again. */
static int
let_take_stock(void *work)
{
	struct latency_work *w = work;
	int rc = give_back(w);

	ration_store(&w->take_stock, 1, relaxed);
	return rc;
}

int
latency_start(struct latency_work *w)
{
	int rc = 0;

	w->held = 0;
	if (w->c->prepare == approach_limit) {
		/* Charge most units at once, the remaining ones one by one. */
		w->held = TAILS_MAX - 2 * HEADROOM_MAX;
		rc = charge(w, w->held);
	} else if (w->c->prepare == use_stock_up && w->backend->impl->slow_paths != NULL) {
		w->held = charge_until_refill(w);
		w->hits = charge_until_refill(w);
		w->held += w->hits;
		rc = w->hits == 0 ? -EIO : give_back(w);
		w->hits--;
	}
	return rc == OPEN_LOOP_REFUSED ? -EIO : rc;
}

int
latency_end(struct latency_work *w)
{
	return give_back(w);
}

#define LATENCY_CASE(what)                                                                         \
	.row = what, .row_isolated = what ", isolated", .worst = what ", worst",                   \
	.worst_isolated = what ", worst, isolated"

#define THOUSAND .mix = "25 charges, 25 uncharges, 20 times", .interval_ns = 80000
#define DRAINED_CASE(hz)                                                                           \
	.backends = TAILS_DRAINED, .counters = TAILS_COUNTERS, .operate = operate_1000,            \
	.roles = LATENCY_DRAINED, .drains = (hz)

const struct latency_case latency_cases[] = {
	{LATENCY_CASE("1,000 operations"), .plot = "latency-backends-1000-operations", THOUSAND,
	 .backends = TAILS_ALL, .counters = TAILS_COUNTERS, .operate = operate_1000},
	{LATENCY_CASE("1,000 operations, near the limit"),
	 .plot = "latency-backends-near-the-limit", THOUSAND, .backends = TAILS_ALL, .counters = 1,
	 .prepare = approach_limit, .operate = operate_1000_of_one},
	{LATENCY_CASE("1,000 operations, drained at 1 kHz"), THOUSAND, DRAINED_CASE(1000)},
	{LATENCY_CASE("1,000 operations, drained at 10 kHz"), THOUSAND, DRAINED_CASE(10000)},
	{LATENCY_CASE("1,000 operations, drained at 100 kHz"), THOUSAND, DRAINED_CASE(100000)},
	{LATENCY_CASE("one refill"), .plot = "latency-backends-one-refill",
	 .mix = "a charge of 1 with no stock", .counters = 1, .interval_ns = 5000,
	 .prepare = use_stock_up, .operate = refill, .clean_up = give_back_refilled,
	 .backends = TAILS_ALL},
	{LATENCY_CASE("one charge, near the limit"), .plot = "latency-backends-one-charge",
	 .mix = "a charge of 1", .counters = 1, .interval_ns = 5000, .prepare = approach_limit,
	 .operate = charge_near_limit, .backends = TAILS_ALL},
	{LATENCY_CASE("one drain"), .plot = "latency-backends-one-drain",
	 .mix = "a drain, the owner polls", .counters = 1, .interval_ns = 20000, .operate = drain,
	 .backends = TAILS_DRAINED, .roles = LATENCY_POLLED},
	{LATENCY_CASE("one sync charge"), .mix = "a charge of all but 1, the owner polls",
	 .counters = 1, .interval_ns = 20000, .operate = sync_charge, .clean_up = let_take_stock,
	 .backends = TAILS_RATION_ONLY, .roles = LATENCY_POLLED},
};
const uint32_t latency_nb_cases = RTE_DIM(latency_cases);
