/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/budget.h"

/**
 * @file
 * The time of a test is shared by its cases, whatever their number, and a row says that it has
 * fewer samples than wanted.
 */

static void
parts_are_equal(void **state)
{
	(void)state;
	assert_int_equal(budget_share(100, 200, 4), 125);
	assert_int_equal(budget_share(125, 200, 3), 150);
	assert_int_equal(budget_share(175, 200, 1), 200);
}

static void
unused_time_is_left_for_the_next_parts(void **state)
{
	(void)state;
	assert_int_equal(budget_share(110, 200, 3), 140);
}

static void
without_time_every_part_ends_at_once(void **state)
{
	(void)state;
	assert_int_equal(budget_share(200, 200, 3), 200);
	assert_int_equal(budget_share(300, 200, 3), 300);
	assert_int_equal(budget_share(100, 200, 0), 100);
}

/* Each case takes its share, but at least 3. */
static void
many_cases_end_in_time_or_after_one_sample_each(void **state)
{
	uint64_t now = 0, share;
	uint32_t left;

	(void)state;
	for (left = 1000; left > 0; left--) {
		share = budget_share(now, 10000, left) - now;
		now += share > 3 ? share : 3;
	}
	assert_int_equal(now, 10000);
	for (now = 0, left = 1000; left > 0; left--) {
		share = budget_share(now, 100, left) - now;
		now += share > 3 ? share : 3;
	}
	assert_int_equal(now, 3 * 1000);
}

static void
fewer_samples_than_wanted_are_noted(void **state)
{
	struct results r;
	struct row *row;

	(void)state;
	results_init(&r);
	row = results_row(&r, "ration", "case", "ns", json_object());
	samples_add(&row->samples, 1);
	budget_note(row, 1);
	assert_null(json_object_get(row->params, "samples_wanted"));
	budget_note(row, 2);
	assert_int_equal(json_integer_value(json_object_get(row->params, "samples_wanted")), 2);
	results_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_equal),
		cmocka_unit_test(unused_time_is_left_for_the_next_parts),
		cmocka_unit_test(without_time_every_part_ends_at_once),
		cmocka_unit_test(many_cases_end_in_time_or_after_one_sample_each),
		cmocka_unit_test(fewer_samples_than_wanted_are_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
