/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/percentiles.h"

static struct histogram h;
static json_t *params;

static int
clear(void **state)
{
	(void)state;
	histogram_clear(&h);
	params = json_object();
	return params == NULL;
}

static int
release(void **state)
{
	(void)state;
	json_decref(params);
	return 0;
}

static void
record(uint64_t nb)
{
	uint64_t i;

	for (i = 1; i <= nb; i++)
		histogram_record(&h, i);
	percentiles_add(params, &h, 2);
}

static double
number(const char *key)
{
	const json_t *value = json_object_get(params, key);

	assert_non_null(value);
	return json_number_value(value);
}

static void
a_percentile_needs_ten_values_above_it(void **state)
{
	(void)state;
	record(10000);
	assert_non_null(json_object_get(params, "p99"));
	assert_non_null(json_object_get(params, "p99.9"));
	assert_null(json_object_get(params, "p99.99"));
	assert_null(json_object_get(params, "p99.999"));
}

static void
nine_values_are_too_few(void **state)
{
	(void)state;
	record(9999);
	assert_non_null(json_object_get(params, "p99"));
	assert_null(json_object_get(params, "p99.9"));
}

static void
few_values_have_a_median_and_bounds(void **state)
{
	(void)state;
	record(3);
	assert_null(json_object_get(params, "p99"));
	assert_true(number("smallest") == 0.5);
	assert_true(number("p50") == 1);
	assert_true(number("largest") == 1.5);
	assert_true(number("values") == 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_percentile_needs_ten_values_above_it, clear,
						release),
		cmocka_unit_test_setup_teardown(nine_values_are_too_few, clear, release),
		cmocka_unit_test_setup_teardown(few_values_have_a_median_and_bounds, clear,
						release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
