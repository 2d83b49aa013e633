/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_cycles.h>

#include "harness/open_loop.h"

/* In ticks: some hundred starts in a fraction of a millisecond. */
#define INTERVAL 2000
#define PLANNED 200
#define LENGTH (PLANNED * INTERVAL)
/** Intervals are random by 10 %. */
#define PLANNED_MIN (PLANNED * 9 / 10)
#define PLANNED_MAX (PLANNED * 11 / 10)

struct operations {
	uint32_t nb;
	uint32_t late; /**< Number of the slow operation; 0: none. */
	uint64_t long_ticks;
	uint32_t refuse_each; /**< Every so many operations, one is refused; 0: none. */
	uint32_t fail; /**< Number of the operation that fails; 0: none. */
	uint32_t prepared;
	uint32_t unready; /* Number of the operation that is prepared too late. */
	uint32_t cleaned;
};

static struct open_loop_result result;

static int
clear(void **state)
{
	(void)state;
	result = (struct open_loop_result){0};
	return 0;
}

static void
wait(void *arg)
{
	(void)arg;
}

static int
prepare(void *arg)
{
	struct operations *o = arg;
	const uint64_t until = rte_rdtsc() + o->long_ticks;

	o->prepared++;
	while (o->prepared == o->unready && rte_rdtsc() < until)
		;
	return 0;
}

static int
operate(void *arg)
{
	struct operations *o = arg;
	const uint64_t until = rte_rdtsc() + o->long_ticks;

	o->nb++;
	while (o->nb == o->late && rte_rdtsc() < until)
		;
	if (o->nb == o->fail)
		return -EIO;
	return o->refuse_each > 0 && o->nb % o->refuse_each == 0 ? OPEN_LOOP_REFUSED : 0;
}

static int
clean_up(void *arg)
{
	struct operations *o = arg;

	o->cleaned++;
	return 0;
}

static int
run(struct operations *o, uint64_t patience)
{
	const struct open_loop l = {
		.length = LENGTH,
		.patience = patience,
		.interval = INTERVAL,
		.wait = wait,
		.prepare = prepare,
		.operate = operate,
		.clean_up = clean_up,
		.arg = o,
	};

	return open_loop_run(&l, &result);
}

static void
every_planned_start_is_made(void **state)
{
	struct operations o = {0};

	(void)state;
	assert_int_equal(run(&o, UINT64_MAX / 4), 0);
	assert_in_range(o.nb, PLANNED_MIN, PLANNED_MAX);
	assert_int_equal(result.delays.total, o.nb);
	assert_int_equal(result.granted, o.nb);
	assert_int_equal(result.cut, 0);
	assert_int_equal(o.prepared, o.nb);
	assert_int_equal(o.cleaned, o.nb);
}

static void
operations_prepared_too_late_are_counted(void **state)
{
	struct operations o;
	uint32_t tries;

	/* If the machine is late by itself, no preparation is early enough to be too late. */
	for (tries = 0; tries < 1000 && result.unready == 0; tries++) {
		clear(state);
		o = (struct operations){.unready = 5, .long_ticks = 100 * INTERVAL};
		assert_int_equal(run(&o, UINT64_MAX / 4), 0);
	}
	assert_true(result.unready > 0);
	assert_true(result.delays.max > 50 * INTERVAL);
	assert_int_equal(result.granted, o.nb);
}

static void
a_late_operation_delays_the_next_ones(void **state)
{
	struct operations o = {.late = 1, .long_ticks = 100 * INTERVAL};
	double sum;

	(void)state;
	assert_int_equal(run(&o, UINT64_MAX / 4), 0);
	/* Half of the hundred starts in that time had to wait for half of it. */
	assert_true(histogram_above(&result.delays, 50 * INTERVAL, &sum) >= 40);
	assert_int_equal(result.cut, 0);
	assert_in_range(o.nb, PLANNED_MIN, PLANNED_MAX);
}

static void
starts_that_are_given_up_count_with_their_delay(void **state)
{
	/* The first one is slow, because the machine can be late by itself before any other. */
	struct operations o = {.late = 1, .long_ticks = 3 * LENGTH};
	double sum;

	(void)state;
	assert_int_equal(run(&o, LENGTH), 0);
	assert_int_equal(o.nb, 1);
	assert_int_equal(result.cut, result.delays.total - 1);
	assert_in_range(result.delays.total, PLANNED_MIN, PLANNED_MAX);
	/* The last start was planned one length after the beginning, which is two lengths ago. */
	assert_true(histogram_above(&result.delays, LENGTH, &sum) >= result.cut);
}

static void
refusals_are_not_grants(void **state)
{
	struct operations o = {.refuse_each = 4};

	(void)state;
	assert_int_equal(run(&o, UINT64_MAX / 4), 0);
	assert_int_equal(result.refused, o.nb / 4);
	assert_int_equal(result.granted, o.nb - o.nb / 4);
	assert_int_equal(result.delays.total, o.nb);
}

static void
an_error_ends_the_loop(void **state)
{
	struct operations o = {.fail = 5};

	(void)state;
	assert_int_equal(run(&o, UINT64_MAX / 4), -EIO);
	assert_int_equal(o.nb, 5);
}

/* All figures differ, so that none can stand for another one. */
static void
a_sum_has_every_figure_of_its_parts(void **state)
{
	static struct open_loop_result sum, one, two;

	(void)state;
	sum = (struct open_loop_result){0};
	one = (struct open_loop_result){.granted = 1, .refused = 20, .unready = 300, .cut = 4000};
	two = (struct open_loop_result){.granted = 5, .refused = 60, .unready = 700, .cut = 8000};
	histogram_record(&one.delays, 11);
	histogram_record(&two.delays, 13);
	open_loop_add(&sum, &one);
	open_loop_add(&sum, &two);
	assert_int_equal(sum.granted, 6);
	assert_int_equal(sum.refused, 80);
	assert_int_equal(sum.unready, 1000);
	assert_int_equal(sum.cut, 12000);
	assert_int_equal(sum.delays.total, 2);
	assert_int_equal(sum.delays.max, 13);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_planned_start_is_made, clear),
		cmocka_unit_test_setup(operations_prepared_too_late_are_counted, clear),
		cmocka_unit_test_setup(a_late_operation_delays_the_next_ones, clear),
		cmocka_unit_test_setup(starts_that_are_given_up_count_with_their_delay, clear),
		cmocka_unit_test_setup(refusals_are_not_grants, clear),
		cmocka_unit_test_setup(an_error_ends_the_loop, clear),
		cmocka_unit_test(a_sum_has_every_figure_of_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
