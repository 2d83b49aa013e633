/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/hgrm.h"
#include "report/histogram.h"

#define LINE_SIZE 128

static struct histogram h;

static int
clear(void **state)
{
	(void)state;
	histogram_clear(&h);
	return 0;
}

static void
every_value_lies_in_its_bucket(void **state)
{
	uint64_t value;
	uint32_t bucket;

	(void)state;
	for (value = 0; value < UINT64_C(1) << 47; value += 1 + value / 37) {
		bucket = histogram_bucket(value);
		assert_true(bucket < HISTOGRAM_BUCKETS);
		assert_true(value <= histogram_bucket_top(bucket));
		assert_true(bucket == 0 || value > histogram_bucket_top(bucket - 1));
	}
}

static void
buckets_are_within_one_percent(void **state)
{
	uint32_t i;
	double top, below;

	(void)state;
	for (i = 1; i < HISTOGRAM_BUCKETS; i++) {
		top = (double)histogram_bucket_top(i);
		below = (double)histogram_bucket_top(i - 1);
		assert_true(top > below);
		assert_true(i < HISTOGRAM_EXACT || (top - below) / below < 0.01);
		assert_true(i >= HISTOGRAM_EXACT || top == i);
	}
}

static void
values_beyond_the_last_bucket_count_there(void **state)
{
	(void)state;
	histogram_record(&h, UINT64_MAX);
	histogram_record(&h, UINT64_C(1) << 60);
	assert_int_equal(h.counts[HISTOGRAM_BUCKETS - 1], 2);
	assert_true(h.max == UINT64_MAX);
}

static void
percentiles_of_one_to_a_thousand(void **state)
{
	uint64_t value;

	(void)state;
	for (value = 1; value <= 1000; value++)
		histogram_record(&h, value);
	assert_int_equal(h.total, 1000);
	assert_int_equal(histogram_percentile(&h, 0), 1);
	assert_int_equal(histogram_percentile(&h, 10), 100);
	assert_in_range(histogram_percentile(&h, 50), 500, 505);
	assert_in_range(histogram_percentile(&h, 99), 990, 999);
	assert_int_equal(histogram_percentile(&h, 100), 1000);
}

static void
percentile_is_never_above_the_largest_value(void **state)
{
	(void)state;
	histogram_record(&h, 100001);
	assert_int_equal(histogram_percentile(&h, 50), 100001);
	assert_int_equal(histogram_percentile(&h, 100), 100001);
}

static void
an_empty_histogram_has_zeros(void **state)
{
	double deviation;

	(void)state;
	assert_int_equal(histogram_percentile(&h, 50), 0);
	assert_true(histogram_mean(&h, &deviation) == 0);
	assert_true(deviation == 0);
}

static void
mean_and_deviation(void **state)
{
	double deviation, mean;

	(void)state;
	histogram_record(&h, 10);
	histogram_record(&h, 20);
	mean = histogram_mean(&h, &deviation);
	assert_true(fabs(mean - 15) < 0.001);
	assert_true(fabs(deviation - 5) < 0.001);
}

static void
sums_add_up(void **state)
{
	static struct histogram other;

	(void)state;
	histogram_clear(&other);
	histogram_record(&h, 7);
	histogram_record(&other, 7);
	histogram_record(&other, 9000);
	histogram_add(&h, &other);
	assert_int_equal(h.total, 3);
	assert_int_equal(h.max, 9000);
	assert_int_equal(h.counts[7], 2);
	assert_int_equal(h.min, 7);
	assert_int_equal(h.max, 9000);
}

static void
smallest_and_largest_are_exact(void **state)
{
	static struct histogram other;

	(void)state;
	histogram_record(&h, 100003);
	assert_int_equal(h.min, 100003);
	histogram_record(&h, 100001);
	histogram_record(&h, 100005);
	assert_int_equal(h.min, 100001);
	assert_int_equal(h.max, 100005);
	histogram_clear(&other);
	histogram_add(&h, &other);
	assert_int_equal(h.min, 100001);
	histogram_add(&other, &h);
	assert_int_equal(other.min, 100001);
}

static void
above_counts_what_is_in_higher_buckets(void **state)
{
	double sum;

	(void)state;
	histogram_record(&h, 50);
	histogram_record(&h, 100);
	histogram_record(&h, 101);
	histogram_record(&h, 200);
	assert_int_equal(histogram_above(&h, 100, &sum), 2);
	assert_true(fabs(sum - 301) < 0.001);
	assert_int_equal(histogram_above(&h, 200, &sum), 0);
	assert_true(sum == 0);
}

/* The output of hgrm_write() for h, line by line. */
static unsigned int
written(double per_unit, char lines[][LINE_SIZE], unsigned int max)
{
	unsigned int nb = 0;
	FILE *f = tmpfile();

	assert_non_null(f);
	hgrm_write(&h, per_unit, f);
	rewind(f);
	while (nb < max && fgets(lines[nb], LINE_SIZE, f) != NULL) {
		lines[nb][strcspn(lines[nb], "\n")] = '\0';
		nb++;
	}
	fclose(f);
	return nb;
}

/* The output of HdrHistogram's tools, for values that its buckets hold exactly. */
static void
hgrm_of_four_values(void **state)
{
	static const char *const wanted[] = {
		"       Value     Percentile TotalCount 1/(1-Percentile)",
		"",
		"       1.000 0.000000000000          1           1.00",
		"       1.000 0.100000000000          1           1.11",
		"       1.000 0.200000000000          1           1.25",
		"       2.000 0.300000000000          2           1.43",
		"       2.000 0.400000000000          2           1.67",
		"       2.000 0.500000000000          2           2.00",
		"       3.000 0.550000000000          3           2.22",
		"       3.000 0.600000000000          3           2.50",
		"       3.000 0.650000000000          3           2.86",
		"       3.000 0.700000000000          3           3.33",
		"       3.000 0.750000000000          3           4.00",
		"       4.000 0.775000000000          4           4.44",
		"       4.000 1.000000000000          4",
		"#[Mean    =        2.500, StdDeviation   =        1.118]",
		"#[Max     =        4.000, Total count    =            4]",
		"#[Buckets =           41, SubBuckets     =          256]",
	};
	char lines[32][LINE_SIZE];
	unsigned int nb, i;

	(void)state;
	for (i = 1; i <= 4; i++)
		histogram_record(&h, 10 * i);
	nb = written(10, lines, 32);
	assert_int_equal(nb, sizeof(wanted) / sizeof(wanted[0]));
	for (i = 0; i < nb; i++)
		assert_string_equal(lines[i], wanted[i]);
}

/* Without values there would be nothing to draw. */
static void
hgrm_of_equal_values_starts_at_zero(void **state)
{
	char lines[8][LINE_SIZE];

	(void)state;
	histogram_record(&h, 7);
	histogram_record(&h, 7);
	assert_int_equal(written(1, lines, 8), 7);
	assert_string_equal(lines[2], "       7.000 0.000000000000          2           1.00");
	assert_string_equal(lines[3], "       7.000 1.000000000000          2");
}

static void
hgrm_of_many_values_rises_to_the_largest(void **state)
{
	static char lines[512][LINE_SIZE];
	double value, percentile, last_value = 0, last_percentile = -1;
	unsigned long long count, last_count = 0;
	unsigned int nb, i;

	(void)state;
	for (i = 0; i < 1000000; i++)
		histogram_record(&h, i % 1000 == 0 ? 5000 + i : 30 + i % 7);
	nb = written(1, lines, 512);
	assert_in_range(nb, 50, 200);
	for (i = 2; i < nb - 3; i++) {
		assert_int_equal(sscanf(lines[i], "%lf %lf %llu", &value, &percentile, &count), 3);
		assert_true(value >= last_value && percentile > last_percentile);
		assert_true(count >= last_count && count <= 1000000);
		/* This share of all values does not exceed it. */
		assert_true((double)count / 1000000 >= percentile - 1e-9);
		last_value = value;
		last_percentile = percentile;
		last_count = count;
	}
	assert_true(last_value == (double)h.max);
	assert_true(last_percentile == 1);
	assert_int_equal(last_count, 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_value_lies_in_its_bucket, clear),
		cmocka_unit_test_setup(buckets_are_within_one_percent, clear),
		cmocka_unit_test_setup(values_beyond_the_last_bucket_count_there, clear),
		cmocka_unit_test_setup(percentiles_of_one_to_a_thousand, clear),
		cmocka_unit_test_setup(percentile_is_never_above_the_largest_value, clear),
		cmocka_unit_test_setup(an_empty_histogram_has_zeros, clear),
		cmocka_unit_test_setup(mean_and_deviation, clear),
		cmocka_unit_test_setup(sums_add_up, clear),
		cmocka_unit_test_setup(smallest_and_largest_are_exact, clear),
		cmocka_unit_test_setup(above_counts_what_is_in_higher_buckets, clear),
		cmocka_unit_test_setup(hgrm_of_four_values, clear),
		cmocka_unit_test_setup(hgrm_of_equal_values_starts_at_zero, clear),
		cmocka_unit_test_setup(hgrm_of_many_values_rises_to_the_largest, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
