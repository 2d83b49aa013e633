/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A limit of very few units, many lcores that charge them, and an observer: usage must never be
 * above the limit (P1), nor rise above a new limit once it is set.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_memory.h>
#include <rte_pause.h>

#include <ration.h>

#include "eal.h"

#define WORKERS 5
#define MAX 3
#define SAMPLES 1000000
#define CHANGES 60
/** Number of pauses for which a unit is kept: long enough for the observer. */
#define HOLD 50

static struct ration_domain *domain;
static ration_counter_t parent, child;
static RATION_ATOMIC(uint32_t) quit;
/** Number of charges and uncharges of each. */
static struct {
	alignas(RTE_CACHE_LINE_SIZE) RATION_ATOMIC(uint64_t) n;
} turns[WORKERS];

/*
 * Charge one unit, keep it for a moment, uncharge it; without registration, so that each call walks
 * the tree.
 */
static int
want(void *arg)
{
	RATION_ATOMIC(uint64_t) *turn = arg;
	struct ration_lcore *lc = ration_lcore_shared(domain);
	uint64_t n = 0;
	uint32_t i;
	int rc = 0;

	while (!ration_load(&quit, acquire) && rc == 0) {
		rc = ration_try_charge(lc, child, 1);
		if (rc == 0) {
			for (i = 0; i < HOLD; i++)
				rte_pause();
			rc = ration_uncharge(lc, child, 1);
		} else if (rc == -EDQUOT) {
			rc = 0;
		}
		ration_store(turn, ++n, release);
	}
	return rc;
}

static uint64_t
usage_of(ration_counter_t c)
{
	struct ration_counter_info info;

	/* A stale handle has infinite usage, so that the checks fail. */
	return ration_counter_get(domain, c, &info) == 0 ? info.usage : UINT64_MAX;
}

/* The main lcore charges, too, and observes. @return the highest usage that it has seen */
static uint64_t
take_part_and_look(void)
{
	struct ration_lcore *lc = ration_lcore_shared(domain);
	const uint32_t samples = test_effort(SAMPLES);
	uint64_t usage, highest = 0;
	uint32_t i;

	for (i = 0; i < samples; i++) {
		const int granted = ration_try_charge(lc, child, 1) == 0;

		usage = usage_of(i % 2 ? child : parent);
		highest = RTE_MAX(highest, usage);
		if (granted)
			ration_uncharge(lc, child, 1);
	}
	return highest;
}

static void
usage_is_never_above_a_limit(void **state)
{
	struct ration_counter_info info;
	uint64_t highest;

	(void)state;
	highest = take_part_and_look();
	assert_in_range(highest, 1, MAX);
	assert_int_equal(ration_counter_get(domain, child, &info), 0);
	assert_true(info.watermark <= MAX);
}

/*
 * Observe until all workers have made two iterations: by then each operation that was running has
 * ended. A charge that has passed the old limit just before the change is taken back at once; only
 * a lasting increase is an error.
 */
static bool
stays_down(uint64_t lowest)
{
	uint64_t before[WORKERS], now;
	unsigned int i, above = 0;

	for (i = 0; i < WORKERS; i++)
		before[i] = ration_load(&turns[i].n, acquire);
	for (i = 0; i < WORKERS && above < 3;) {
		now = usage_of(child);
		above = now > lowest ? above + 1 : 0;
		lowest = RTE_MIN(lowest, now);
		if (ration_load(&turns[i].n, acquire) > before[i] + 1)
			i++;
	}
	return above < 3;
}

static void
usage_only_falls_once_the_limit_is_0(void **state)
{
	const uint32_t changes = test_effort(CHANGES);
	uint64_t end;
	uint32_t i;

	(void)state;
	for (i = 0; i < changes; i++) {
		assert_int_equal(ration_counter_set_max(domain, child, 0, 0), 0);
		assert_true(stays_down(usage_of(child)));
		assert_int_equal(usage_of(child), 0);
		assert_int_equal(ration_counter_set_max(domain, child, MAX, 0), 0);
		end = rte_get_timer_cycles() + 20 * rte_get_timer_hz();
		while (usage_of(child) == 0)
			assert_true(rte_get_timer_cycles() < end);
	}
}

static int
setup(void **state)
{
	const struct ration_domain_params domain_params = {
		.max_counters = 3,
		.max_members = 1,
		.socket_id = SOCKET_ID_ANY,
	};
	const struct ration_counter_params params = {.max = MAX, .batch = RATION_BATCH_ZERO};
	unsigned int i;

	(void)state;
	domain = ration_domain_create("squeeze", &domain_params);
	if (domain == NULL)
		return -1;
	parent = ration_counter_create(domain, ration_domain_root(domain), "parent", &params);
	child = ration_counter_create(domain, parent, "child", &params);
	if (child == RATION_COUNTER_NONE)
		return -1;
	for (i = 0; i < WORKERS; i++)
		if (test_launch(want, &turns[i].n, i + 1) != 0)
			return -1;
	return 0;
}

static int
teardown(void **state)
{
	unsigned int i;
	int rc = 0;

	(void)state;
	ration_store(&quit, 1, release);
	for (i = 0; i < WORKERS; i++)
		rc |= test_wait(i + 1);
	if (rc != 0 || usage_of(child) != 0 || ration_domain_verify(domain, 1, stderr) != 0)
		return -1;
	return ration_domain_free(domain);
}

int
main(void)
{
	const struct CMUnitTest squeeze[] = {
		cmocka_unit_test(usage_is_never_above_a_limit),
		cmocka_unit_test(usage_only_falls_once_the_limit_is_0),
	};

	if (test_eal_start("squeeze", WORKERS) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(squeeze, setup, teardown));
}
