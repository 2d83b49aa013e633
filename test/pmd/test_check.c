/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_eal.h>

#include <ration.h>

#include "stats/check.h"

static struct ration_domain *domain;
static ration_counter_t leaf;

static int
set_up(void **state)
{
	ration_counter_t edge;

	(void)state;
	domain = ration_domain_create("check", NULL);
	if (domain == NULL)
		return -1;
	edge = ration_counter_create(domain, ration_domain_root(domain), "edge", NULL);
	leaf = ration_counter_create(domain, edge, "gold", NULL);
	return leaf != RATION_COUNTER_NONE ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	return ration_domain_free(domain);
}

static void
stock_is_drained_before_counters_are_checked(void **state)
{
	struct ration_lcore *lc = ration_lcore_register(domain);
	struct ration_counter_info info;

	(void)state;
	assert_non_null(lc);
	assert_int_equal(ration_try_charge(lc, leaf, 3), 0);
	assert_int_equal(ration_uncharge(lc, leaf, 3), 0);
	assert_int_equal(ration_counter_get(domain, leaf, &info), 0);
	assert_true(info.usage > 0);
	assert_int_equal(check_counters(domain), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
}

static void
a_unit_not_uncharged_is_found_at_every_level(void **state)
{
	struct ration_lcore *lc = ration_lcore_register(domain);

	(void)state;
	assert_non_null(lc);
	assert_int_equal(ration_try_charge(lc, leaf, 1), 0);
	assert_int_equal(check_counters(domain), 3);
	assert_int_equal(ration_uncharge(lc, leaf, 1), 0);
	assert_int_equal(check_counters(domain), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
}

static void
a_packet_without_verdict_is_found(void **state)
{
	struct tenant_stats tenants[] = {{.name = "gold"}, {.name = "silver"}};
	struct stats stats = {.nb_tenants = RTE_DIM(tenants), .tenants = tenants};

	(void)state;
	assert_int_equal(check_packets(&stats), 0);
	tenants[1].held = 1;
	assert_int_equal(check_packets(&stats), 1);
	tenants[0].in_flight = 1;
	assert_int_equal(check_packets(&stats), 2);
	tenants[0].in_flight = UINT64_MAX;
	assert_int_equal(check_packets(&stats), 2);
}

static int
start_eal(char *name)
{
	char prefix[64], no_huge[] = "--no-huge", no_conf[] = "--no-shconf", no_pci[] = "--no-pci",
			 memory[] = "-m64", quiet[] = "--log-level=*:error", lcore[] = "-l0";
	char *argv[] = {name, no_huge, no_conf, no_pci, memory, quiet, lcore, prefix, NULL};

	snprintf(prefix, sizeof(prefix), "--file-prefix=rationcheck%d", (int)getpid());
	return rte_eal_init(RTE_DIM(argv) - 1, argv);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stock_is_drained_before_counters_are_checked,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_unit_not_uncharged_is_found_at_every_level,
						set_up, tear_down),
		cmocka_unit_test(a_packet_without_verdict_is_found),
	};
	int failed;

	if (argc < 1 || start_eal(argv[0]) < 0)
		return 1;
	failed = cmocka_run_group_tests_name("check", tests, NULL, NULL);
	rte_eal_cleanup();
	return failed;
}
