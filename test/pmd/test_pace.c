/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forward/pace.h"

#define HZ 1e9
#define PLENTY 1000000

static void
no_packet_is_completed_at_the_start(void **state)
{
	struct pace p;

	(void)state;
	pace_start(&p, 1000, HZ, 5);
	assert_int_equal(pace_take(&p, 5, PLENTY), 0);
	assert_int_equal(pace_take(&p, 5 + 999999, PLENTY), 0);
	assert_int_equal(pace_take(&p, 5 + 1000001, PLENTY), 1);
}

static void
a_busy_server_keeps_its_rate_for_any_interval_of_calls(void **state)
{
	uint64_t now = 0, done = 0;
	struct pace p;

	(void)state;
	srand(1);
	pace_start(&p, 123456, HZ, now);
	while (now < 10 * (uint64_t)HZ) {
		now += 1 + (uint64_t)rand() % 100000;
		done += pace_take(&p, now, PLENTY);
	}
	assert_in_range(done, (uint64_t)((double)now * 123456 / HZ) - 1,
			(uint64_t)((double)now * 123456 / HZ) + 1);
}

static void
a_busy_server_catches_up(void **state)
{
	struct pace p;

	(void)state;
	pace_start(&p, 1000, HZ, 0);
	assert_int_equal(pace_take(&p, 10 * (uint64_t)HZ, 32), 32);
	assert_int_equal(pace_take(&p, 10 * (uint64_t)HZ, PLENTY), 10000 - 32);
}

static void
an_idle_server_accumulates_credit_for_one_packet(void **state)
{
	struct pace p;

	(void)state;
	pace_start(&p, 1000, HZ, 0);
	assert_int_equal(pace_take(&p, 10 * (uint64_t)HZ, 0), 0);
	assert_int_equal(pace_take(&p, 10 * (uint64_t)HZ, PLENTY), 1);
}

static void
no_more_packets_are_completed_than_wait(void **state)
{
	struct pace p;

	(void)state;
	pace_start(&p, 1e9, HZ, 0);
	assert_int_equal(pace_take(&p, 20 * (uint64_t)HZ, 7), 7);
	assert_int_equal(pace_take(&p, 20 * (uint64_t)HZ, UINT32_MAX), UINT32_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_packet_is_completed_at_the_start),
		cmocka_unit_test(a_busy_server_keeps_its_rate_for_any_interval_of_calls),
		cmocka_unit_test(a_busy_server_catches_up),
		cmocka_unit_test(an_idle_server_accumulates_credit_for_one_packet),
		cmocka_unit_test(no_more_packets_are_completed_than_wait),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
