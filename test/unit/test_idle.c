/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Bounds of hidden stock: idle time, the bound of the domain, and the work of a quiescent point. */

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "eal.h"
#include "fixture.h"
#include "prng.h"
#include "ration_pvt.h"

#define NB_COUNTERS 100

/* A domain whose only member is the thread of the test. */
struct test_domain {
	struct ration_domain *d;
	struct ration_lcore *lc;
	ration_counter_t c[NB_COUNTERS];
};

static void
open_domain(struct test_domain *o, const struct ration_domain_params *more, uint32_t batch)
{
	static unsigned int serial;
	struct ration_domain_params params = *more;
	char name[RATION_DOMAIN_NAMESIZE];
	uint32_t i;

	params.socket_id = SOCKET_ID_ANY;
	params.max_members = 4;
	snprintf(name, sizeof(name), "idle%u", serial++);
	o->d = ration_domain_create(name, &params);
	assert_non_null(o->d);
	o->lc = ration_lcore_register_extra(o->d);
	assert_non_null(o->lc);
	for (i = 0; i < NB_COUNTERS; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		o->c[i] =
			make_counter(o->d, ration_domain_root(o->d), name, RATION_UNLIMITED, batch);
	}
}

static void
close_domain(struct test_domain *o)
{
	assert_sound(o->d);
	assert_int_equal(ration_lcore_unregister(o->lc), 0);
	assert_int_equal(ration_domain_free(o->d), 0);
}

static uint64_t
hidden(const struct test_domain *o)
{
	return stock_of(o->d, ration_domain_root(o->d));
}

/* Number of quiescent points until no stock is hidden, with an upper bound. */
static bool
all_comes_back(struct test_domain *o)
{
	uint64_t end = rte_get_timer_cycles() + 20 * rte_get_timer_hz();

	while (hidden(o) != 0) {
		if (rte_get_timer_cycles() >= end)
			return false;
		ration_quiescent(o->lc);
	}
	return true;
}

static void
stock_that_is_not_used_goes_back(void **state)
{
	struct test_domain o;
	uint32_t i;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.idle_us = 1}, 64);
	for (i = 0; i < NB_COUNTERS; i++)
		assert_int_equal(ration_try_charge(o.lc, o.c[i], 1), 0);
	assert_int_equal(hidden(&o), 64 * NB_COUNTERS);
	assert_true(all_comes_back(&o));
	assert_int_equal(usage_of(o.d, ration_domain_root(o.d)), NB_COUNTERS);
	assert_int_equal(stats_of(o.lc).idle, 64 * NB_COUNTERS);
	for (i = 0; i < NB_COUNTERS; i++)
		assert_int_equal(ration_uncharge(o.lc, o.c[i], 1), 0);
	close_domain(&o);
}

static void
without_an_idle_time_nothing_goes_back(void **state)
{
	struct test_domain o;
	uint32_t i;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.idle_us = 0}, 64);
	assert_int_equal(ration_try_charge(o.lc, o.c[0], 1), 0);
	for (i = 0; i < 100000; i++)
		ration_quiescent(o.lc);
	assert_int_equal(hidden(&o), 64);
	assert_int_equal(ration_uncharge(o.lc, o.c[0], 1), 0);
	close_domain(&o);
}

/* The scan checks the entry far more than once a second, and finds it used each time. */
static void
stock_in_use_stays_and_costs_no_walk(void **state)
{
	struct test_domain o;
	struct ration_lcore_stats before, after;
	uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / 10;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.idle_us = 60000000}, 64);
	assert_int_equal(ration_try_charge(o.lc, o.c[0], 1), 0);
	before = stats_of(o.lc);
	ration_workspace(o.lc)->idle_since -= 3600 * rte_get_tsc_hz();
	while (rte_get_timer_cycles() < end) {
		assert_int_equal(ration_uncharge(o.lc, o.c[0], 1), 0);
		assert_int_equal(ration_try_charge(o.lc, o.c[0], 1), 0);
		ration_quiescent(o.lc);
	}
	after = stats_of(o.lc);
	assert_int_equal(after.refills + after.trims, before.refills + before.trims);
	assert_int_equal(after.idle, 0);
	assert_int_equal(ration_uncharge(o.lc, o.c[0], 1), 0);
	close_domain(&o);
}

/* Scan all stock entries once, whatever the time is. */
static void
scan_for_idle_stock(struct test_domain *o)
{
	uint32_t i, words = o->lc->nb_stocks / 64;

	for (i = 0; i < words; i++) {
		ration_workspace(o->lc)->idle_since -= 3600 * rte_get_tsc_hz();
		ration_idle(o->lc);
	}
}

static void
a_charge_or_uncharge_removes_the_idle_mark(void **state)
{
	struct test_domain o;
	struct ration_lcore_stats before;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.idle_us = 3600000000, .drain_work = 64},
		    64);
	assert_int_equal(ration_try_charge(o.lc, o.c[3], 1), 0);
	before = stats_of(o.lc);
	scan_for_idle_stock(&o);
	assert_true(ration_idle_marked(&o.lc->stocks[(uint32_t)o.c[3]],
				       ration_counter_at(o.d, (uint32_t)o.c[3])->gen));
	assert_int_equal(ration_try_charge(o.lc, o.c[3], 1), 0);
	assert_int_equal(hidden(&o), 63);
	scan_for_idle_stock(&o);
	assert_int_equal(ration_uncharge(o.lc, o.c[3], 2), 0);
	assert_int_equal(hidden(&o), 65);
	assert_int_equal(stats_of(o.lc).refills, before.refills);
	assert_int_equal(stats_of(o.lc).trims, before.trims);
	scan_for_idle_stock(&o);
	assert_int_equal(hidden(&o), 65);
	scan_for_idle_stock(&o);
	assert_int_equal(hidden(&o), 0);
	assert_int_equal(stats_of(o.lc).idle, 65);
	close_domain(&o);
}

static void
an_idle_marked_entry_is_drained_and_read_like_others(void **state)
{
	struct test_domain o;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.idle_us = 3600000000, .drain_work = 64},
		    64);
	assert_int_equal(ration_try_charge(o.lc, o.c[3], 1), 0);
	scan_for_idle_stock(&o);
	assert_int_equal(hidden(&o), 64);
	assert_sound(o.d);
	drain_all(o.d);
	assert_int_equal(hidden(&o), 0);
	assert_int_equal(ration_uncharge(o.lc, o.c[3], 1), 0);
	close_domain(&o);
}

/* Hidden units and the sum of the caps, at every step of a random run. */
static void
the_domain_never_hides_more_than_stock_max(void **state)
{
	static const uint64_t limits[] = {1, 7, 100, 1000, 100000};
	struct prng rng = {.state = 4711};
	uint64_t granted[NB_COUNTERS], share;
	struct test_domain o;
	uint32_t i, k, c, n;

	(void)state;
	for (k = 0; k < RTE_DIM(limits); k++) {
		memset(granted, 0, sizeof(granted));
		open_domain(&o, &(struct ration_domain_params){.stock_max = limits[k]}, 64);
		share = limits[k] / 4;
		for (i = 0; i < 20000; i++) {
			c = prng_below(&rng, NB_COUNTERS);
			n = prng_below(&rng, 100);
			if (prng_below(&rng, 2) == 0 && granted[c] >= n) {
				assert_int_equal(ration_uncharge(o.lc, o.c[c], n), 0);
				granted[c] -= n;
			} else {
				assert_int_equal(ration_try_charge(o.lc, o.c[c], n), 0);
				granted[c] += n;
			}
			assert_in_range(ration_workspace(o.lc)->caps, 0, share);
			if (i % 16 == 0)
				assert_in_range(hidden(&o), 0, share);
		}
		assert_int_not_equal(share >= 100 && hidden(&o) == 0, 1);
		for (c = 0; c < NB_COUNTERS; c++)
			assert_int_equal(ration_uncharge(o.lc, o.c[c], granted[c]), 0);
		drain_all(o.d);
		assert_int_equal(ration_workspace(o.lc)->caps, 0);
		assert_int_equal(usage_of(o.d, ration_domain_root(o.d)), 0);
		close_domain(&o);
	}
}

/* One quiescent point of an actor that does not poll. */
static void
quiet(struct ration_lcore *lc, void *arg)
{
	(void)arg;
	ration_quiescent(lc);
}

static void
charge_all(struct ration_lcore *lc, void *arg)
{
	const struct test_domain *o = arg;
	uint32_t i;

	for (i = 0; i < NB_COUNTERS; i++)
		ration_try_charge(lc, o->c[i], 1);
}

static void
a_quiescent_point_does_no_more_than_drain_work(void **state)
{
	struct test_domain o;
	struct actor a = {.d = NULL};
	uint64_t before, after;
	uint32_t points;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.drain_work = 10}, 64);
	assert_int_equal(actor_start(&a, o.d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(&a));
	actor_poll(&a, false);
	assert_true(actor_do(&a, charge_all, &o));
	assert_int_equal(ration_drain(o.d, ration_domain_root(o.d), 0, NULL), -ETIMEDOUT);
	for (points = 0; hidden(&o) > 0; points++) {
		assert_in_range(points, 0, NB_COUNTERS);
		before = hidden(&o);
		assert_true(actor_do(&a, quiet, NULL));
		after = hidden(&o);
		assert_in_range(before - after, 0, 10 * 64);
	}
	assert_in_range(points, NB_COUNTERS / 10, NB_COUNTERS / 10 + 3);
	actor_poll(&a, true);
	assert_int_equal(ration_drain(o.d, ration_domain_root(o.d), 20000000, NULL), 0);
	for (points = 0; points < NB_COUNTERS; points++)
		assert_int_equal(ration_uncharge(o.lc, o.c[points], 1), 0);
	actor_stop(&a);
	close_domain(&o);
}

/*
 * An lcore has half completed a drain when another drain starts: its answer must cover the stock
 * that was taken meanwhile.
 */
static void
a_drain_that_starts_during_another_is_complete(void **state)
{
	struct test_domain o;
	struct actor a = {.d = NULL};
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint32_t i;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.drain_work = 10}, 64);
	assert_int_equal(actor_start(&a, o.d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(&a));
	actor_poll(&a, false);
	assert_true(actor_do(&a, charge_all, &o));
	assert_int_equal(ration_drain(o.d, ration_domain_root(o.d), 0, NULL), -ETIMEDOUT);
	for (i = 0; i < 4; i++)
		assert_true(actor_do(&a, quiet, NULL));
	/* The drainer has timed out: the first counters, which are drained, get stock again. */
	assert_true(actor_do(&a, charge_all, &o));
	actor_poll(&a, true);
	assert_int_equal(ration_drain(o.d, ration_domain_root(o.d), 20000000, &report), 0);
	assert_int_equal(stock_of(o.d, ration_domain_root(o.d)), 0);
	for (i = 0; i < NB_COUNTERS; i++)
		assert_int_equal(ration_uncharge(o.lc, o.c[i], 2), 0);
	actor_stop(&a);
	close_domain(&o);
}

/*
 * Two lcores below one limit. The stock that a refill leaves is at most the remaining room divided
 * by twice the number of lcores; far from the limit it is the batch.
 */
static void
stock_of_an_exact_counter_is_bounded_near_a_limit_and_far_from_it(void **state)
{
	struct prng rng = {.state = 42};
	uint64_t granted = 0, walks, left, stock, n;
	struct ration_lcore *lc[2];
	struct ration_lcore_stats st;
	struct test_domain o;
	uint32_t i, k, index;

	(void)state;
	open_domain(&o, &(struct ration_domain_params){.max = RATION_UNLIMITED}, 64);
	assert_int_equal(ration_counter_set_max(o.d, o.c[0], 3000, 0), 0);
	ration_counter_change_flags(ration_resolve(o.d, o.c[0]), RATION_COUNTER_EXACT, 0);
	index = (uint32_t)o.c[0];
	lc[0] = o.lc;
	lc[1] = ration_lcore_register_extra(o.d);
	for (i = 0; i < 100000; i++) {
		k = prng_below(&rng, 2);
		n = prng_below(&rng, 60);
		st = stats_of(lc[k]);
		walks = st.refills + st.trims;
		/* Usage rises to the limit and falls again, in long waves. */
		if (prng_below(&rng, 100) < (i / 5000 % 2 == 0 ? 55 : 45)) {
			if (ration_try_charge(lc[k], o.c[0], n) == 0)
				granted += n;
		} else if (granted >= n) {
			assert_int_equal(ration_uncharge(lc[k], o.c[0], n), 0);
			granted -= n;
		}
		stock = lc[k]->stocks[index].units;
		assert_in_range(stock_of(o.d, o.c[0]), 0, 2 * 2 * 64);
		assert_int_equal(usage_of(o.d, o.c[0]), granted + stock_of(o.d, o.c[0]));
		st = stats_of(lc[k]);
		if (st.refills + st.trims == walks)
			continue;
		left = 3000 - usage_of(o.d, o.c[0]) + stock;
		assert_in_range(stock, 0, RTE_MIN(left / 4, UINT64_C(64)));
	}
	assert_int_equal(ration_lcore_unregister(lc[1]), 0);
	assert_int_equal(ration_uncharge(o.lc, o.c[0], granted), 0);
	close_domain(&o);
}

static void
bad_bounds_are_refused(void **state)
{
	struct ration_domain_params params = {.socket_id = SOCKET_ID_ANY, .idle_us = UINT32_MAX};

	(void)state;
	rte_errno = 0;
	assert_null(ration_domain_create("bad", &params));
	assert_int_equal(rte_errno, EINVAL);
}

int
main(void)
{
	const struct CMUnitTest idle[] = {
		cmocka_unit_test(stock_that_is_not_used_goes_back),
		cmocka_unit_test(without_an_idle_time_nothing_goes_back),
		cmocka_unit_test(stock_in_use_stays_and_costs_no_walk),
		cmocka_unit_test(a_charge_or_uncharge_removes_the_idle_mark),
		cmocka_unit_test(an_idle_marked_entry_is_drained_and_read_like_others),
		cmocka_unit_test(the_domain_never_hides_more_than_stock_max),
		cmocka_unit_test(a_quiescent_point_does_no_more_than_drain_work),
		cmocka_unit_test(a_drain_that_starts_during_another_is_complete),
		cmocka_unit_test(stock_of_an_exact_counter_is_bounded_near_a_limit_and_far_from_it),
		cmocka_unit_test(bad_bounds_are_refused),
	};

	if (test_eal_start("idle", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(idle, NULL, NULL));
}
