/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/report.h"

static json_t *
report_of(const double *values, uint32_t nb)
{
	struct results r;
	struct row *row;
	json_t *document;
	uint32_t i;

	results_init(&r);
	row = results_row(&r, "ration", "case", "ns", json_object());
	for (i = 0; i < nb; i++)
		samples_add(&row->samples, values[i]);
	assert_int_equal(results_close_row(row), 0);
	results_value(&r, "value", row, 1);
	document = report_json(&r, "test", json_object());
	results_free(&r);
	return document;
}

/* A missing ratio would not be noticed, so it is reported as null. */
static void
a_row_without_a_number_has_null(void **state)
{
	const double values[] = {1, 2, INFINITY};
	json_t *document = report_of(values, 3), *row;

	(void)state;
	row = json_array_get(json_object_get(document, "rows"), 0);
	assert_true(json_real_value(json_object_get(row, "min")) == 1);
	assert_true(json_real_value(json_object_get(row, "median")) == 2);
	assert_true(json_is_null(json_object_get(row, "max")));
	assert_int_equal(json_integer_value(json_object_get(row, "samples")), 3);
	json_decref(document);
}

static void
a_ratio_without_a_number_has_null(void **state)
{
	const double values[] = {NAN};
	json_t *document = report_of(values, 1), *ratio;

	(void)state;
	ratio = json_array_get(json_object_get(document, "ratios"), 0);
	assert_true(json_is_null(json_object_get(ratio, "value")));
	assert_true(json_is_null(json_object_get(ratio, "ok")));
	assert_int_equal(json_array_size(json_object_get(document, "rows")), 1);
	json_decref(document);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_without_a_number_has_null),
		cmocka_unit_test(a_ratio_without_a_number_has_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
