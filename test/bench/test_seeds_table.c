/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "report/seeds_table.h"

static struct results r;

static int
set_up(void **state)
{
	(void)state;
	results_init(&r);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	results_free(&r);
	return 0;
}

static void
add_row(const char *impl, const char *name, int groups, double median)
{
	struct row *row =
		results_row(&r, impl, name, "us/iteration", json_pack("{s:i}", "counters", groups));

	samples_add(&row->samples, median);
	assert_int_equal(results_close_row(row), 0);
}

/* The whole output. */
static void
written(char *text, size_t size)
{
	FILE *f = tmpfile();
	size_t got;

	assert_non_null(f);
	seeds_table(&r, f);
	rewind(f);
	got = fread(text, 1, size - 1, f);
	text[got] = '\0';
	fclose(f);
}

static void
rows_of_other_tests_are_ignored(void **state)
{
	char text[4096];

	(void)state;
	add_row("slots-7-rr", "round robin", 4, 100);
	written(text, sizeof(text));
	assert_string_equal(text, "");
}

static void
each_old_stock_has_its_deltas(void **state)
{
	char text[4096];

	(void)state;
	add_row("slots-7-random", "seeds", 4, 200);
	add_row("slots-7-rr", "seeds", 4, 100);
	add_row("stock-v3", "seeds", 4, 150);
	add_row("ration", "seeds", 4, 50);
	written(text, sizeof(text));
	assert_non_null(strstr(text, "before is seven slots, random eviction\n"));
	assert_non_null(strstr(text, "       4       200.00 |       150.00    -25.0 % |"));
	assert_non_null(strstr(text, " |        50.00    -75.0 %\n"));
	assert_non_null(strstr(text, "before is seven slots, eviction in turn\n"));
	assert_non_null(strstr(text, "       4       100.00 |       150.00    +50.0 % |"));
	assert_non_null(strstr(text, " |        50.00    -50.0 %\n"));
	/* The row of stock-v4 is missing. */
	assert_non_null(strstr(text, " |            -          - | "));
	assert_null(strstr(text, "the kernel itself"));
}

static void
the_kernel_has_its_own_table(void **state)
{
	char text[4096];

	(void)state;
	add_row("kernel, root cgroup", "seeds, real kernel", 32, 1000);
	add_row("kernel, memory cgroups", "seeds, real kernel", 32, 1033);
	written(text, sizeof(text));
	assert_non_null(
		strstr(text, "      32      1000.00 |                1033.00     +3.3 %\n"));
	assert_null(strstr(text, "slots"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_of_other_tests_are_ignored, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_old_stock_has_its_deltas, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_kernel_has_its_own_table, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
