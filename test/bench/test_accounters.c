/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "accounter.h"
#include "bench_eal.h"

/**
 * @file
 * What the benchmark compares really accounts: each accounter, in each of its measured loops, so
 * that nobody can say that a baseline was crippled or optimised away.
 */

#define COUNTERS 32u
#define MAX 100u

static const struct accounter_tree tree = {.counters = COUNTERS, .depth = 3, .max = MAX};

static const struct accounter *
of(void **state)
{
	return *state;
}

static void
units_are_counted_on_their_counter_alone(void **state)
{
	const struct accounter *a = of(state);
	void *self = a->create(&tree);

	assert_non_null(self);
	assert_int_equal(a->charge(self, a->counter(self, 5), 7), 0);
	assert_int_equal(a->granted(self, a->counter(self, 4)), 0);
	assert_int_equal(a->granted(self, a->counter(self, 5)), 7);
	assert_int_equal(a->granted(self, a->counter(self, 6)), 0);
	assert_int_equal(a->uncharge(self, a->counter(self, 5), 3), 0);
	assert_int_equal(a->granted(self, a->counter(self, 5)), 4);
	assert_int_equal(a->uncharge(self, a->counter(self, 5), 4), 0);
	a->destroy(self);
}

static void
handles_differ(void **state)
{
	const struct accounter *a = of(state);
	void *self = a->create(&tree);
	uint32_t i, j;

	for (i = 0; i < COUNTERS; i++) {
		for (j = 0; j < i; j++)
			assert_true(a->counter(self, i) != a->counter(self, j));
	}
	a->destroy(self);
}

static void
fill_order(const struct accounter *a, void *self, uint64_t *order)
{
	uint32_t i;

	for (i = 0; i < COUNTERS; i++)
		order[i] = a->counter(self, i);
}

static void
every_loop_gives_back_what_it_charges(void **state)
{
	const struct accounter *a = of(state);
	void *self = a->create(&tree);
	uint64_t order[COUNTERS];
	const struct accounter_work work = {order, COUNTERS, 1, 10 * COUNTERS};
	uint32_t i;
	int pattern;

	fill_order(a, self, order);
	for (i = 0; i < COUNTERS; i++)
		assert_int_equal(a->charge(self, order[i], 2), 0);
	for (pattern = 0; pattern < ACCOUNTER_NB_PATTERNS; pattern++) {
		assert_int_equal(a->loop[pattern](self, &work), 0);
		for (i = 0; i < COUNTERS; i++)
			assert_int_equal(a->granted(self, order[i]), 2);
	}
	for (i = 0; i < COUNTERS; i++)
		assert_int_equal(a->uncharge(self, order[i], 2), 0);
	a->destroy(self);
}

/* The units that a counter can still grant. */
static uint64_t
use_up(const struct accounter *a, void *self, uint64_t c)
{
	uint64_t n = 0;

	while (n < 10 * MAX && a->charge(self, c, 1) == 0)
		n++;
	return n;
}

/* A loop that did not really charge would not notice. */
static void
every_loop_counts_what_a_full_counter_refuses(void **state)
{
	const struct accounter *a = of(state);
	void *self = a->create(&tree);
	uint64_t order[COUNTERS], used;
	const struct accounter_work work = {order, COUNTERS, 1, COUNTERS};

	fill_order(a, self, order);
	used = use_up(a, self, order[0]);
	assert_in_range(used, MAX, 2 * MAX);
	assert_int_equal(a->loop[ACCOUNTER_SAME](self, &work), COUNTERS);
	assert_int_equal(a->loop[ACCOUNTER_TURN](self, &work), 1);
	assert_int_equal(a->loop[ACCOUNTER_BURSTS](self, &work), 1);
	assert_int_equal(a->granted(self, order[0]), used);
	assert_int_equal(a->granted(self, order[1]), 0);
	assert_int_equal(a->uncharge(self, order[0], used), 0);
	a->destroy(self);
}

static void
the_same_loop_charges_the_units_it_is_told(void **state)
{
	const struct accounter *a = of(state);
	void *self = a->create(&tree);
	uint64_t order = a->counter(self, 0), used = use_up(a, self, order);
	struct accounter_work work = {&order, 1, 3, 8};

	assert_int_equal(a->uncharge(self, order, 2), 0);
	assert_int_equal(a->loop[ACCOUNTER_SAME](self, &work), 8);
	work.units = 2;
	assert_int_equal(a->loop[ACCOUNTER_SAME](self, &work), 0);
	assert_int_equal(a->uncharge(self, order, used - 2), 0);
	a->destroy(self);
}

/* For those that have a tree. */
static void
refusal_at_the_root_leaves_nothing_behind(void **state)
{
	const struct accounter_tree small = {.counters = 2, .depth = 3, .max = MAX, .root_max = 10};
	const struct accounter *a = of(state);
	void *self = a->create(&small);
	uint64_t c = a->counter(self, 0), other = a->counter(self, 1);

	assert_int_equal(a->charge(self, c, 8), 0);
	assert_int_not_equal(a->charge(self, other, 3), 0);
	assert_int_equal(a->granted(self, other), 0);
	assert_int_equal(a->uncharge(self, c, 8), 0);
	assert_int_equal(a->granted(self, c), 0);
	a->destroy(self);
}

/* For those that can tell, if it is more than a stock can be. */
static void
too_large_an_uncharge_is_refused(void **state)
{
	const struct accounter *a = of(state);
	void *self = a->create(&tree);
	uint64_t c = a->counter(self, 0);

	assert_int_equal(a->charge(self, c, 5), 0);
	assert_int_not_equal(a->uncharge(self, c, 10 * MAX), 0);
	assert_int_equal(a->granted(self, c), 5);
	assert_int_equal(a->uncharge(self, c, 5), 0);
	a->destroy(self);
}

static void
hits_take_no_slow_path(void **state)
{
	const struct accounter *a = of(state);
	void *self = a->create(&tree);
	uint64_t order[COUNTERS], slow;
	const struct accounter_work work = {order, COUNTERS, 1, 10 * COUNTERS};

	fill_order(a, self, order);
	a->loop[ACCOUNTER_BURSTS](self, &work);
	slow = a->slow_paths(self);
	assert_true(slow > 0);
	assert_int_equal(a->loop[ACCOUNTER_TURN](self, &work), 0);
	assert_int_equal(a->loop[ACCOUNTER_BURSTS](self, &work), 0);
	assert_int_equal(a->slow_paths(self), slow);
	a->destroy(self);
}

#define TEST(name, f, accounter)                                                                   \
	{                                                                                          \
		name ": " #f, f, NULL, NULL, (void *)(uintptr_t) & (accounter)                     \
	}

#define TESTS_OF_ALL(name, accounter)                                                              \
	TEST(name, units_are_counted_on_their_counter_alone, accounter),                           \
		TEST(name, handles_differ, accounter),                                             \
		TEST(name, every_loop_gives_back_what_it_charges, accounter),                      \
		TEST(name, every_loop_counts_what_a_full_counter_refuses, accounter),              \
		TEST(name, the_same_loop_charges_the_units_it_is_told, accounter)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TESTS_OF_ALL("limit", accounter_limit),
		TEST("limit", too_large_an_uncharge_is_refused, accounter_limit),
		TESTS_OF_ALL("atomic-tree", accounter_atomic_tree),
		TEST("atomic-tree", refusal_at_the_root_leaves_nothing_behind,
		     accounter_atomic_tree),
		TESTS_OF_ALL("ration", accounter_ration),
		TEST("ration", refusal_at_the_root_leaves_nothing_behind, accounter_ration),
		TEST("ration", too_large_an_uncharge_is_refused, accounter_ration),
		TEST("ration", hits_take_no_slow_path, accounter_ration),
	};

	if (bench_eal_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
