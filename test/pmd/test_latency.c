/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "measure/latency.h"

static struct latency one, other;
static struct latency_sum sum;

static int
set_up(void **state)
{
	(void)state;
	memset(&one, 0, sizeof(one));
	memset(&other, 0, sizeof(other));
	memset(&sum, 0, sizeof(sum));
	return 0;
}

/* The value must not be below the exact value, and at most 1/32 above it. */
static void
assert_near(uint64_t value, uint64_t exact)
{
	assert_true(value >= exact);
	assert_true((double)value <= (double)exact * (1 + 1.0 / 32) + 1);
}

static void
quantiles_of_an_empty_histogram_are_zero(void **state)
{
	(void)state;
	latency_add(&one, &sum);
	assert_int_equal(sum.total, 0);
	assert_int_equal(latency_quantile(&sum, 0.5), 0);
	assert_int_equal(latency_quantile(&sum, 1), 0);
}

static void
every_time_is_exact_to_one_in_32(void **state)
{
	uint64_t ticks;

	for (ticks = 0; ticks < UINT64_C(1) << LATENCY_MAX_BITS; ticks += 1 + ticks / 97) {
		set_up(state);
		latency_record(&one, ticks);
		/* A large maximum, because quantiles are limited to it. */
		latency_record(&one, UINT64_MAX);
		latency_add(&one, &sum);
		assert_near(latency_quantile(&sum, 0.5), ticks);
	}
}

static void
buckets_are_contiguous(void **state)
{
	uint64_t ticks;

	(void)state;
	for (ticks = 1; ticks < 1 << 20; ticks++)
		assert_in_range(latency_bucket(ticks) - latency_bucket(ticks - 1), 0, 1);
	assert_int_equal(latency_bucket((UINT64_C(1) << LATENCY_MAX_BITS) - 1),
			 LATENCY_BUCKETS - 1);
	assert_int_equal(latency_bucket(UINT64_MAX), LATENCY_BUCKETS - 1);
}

static void
quantiles_of_a_known_series(void **state)
{
	uint64_t ticks;

	(void)state;
	for (ticks = 1; ticks <= 100000; ticks++)
		latency_record(&one, ticks * 1000);
	latency_add(&one, &sum);
	assert_int_equal(sum.total, 100000);
	assert_near(latency_quantile(&sum, 0.5), 50000000);
	assert_near(latency_quantile(&sum, 0.99), 99000000);
	assert_near(latency_quantile(&sum, 0.999), 99900000);
	assert_int_equal(latency_quantile(&sum, 1), 100000000);
	assert_int_equal(sum.max, 100000000);
}

static void
one_slow_packet_of_a_hundred_is_not_in_p99(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 99; i++)
		latency_record(&one, 10);
	latency_record(&one, 1000000);
	latency_add(&one, &sum);
	assert_int_equal(latency_quantile(&sum, 0.99), 10);
	assert_int_equal(latency_quantile(&sum, 0.999), 1000000);
}

static void
no_quantile_is_above_the_largest_time(void **state)
{
	(void)state;
	latency_record(&one, 1025);
	latency_add(&one, &sum);
	assert_int_equal(latency_quantile(&sum, 0.5), 1025);
}

static void
the_sum_contains_the_times_of_all_lcores(void **state)
{
	(void)state;
	latency_record(&one, 5);
	latency_record(&other, 7);
	latency_record(&other, 9);
	latency_add(&one, &sum);
	latency_add(&other, &sum);
	assert_int_equal(sum.total, 3);
	assert_int_equal(sum.max, 9);
	assert_int_equal(latency_quantile(&sum, 0.5), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(quantiles_of_an_empty_histogram_are_zero, set_up),
		cmocka_unit_test_setup(every_time_is_exact_to_one_in_32, set_up),
		cmocka_unit_test_setup(buckets_are_contiguous, set_up),
		cmocka_unit_test_setup(quantiles_of_a_known_series, set_up),
		cmocka_unit_test_setup(one_slow_packet_of_a_hundred_is_not_in_p99, set_up),
		cmocka_unit_test_setup(no_quantile_is_above_the_largest_time, set_up),
		cmocka_unit_test_setup(the_sum_contains_the_times_of_all_lcores, set_up),
	};

	return cmocka_run_group_tests_name("latency", tests, NULL, NULL);
}
