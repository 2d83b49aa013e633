/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Members that unregister, go offline and come back without end, while others drain them: no
 * request and no unit may be lost. They share one CPU, so each is preempted at any point; the main
 * lcore, which drains as well, has another CPU and meets them at any point.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_memory.h>

#include <ration.h>

#include "eal.h"

#define DRAINERS 3
#define MOVERS 4
#define DRAINS 200000
/** Number of requests that a member waits for before it unregisters. */
#define REQUESTS 10
#define MINUTE 60000000u

static struct ration_domain *domain;
static ration_counter_t counter;
/** Number of drainers that have completed their drains. */
static RATION_ATOMIC(uint32_t) drained;
/** Members may end. */
static RATION_ATOMIC(uint32_t) quit;
/** Number of members that poll until then. */
static RATION_ATOMIC(uint32_t) settled;

static int
drain_on(void *arg)
{
	const uint32_t drains = test_effort(DRAINS);
	uint32_t i;
	int rc;

	(void)arg;
	for (i = 0; i < drains; i++) {
		rc = ration_drain(domain, counter, i % 16, NULL);
		if (rc != 0 && rc != -ETIMEDOUT)
			break;
	}
	ration_fetch_add(&drained, 1, acq_rel);
	return i == drains ? 0 : -1;
}

/* Whether requests reach a member that only polls: the others drain without end. */
static bool
is_asked(struct ration_lcore *lc)
{
	const uint64_t end = rte_get_timer_cycles() + 20 * rte_get_timer_hz();
	struct ration_lcore_stats stats;

	do {
		ration_quiescent(lc);
		ration_lcore_stats_get(lc, &stats);
		if (stats.drains >= REQUESTS)
			return true;
	} while (rte_get_timer_cycles() < end);
	return false;
}

/* One registration of a member: charges and uncharges, online or offline. */
static int
live_once(unsigned int turn)
{
	struct ration_lcore *lc = ration_lcore_register(domain);

	if (lc == NULL)
		return -1;
	if (ration_try_charge(lc, counter, 1) != 0 || ration_uncharge(lc, counter, 1) != 0)
		return -1;
	if (!is_asked(lc))
		return -1;
	if (turn % 4 == 0) {
		ration_quiescent(lc);
		if (ration_lcore_offline(lc) != 0 ||
		    (turn % 8 == 0 && ration_lcore_online(lc) != 0))
			return -1;
	}
	return ration_lcore_unregister(lc);
}

static int
live_often(void *arg)
{
	struct ration_lcore *lc;
	unsigned int turn = 0;
	int rc = 0;

	(void)arg;
	while (ration_load(&drained, acquire) < DRAINERS && rc == 0)
		rc = live_once(turn++);
	lc = ration_lcore_register(domain);
	ration_fetch_add(&settled, 1, acq_rel);
	if (lc == NULL)
		return -1;
	if (ration_try_charge(lc, counter, 1) != 0 || ration_uncharge(lc, counter, 1) != 0)
		rc = -1;
	while (!ration_load(&quit, acquire))
		ration_quiescent(lc);
	return ration_lcore_unregister(lc) != 0 ? -1 : rc;
}

static void
drains_reach_members_that_register_and_unregister(void **state)
{
	static struct ration_drain_row rows[RATION_MEMBERS_MAX];
	static struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	unsigned int lcore, i, failed = 0;
	struct ration_counter_info info;
	int rc, round;

	(void)state;
	for (lcore = 1; lcore <= DRAINERS + MOVERS; lcore++)
		assert_int_equal(
			test_launch(lcore <= DRAINERS ? drain_on : live_often, NULL, lcore), 0);
	while (ration_load(&settled, acquire) < MOVERS)
		ration_drain(domain, counter, 0, NULL);
	/* Now all members poll, so they must answer each drain. */
	for (round = 0, rc = 0; round < 20 && rc == 0; round++)
		rc = ration_drain(domain, counter, MINUTE / 4, &report);
	for (i = 0; rc != 0 && i < report.nb_rows; i++)
		if (report.rows[i].status == RATION_DRAIN_TIMEDOUT)
			print_error("# member %u does not answer\n", report.rows[i].member_id);
	ration_store(&quit, 1, release);
	for (lcore = 1; lcore <= DRAINERS + MOVERS; lcore++)
		failed += test_wait(lcore) != 0;
	assert_int_equal(rc, 0);
	assert_int_equal(failed, 0);
	assert_int_equal(ration_counter_get(domain, counter, &info), 0);
	assert_int_equal(info.usage, 0);
	assert_int_equal(info.rejected, 0);
	assert_int_equal(ration_domain_verify(domain, 1, stderr), 0);
}

static int
setup(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 2,
		.max_members = MOVERS,
		.socket_id = SOCKET_ID_ANY,
	};

	(void)state;
	domain = ration_domain_create("members", &params);
	if (domain == NULL)
		return -1;
	counter = ration_counter_create(domain, ration_domain_root(domain), "c", NULL);
	return counter != RATION_COUNTER_NONE ? 0 : -1;
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
	const struct CMUnitTest members[] = {
		cmocka_unit_test_setup_teardown(drains_reach_members_that_register_and_unregister,
						setup, teardown),
	};

	if (test_eal_start("members", DRAINERS + MOVERS) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(members, NULL, NULL));
}
