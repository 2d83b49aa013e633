/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/histogram.h"
#include "report/samples.h"

static void
add_all(struct samples *s, const double *values, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++)
		samples_add(s, values[i]);
}

static void
median_of_an_odd_number_is_the_middle_one(void **state)
{
	const double values[] = {9, 1, 5, 3, 100};
	struct samples s = {0};
	struct summary sum;

	(void)state;
	add_all(&s, values, 5);
	sum = samples_summary(&s);
	assert_true(sum.median == 5);
	assert_true(sum.min == 1);
	assert_true(sum.max == 100);
	assert_int_equal(sum.samples, 5);
	samples_free(&s);
}

static void
median_of_an_even_number_lies_between_the_middle_ones(void **state)
{
	const double values[] = {4, 1, 2, 100};
	struct samples s = {0};

	(void)state;
	add_all(&s, values, 4);
	assert_true(samples_summary(&s).median == 3);
	samples_free(&s);
}

static void
a_percentile_bounds_its_share_of_the_values(void **state)
{
	struct samples s = {0};
	int i;

	(void)state;
	for (i = 1000; i > 0; i--)
		samples_add(&s, i);
	samples_summary(&s);
	assert_true(samples_percentile(&s, 0) == 1);
	assert_true(samples_percentile(&s, 50) == 500);
	assert_true(samples_percentile(&s, 99.9) == 999);
	assert_true(samples_percentile(&s, 100) == 1000);
	samples_clear(&s);
	assert_true(samples_percentile(&s, 50) == 0);
	samples_free(&s);
}

/* Below 256 a histogram is exact. */
static void
percentiles_match_those_of_a_histogram(void **state)
{
	static const double percents[] = {0, 1, 10, 50, 90, 99, 99.9, 99.99, 100};
	static struct histogram h;
	struct samples s = {0};
	uint32_t nb, i;

	(void)state;
	for (nb = 1; nb <= 255; nb++) {
		samples_add(&s, nb);
		histogram_record(&h, nb);
		samples_summary(&s);
		for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
			assert_int_equal((uint64_t)samples_percentile(&s, percents[i]),
					 histogram_percentile(&h, percents[i]));
	}
	samples_free(&s);
}

static void
a_percentile_needs_ten_samples_above_it(void **state)
{
	struct samples s = {0};
	int i;

	(void)state;
	assert_false(samples_support_percentile(&s, 50));
	for (i = 0; i < 10000; i++) {
		assert_int_equal(samples_support_percentile(&s, 90), s.nb >= 96);
		assert_true(samples_support_percentile(&s, 99) || s.nb < 1000);
		assert_false(samples_support_percentile(&s, 99) && s.nb < 950);
		assert_false(samples_support_percentile(&s, 99.9) && s.nb < 9500);
		assert_false(samples_support_percentile(&s, 100));
		samples_add(&s, i);
	}
	assert_true(samples_support_percentile(&s, 99.9));
	samples_free(&s);
}

static void
no_samples_summarize_to_zero(void **state)
{
	struct samples s = {0};
	struct summary sum = samples_summary(&s);

	(void)state;
	assert_int_equal(sum.samples, 0);
	assert_true(sum.median == 0);
}

static void
thousands_are_all_kept(void **state)
{
	struct samples s = {0};
	struct summary sum;
	int i;

	(void)state;
	for (i = 10000; i > 0; i--)
		samples_add(&s, i);
	sum = samples_summary(&s);
	assert_int_equal(sum.samples, 10000);
	assert_true(sum.min == 1);
	assert_true(sum.median == 5000.5);
	assert_true(sum.max == 10000);
	samples_free(&s);
}

static void
cleared_samples_do_not_count(void **state)
{
	struct samples s = {0};

	(void)state;
	samples_add(&s, 1000);
	samples_clear(&s);
	samples_add(&s, 7);
	assert_int_equal(samples_summary(&s).samples, 1);
	assert_true(samples_summary(&s).max == 7);
	samples_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_of_an_odd_number_is_the_middle_one),
		cmocka_unit_test(median_of_an_even_number_lies_between_the_middle_ones),
		cmocka_unit_test(a_percentile_bounds_its_share_of_the_values),
		cmocka_unit_test(percentiles_match_those_of_a_histogram),
		cmocka_unit_test(a_percentile_needs_ten_samples_above_it),
		cmocka_unit_test(no_samples_summarize_to_zero),
		cmocka_unit_test(thousands_are_all_kept),
		cmocka_unit_test(cleared_samples_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
