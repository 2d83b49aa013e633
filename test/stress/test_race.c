/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Checks that ThreadSanitizer sees races here, because otherwise its silence in other tests would
 * prove nothing: planted races must be reported, accesses of the library must not.
 */

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_memory.h>

#include <ration.h>

#include "eal.h"

#define WORKERS 2
#define TURNS 2000

static struct ration_domain *domain;
static ration_counter_t counter;
/** Shared by the workers without any synchronization. */
static uint64_t turns;
/** The stock entry of the first worker; the second must not touch it. */
static struct ration_lcore *victim;
static bool is_planted, is_touched;
static RATION_ATOMIC(uint32_t) arrived;
static RATION_ATOMIC(uint32_t) nb_reports;

/* ThreadSanitizer calls this function for each race. */
void __tsan_on_report(void *report);

void
__tsan_on_report(void *report)
{
	(void)report;
	ration_fetch_add(&nb_reports, 1, relaxed);
}

/* A plain access, as no code may make: only a read, so that the test can end properly. */
static void
touch_victim(void)
{
	const volatile uint32_t *stock;

	stock = (const volatile uint32_t *)&victim->stocks[(uint32_t)counter].units;
	(void)*stock;
}

static int
charge_and_uncharge(void *arg)
{
	const bool first = arg == NULL;
	struct ration_lcore *lc = ration_lcore_register(domain);
	unsigned int i;
	int rc = 0;

	if (lc == NULL)
		return -1;
	if (first)
		victim = lc;
	ration_fetch_add(&arrived, 1, acq_rel);
	while (ration_load(&arrived, acquire) < WORKERS)
		ration_quiescent(lc);
	for (i = 0; i < TURNS; i++) {
		rc |= ration_try_charge(lc, counter, 1);
		rc |= ration_uncharge(lc, counter, 1);
		ration_quiescent(lc);
		if (i % 64 == 0) /* The workers share a CPU. */
			sched_yield();
		if (is_planted)
			turns++;
		if (is_touched && !first)
			touch_victim();
	}
	return ration_lcore_unregister(lc) != 0 ? -1 : rc;
}

static uint32_t
reports_of_a_run(void)
{
	const uint32_t before = ration_load(&nb_reports, relaxed);

	ration_store(&arrived, 0, release);
	assert_int_equal(test_launch(charge_and_uncharge, NULL, 1), 0);
	assert_int_equal(test_launch(charge_and_uncharge, &domain, 2), 0);
	while (rte_eal_get_lcore_state(1) != WAIT || rte_eal_get_lcore_state(2) != WAIT)
		ration_drain(domain, counter, 100, NULL);
	assert_int_equal(test_wait(1), 0);
	assert_int_equal(test_wait(2), 0);
	return ration_load(&nb_reports, relaxed) - before;
}

/* Without concurrent accesses there is no race: the workers run as often as necessary. */
static bool
is_reported(void)
{
	const uint64_t end = rte_get_timer_cycles() + 20 * rte_get_timer_hz();

	while (reports_of_a_run() == 0) {
		if (rte_get_timer_cycles() > end)
			return false;
	}
	return true;
}

static void
charges_and_drains_race_with_nothing(void **state)
{
	(void)state;
	assert_int_equal(reports_of_a_run(), 0);
}

static void
a_plain_counter_that_lcores_share_is_reported(void **state)
{
	(void)state;
	is_planted = true;
	assert_true(is_reported());
	is_planted = false;
	assert_true(turns > 0);
}

static void
a_plain_touch_of_another_lcore_s_stock_is_reported(void **state)
{
	(void)state;
	is_touched = true;
	assert_true(is_reported());
	is_touched = false;
}

static int
setup(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 2,
		.max_members = WORKERS,
		.socket_id = SOCKET_ID_ANY,
	};

	(void)state;
	domain = ration_domain_create("race", &params);
	if (domain == NULL)
		return -1;
	counter = ration_counter_create(domain, ration_domain_root(domain), "c", NULL);
	return counter != RATION_COUNTER_NONE ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest race[] = {
		cmocka_unit_test(charges_and_drains_race_with_nothing),
		cmocka_unit_test(a_plain_counter_that_lcores_share_is_reported),
		cmocka_unit_test(a_plain_touch_of_another_lcore_s_stock_is_reported),
	};

	if (test_eal_start("race", WORKERS) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(race, setup, NULL));
}
