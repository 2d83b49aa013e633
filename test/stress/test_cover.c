/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A parent's usage covers its child's at every instant. Two words cannot be read at the same
 * instant; but while usage only rises, the child's usage, read first, must not exceed the parent's
 * usage, read after it. While usage only falls, the order is the other way round.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_memory.h>

#include <ration.h>

#include "eal.h"

#define WORKERS 3
#define UNITS 200000
#define LEVELS 3

static struct ration_domain *domain;
/** From the root down. */
static ration_counter_t path[LEVELS];
static RATION_ATOMIC(uint32_t) running;

static int
rise(void *arg)
{
	struct ration_lcore *lc = ration_lcore_shared(domain);
	uint32_t i;
	int rc = 0;

	(void)arg;
	for (i = 0; i < UNITS; i++)
		rc |= ration_try_charge(lc, path[LEVELS - 1], 1);
	ration_fetch_sub(&running, 1, acq_rel);
	return rc;
}

static int
fall(void *arg)
{
	struct ration_lcore *lc = ration_lcore_shared(domain);
	uint32_t i;
	int rc = 0;

	(void)arg;
	for (i = 0; i < UNITS; i++)
		rc |= ration_uncharge(lc, path[LEVELS - 1], 1);
	ration_fetch_sub(&running, 1, acq_rel);
	return rc;
}

static void
read_usage(unsigned int level, uint64_t usage[LEVELS])
{
	struct ration_counter_info info;

	assert_int_equal(ration_counter_get(domain, path[level], &info), 0);
	usage[level] = info.usage;
}

static bool
is_covered(const uint64_t usage[LEVELS])
{
	unsigned int i;

	for (i = 1; i < LEVELS; i++)
		if (usage[i] > usage[i - 1])
			return false;
	return true;
}

static void
launch(lcore_function_t *work)
{
	unsigned int i;

	ration_store(&running, WORKERS, release);
	for (i = 1; i <= WORKERS; i++)
		assert_int_equal(test_launch(work, NULL, i), 0);
}

static void
end(void)
{
	unsigned int i;

	for (i = 1; i <= WORKERS; i++)
		assert_int_equal(test_wait(i), 0);
}

static void
a_parent_covers_its_child_at_every_instant(void **state)
{
	uint64_t usage[LEVELS];
	bool covered = true;
	unsigned int i;

	(void)state;
	launch(rise);
	while (ration_load(&running, acquire) > 0) {
		for (i = LEVELS; i-- > 0;)
			read_usage(i, usage);
		covered &= is_covered(usage);
	}
	end();
	assert_true(covered);
	read_usage(0, usage);
	assert_int_equal(usage[0], WORKERS * UNITS);
	launch(fall);
	while (ration_load(&running, acquire) > 0) {
		for (i = 0; i < LEVELS; i++)
			read_usage(i, usage);
		covered &= is_covered(usage);
	}
	end();
	assert_true(covered);
	read_usage(0, usage);
	assert_int_equal(usage[0], 0);
}

static int
setup(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = LEVELS,
		.max_members = 1,
		.socket_id = SOCKET_ID_ANY,
	};
	unsigned int i;

	(void)state;
	domain = ration_domain_create("cover", &params);
	if (domain == NULL)
		return -1;
	path[0] = ration_domain_root(domain);
	for (i = 1; i < LEVELS; i++)
		path[i] = ration_counter_create(domain, path[i - 1], "c", NULL);
	return path[LEVELS - 1] != RATION_COUNTER_NONE ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	return ration_domain_free(domain);
}

int
main(void)
{
	const struct CMUnitTest cover[] = {
		cmocka_unit_test_setup_teardown(a_parent_covers_its_child_at_every_instant, setup,
						teardown),
	};

	if (test_eal_start("cover", WORKERS) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(cover, NULL, NULL));
}
