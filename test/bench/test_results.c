/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/results.h"

static struct row *
add_row(struct results *r, const char *impl, const char *name, int counters, double value)
{
	struct row *row = results_row(r, impl, name, "ns",
				      json_pack("{s:i,s:i}", "counters", counters, "depth", 1));

	samples_add(&row->samples, value);
	assert_int_equal(results_close_row(row), 0);
	return row;
}

static const struct ratio *
last_ratio(const struct results *r)
{
	return TAILQ_LAST(&r->ratios, ratio_list);
}

static void
a_row_is_found_by_all_fields_of_the_key(void **state)
{
	const struct row_key any = {"b", NULL, 0, 0, 0}, exact = {"b", "pair", 8, 1, 0};
	const struct row_key deeper = {"b", "pair", 8, 2, 0}, lcores = {"b", NULL, 0, 0, 2};
	struct row *seven, *eight;
	struct results r;

	(void)state;
	results_init(&r);
	add_row(&r, "a", "pair", 8, 1);
	seven = add_row(&r, "b", "pair", 7, 1);
	eight = add_row(&r, "b", "pair", 8, 1);
	assert_ptr_equal(results_find(&r, &any), seven);
	assert_ptr_equal(results_find(&r, &exact), eight);
	assert_null(results_find(&r, &deeper));
	assert_null(results_find(&r, &lcores));
	results_free(&r);
}

static void
a_target_is_an_upper_bound_or_a_lower_one(void **state)
{
	struct results r;
	struct row *two, *six;

	(void)state;
	results_init(&r);
	two = add_row(&r, "a", "two", 1, 2);
	six = add_row(&r, "a", "six", 1, 6);
	results_ratio(&r, "at most", six, two, 3);
	assert_true(last_ratio(&r)->value == 3);
	assert_true(ratio_judged(last_ratio(&r)) && ratio_ok(last_ratio(&r)));
	results_ratio(&r, "at most", six, two, 2.9);
	assert_true(ratio_judged(last_ratio(&r)) && !ratio_ok(last_ratio(&r)));
	results_ratio_at_least(&r, "at least", six, two, 3);
	assert_true(ratio_judged(last_ratio(&r)) && ratio_ok(last_ratio(&r)));
	results_ratio_at_least(&r, "at least", six, two, 3.1);
	assert_true(ratio_judged(last_ratio(&r)) && !ratio_ok(last_ratio(&r)));
	results_value(&r, "value", six, 6);
	assert_true(last_ratio(&r)->value == 6 && ratio_ok(last_ratio(&r)));
	results_free(&r);
}

static void
ratios_without_rows_target_or_own_cpus_are_not_judged(void **state)
{
	struct results r;
	struct row *row, *shared;

	(void)state;
	results_init(&r);
	row = add_row(&r, "a", "row", 1, 2);
	shared = add_row(&r, "a", "shared", 1, 2);
	results_mark_one_cpu(shared);
	results_ratio(&r, "missing", NULL, row, 3);
	assert_true(isnan(last_ratio(&r)->value) && !ratio_judged(last_ratio(&r)));
	results_value(&r, "missing", NULL, 3);
	assert_true(isnan(last_ratio(&r)->value) && !ratio_judged(last_ratio(&r)));
	results_ratio(&r, "shared", row, shared, 3);
	assert_true(last_ratio(&r)->value == 1 && !ratio_judged(last_ratio(&r)));
	results_ratio(&r, "no target", row, row, 0);
	assert_true(last_ratio(&r)->value == 1 && !ratio_judged(last_ratio(&r)));
	results_free(&r);
}

static void
a_row_without_samples_is_dropped(void **state)
{
	const struct row_key key = {"a", "empty", 0, 0, 0};
	struct results r;

	(void)state;
	results_init(&r);
	assert_null(
		results_close_or_drop_row(&r, results_row(&r, "a", "empty", "ns", json_object())));
	assert_null(results_find(&r, &key));
	assert_true(TAILQ_EMPTY(&r.rows));
	results_free(&r);
}

static const json_t *
short_of(struct results *r, const char *unit, uint32_t samples)
{
	struct row *row = results_row(r, "a", "row", unit, json_object());
	uint32_t i;

	for (i = 0; i < samples; i++)
		samples_add(&row->samples, i);
	assert_ptr_equal(results_close_or_drop_row(r, row), row);
	return json_object_get(row->params, "short");
}

static void
a_row_of_few_samples_is_marked_unless_they_are_counts(void **state)
{
	struct results r;

	(void)state;
	results_init(&r);
	assert_true(json_is_true(short_of(&r, "ns", RESULTS_SAMPLES_MIN - 1)));
	assert_null(short_of(&r, "ns", RESULTS_SAMPLES_MIN));
	assert_null(short_of(&r, "%", 1));
	results_free(&r);
}

static struct row *
add_row_of_parts(struct results *r, const char *impl, double first, double second)
{
	struct row *row = results_row(r, impl, "parts", "ns", json_object());

	samples_add(&row->samples, first);
	results_cut(row);
	samples_add(&row->samples, second);
	samples_add(&row->samples, second);
	results_cut(row);
	assert_int_equal(results_close_row(row), 0);
	return row;
}

static void
a_ratio_of_parts_has_a_range(void **state)
{
	struct results r;
	struct row *over, *under, *whole;

	(void)state;
	results_init(&r);
	over = add_row_of_parts(&r, "a", 9, 2);
	under = add_row_of_parts(&r, "b", 3, 1);
	whole = add_row(&r, "c", "whole", 1, 2);
	results_ratio(&r, "decided", over, under, 4);
	assert_true(last_ratio(&r)->low == 2 && last_ratio(&r)->high == 3);
	assert_false(ratio_undecided(last_ratio(&r)));
	results_ratio(&r, "undecided", over, under, 2.5);
	assert_true(ratio_undecided(last_ratio(&r)));
	results_ratio_at_least(&r, "undecided", over, under, 2.5);
	assert_true(ratio_undecided(last_ratio(&r)));
	results_ratio_at_least(&r, "decided", over, under, 3.5);
	assert_false(ratio_undecided(last_ratio(&r)));
	results_value(&r, "value", over, 5);
	assert_true(last_ratio(&r)->low == 2 && last_ratio(&r)->high == 9);
	results_ratio(&r, "other parts", over, whole, 1.5);
	assert_true(isnan(last_ratio(&r)->low) && !ratio_undecided(last_ratio(&r)));
	results_free(&r);
}

static void
a_row_of_many_samples_has_parts_by_time(void **state)
{
	struct results r;
	struct row *row;
	int i;

	(void)state;
	results_init(&r);
	row = results_row(&r, "a", "row", "ns", json_object());
	for (i = 0; i < 100; i++)
		samples_add(&row->samples, i);
	results_close_row(row);
	results_value(&r, "value", row, 10);
	/* The first of seven parts has values 0 to 13, the last one 85 to 99. */
	assert_true(last_ratio(&r)->low == 6.5 && last_ratio(&r)->high == 92);
	assert_true(ratio_undecided(last_ratio(&r)));
	results_free(&r);
}

static void
a_part_without_samples_is_not_in_the_range(void **state)
{
	struct results r;
	struct row *empty, *full;

	(void)state;
	results_init(&r);
	full = add_row_of_parts(&r, "a", 2, 2);
	empty = results_row(&r, "b", "parts", "ns", json_object());
	results_cut(empty);
	samples_add(&empty->samples, 1);
	results_cut(empty);
	assert_int_equal(results_close_row(empty), 0);
	results_ratio(&r, "ratio", full, empty, 1);
	assert_true(last_ratio(&r)->low == 2 && last_ratio(&r)->high == 2);
	results_free(&r);
}

static void
a_percentile_of_a_row_needs_ten_samples_above_it(void **state)
{
	struct results r;
	struct row *row;
	int i;

	(void)state;
	results_init(&r);
	row = results_row(&r, "a", "row", "ns", json_object());
	for (i = 0; i < 900; i++)
		samples_add(&row->samples, i);
	results_close_row(row);
	assert_null(json_object_get(row->params, "p99"));
	for (; i < 1000; i++)
		samples_add(&row->samples, i);
	results_close_row(row);
	assert_non_null(json_object_get(row->params, "p99"));
	assert_null(json_object_get(row->params, "p99.9"));
	results_free(&r);
}

/* 0, 37, 74, ... modulo a prime: every value once, in no order. */
#define SCRAMBLED 997u

static void
samples_in_no_order_have_the_same_figures(void **state)
{
	struct results r;
	struct row *row, *two;
	uint32_t i;

	(void)state;
	results_init(&r);
	row = results_row(&r, "a", "row", "ns", json_object());
	two = results_row(&r, "b", "row", "ns", json_object());
	for (i = 0; i < SCRAMBLED; i++) {
		samples_add(&row->samples, 1 + i * 370 % SCRAMBLED);
		samples_add(&two->samples, 2 + 2 * (i * 371 % SCRAMBLED));
	}
	results_close_row(row);
	results_close_row(two);
	assert_true(row->summary.min == 1 && row->summary.max == SCRAMBLED);
	assert_true(row->summary.median == (SCRAMBLED + 1) / 2.0);
	/* The value that 99 % do not exceed. */
	assert_true(json_number_value(json_object_get(row->params, "p99")) == 987);
	results_ratio(&r, "ratio", two, row, 2);
	assert_true(last_ratio(&r)->value == 2 && ratio_ok(last_ratio(&r)));
	assert_true(last_ratio(&r)->low < 2 && last_ratio(&r)->high > 2);
	results_free(&r);
}

/* The parts are those of the time: sorting before they are made would change them. */
static void
parts_are_made_before_samples_are_sorted(void **state)
{
	struct results r;
	struct row *row;
	int i;

	(void)state;
	results_init(&r);
	row = results_row(&r, "a", "row", "ns", json_object());
	for (i = 0; i < 700; i++)
		samples_add(&row->samples, i / 100 == 3 ? 1 : 1000 - i / 100);
	results_close_row(row);
	assert_int_equal(row->nb_parts, 7);
	for (i = 0; i < 7; i++)
		assert_true(row->parts[i] == (i == 3 ? 1 : 1000 - i));
	results_free(&r);
}

static void
a_reference_is_not_judged(void **state)
{
	struct results r;
	struct row *two, *six;

	(void)state;
	results_init(&r);
	two = add_row(&r, "a", "two", 1, 2);
	six = add_row(&r, "a", "six", 1, 6);
	results_ratio_with_reference(&r, "at least", six, two, 1, 15);
	assert_true(last_ratio(&r)->reference == 15 && last_ratio(&r)->target == 1);
	assert_true(ratio_judged(last_ratio(&r)) && ratio_ok(last_ratio(&r)));
	results_ratio_with_reference(&r, "at least", two, six, 1, 15);
	assert_true(ratio_judged(last_ratio(&r)) && !ratio_ok(last_ratio(&r)));
	results_free(&r);
}

/* 1.5 with six digits is 1.5, for the verdict too. */
static void
a_verdict_does_not_contradict_its_figure(void **state)
{
	struct results r;
	struct row *less, *just, *more, *one;

	(void)state;
	results_init(&r);
	one = add_row(&r, "a", "one", 1, 1000000);
	less = add_row(&r, "a", "less", 1, 1499999);
	just = add_row(&r, "a", "just", 1, 1500001);
	more = add_row(&r, "a", "more", 1, 1500010);
	results_ratio(&r, "just", just, one, 1.5);
	assert_true(ratio_ok(last_ratio(&r)));
	results_ratio(&r, "more", more, one, 1.5);
	assert_false(ratio_ok(last_ratio(&r)));
	results_ratio_at_least(&r, "less", less, one, 1.5);
	assert_true(ratio_ok(last_ratio(&r)));
	results_free(&r);
}

static void
verdicts_are_counted(void **state)
{
	struct verdicts v;
	struct results r;
	struct row *two, *six;

	(void)state;
	results_init(&r);
	two = add_row(&r, "a", "two", 1, 2);
	six = add_row(&r, "a", "six", 1, 6);
	results_ratio(&r, "met", two, six, 1);
	results_ratio(&r, "missed", six, two, 1);
	results_ratio(&r, "missed", six, two, 2);
	results_ratio_at_least(&r, "met", six, two, 2);
	results_ratio_at_least(&r, "met", six, two, 3);
	results_ratio(&r, "no target", six, two, 0);
	results_ratio(&r, "no value", NULL, two, 1);
	v = results_verdicts(&r);
	assert_int_equal(v.met, 3);
	assert_int_equal(v.missed, 2);
	assert_int_equal(v.unjudged, 1);
	results_free(&r);
}

static struct row *
unclosed_row(struct results *r, const char *name, uint32_t samples)
{
	struct row *row = results_row(r, "a", name, "ns", json_object());
	uint32_t i;

	for (i = 0; i < samples; i++)
		samples_add(&row->samples, 3);
	return row;
}

static bool
has_row(const struct results *r, const char *name)
{
	const struct row_key key = {"a", name, 0, 0, 0};

	return results_find(r, &key) != NULL;
}

static void
an_interrupted_run_keeps_rows_with_enough_samples(void **state)
{
	struct results r;
	struct row *whole, *enough, *few, *none;

	(void)state;
	results_init(&r);
	whole = add_row(&r, "a", "whole", 1, 2);
	enough = unclosed_row(&r, "enough", RESULTS_SAMPLES_MIN);
	few = unclosed_row(&r, "few", RESULTS_SAMPLES_MIN - 1);
	none = unclosed_row(&r, "none", 0);
	unclosed_row(&r, "not closed", 100);
	r.interrupted = SIGINT;
	assert_int_equal(results_close_row(enough), 0);
	assert_int_equal(results_close_row(few), 0);
	assert_int_equal(results_close_row(none), 0);
	assert_false(whole->partial);
	assert_null(json_object_get(whole->params, "interrupted"));
	assert_true(json_is_true(json_object_get(enough->params, "interrupted")));
	results_ratio(&r, "of a part", whole, enough, 1);
	assert_true(last_ratio(&r)->value > 0 && !ratio_judged(last_ratio(&r)));
	results_ratio(&r, "of nothing", none, whole, 1);
	assert_true(isnan(last_ratio(&r)->value));
	results_drop_partial(&r);
	assert_true(has_row(&r, "whole") && has_row(&r, "enough"));
	assert_false(has_row(&r, "few") || has_row(&r, "none") || has_row(&r, "not closed"));
	results_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_found_by_all_fields_of_the_key),
		cmocka_unit_test(a_target_is_an_upper_bound_or_a_lower_one),
		cmocka_unit_test(ratios_without_rows_target_or_own_cpus_are_not_judged),
		cmocka_unit_test(a_row_without_samples_is_dropped),
		cmocka_unit_test(a_row_of_few_samples_is_marked_unless_they_are_counts),
		cmocka_unit_test(a_ratio_of_parts_has_a_range),
		cmocka_unit_test(a_row_of_many_samples_has_parts_by_time),
		cmocka_unit_test(a_part_without_samples_is_not_in_the_range),
		cmocka_unit_test(a_percentile_of_a_row_needs_ten_samples_above_it),
		cmocka_unit_test(samples_in_no_order_have_the_same_figures),
		cmocka_unit_test(parts_are_made_before_samples_are_sorted),
		cmocka_unit_test(a_reference_is_not_judged),
		cmocka_unit_test(a_verdict_does_not_contradict_its_figure),
		cmocka_unit_test(verdicts_are_counted),
		cmocka_unit_test(an_interrupted_run_keeps_rows_with_enough_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
