/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "baselines/backend.h"
#include "bench_eal.h"

/**
 * @file
 * Each backend really counts, in each of its measured loops: no baseline is crippled or optimized
 * away.
 */

#define COUNTERS 32u
#define MAX 100u

static const struct backend_tree tree = {.counters = COUNTERS, .depth = 3, .max = MAX};

static const struct backend *
of(void **state)
{
	return *state;
}

struct bed {
	const struct backend *impl;
	void *self;
	void *ctx;
};

static struct bed
make_bed(void **state, const struct backend_tree *t)
{
	struct bed b = {.impl = of(state)};

	b.self = b.impl->create(t);
	assert_non_null(b.self);
	b.ctx = b.impl->join(b.self, 0);
	assert_non_null(b.ctx);
	return b;
}

static void
break_bed(struct bed *b)
{
	b->impl->leave(b->ctx);
	b->impl->destroy(b->self);
}

static int
charge(struct bed *b, uint64_t c, uint64_t n)
{
	return b->impl->charge(b->ctx, c, n);
}

static int
uncharge(struct bed *b, uint64_t c, uint64_t n)
{
	return b->impl->uncharge(b->ctx, c, n);
}

static uint64_t
granted(struct bed *b, uint64_t c)
{
	return b->impl->granted(b->self, c);
}

static void
units_are_counted_on_their_counter_alone(void **state)
{
	struct bed b = make_bed(state, &tree);

	assert_int_equal(charge(&b, b.impl->counter(b.self, 5), 7), 0);
	assert_int_equal(granted(&b, b.impl->counter(b.self, 4)), 0);
	assert_int_equal(granted(&b, b.impl->counter(b.self, 5)), 7);
	assert_int_equal(granted(&b, b.impl->counter(b.self, 6)), 0);
	assert_int_equal(uncharge(&b, b.impl->counter(b.self, 5), 3), 0);
	assert_int_equal(granted(&b, b.impl->counter(b.self, 5)), 4);
	assert_int_equal(uncharge(&b, b.impl->counter(b.self, 5), 4), 0);
	break_bed(&b);
}

static void
handles_differ(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint32_t i, j;

	for (i = 0; i < COUNTERS; i++) {
		for (j = 0; j < i; j++)
			assert_true(b.impl->counter(b.self, i) != b.impl->counter(b.self, j));
	}
	break_bed(&b);
}

static void
fill_order(const struct bed *b, uint64_t *order)
{
	uint32_t i;

	for (i = 0; i < COUNTERS; i++)
		order[i] = b->impl->counter(b->self, i);
}

static void
each_has(struct bed *b, const uint64_t *order, uint64_t units)
{
	uint32_t i;

	for (i = 0; i < COUNTERS; i++)
		assert_int_equal(granted(b, order[i]), units);
}

static void
every_loop_gives_back_what_it_charges(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t order[COUNTERS];
	const struct backend_work work = {.order = order,
					  .nb_order = COUNTERS,
					  .units = 1,
					  .pairs = 10 * COUNTERS,
					  .pass = 1};
	uint32_t i;
	int pattern;

	fill_order(&b, order);
	for (i = 0; i < COUNTERS; i++)
		assert_int_equal(charge(&b, order[i], 2), 0);
	for (pattern = 0; pattern < BACKEND_CHARGES; pattern++) {
		if (b.impl->loop[pattern] == NULL)
			continue;
		assert_int_equal(b.impl->loop[pattern](b.ctx, &work), 0);
		each_has(&b, order, 2);
	}
	for (i = 0; i < COUNTERS; i++)
		assert_int_equal(uncharge(&b, order[i], 2), 0);
	break_bed(&b);
}

static void
loops_that_go_one_way_leave_it_charged(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t order[COUNTERS];
	const struct backend_work work = {.order = order,
					  .nb_order = COUNTERS,
					  .units = 3,
					  .pairs = 10 * COUNTERS,
					  .pass = 1};

	fill_order(&b, order);
	assert_int_equal(b.impl->loop[BACKEND_CHARGES](b.ctx, &work), 0);
	each_has(&b, order, 30);
	assert_int_equal(b.impl->loop[BACKEND_UNCHARGES](b.ctx, &work), 0);
	each_has(&b, order, 0);
	break_bed(&b);
}

/* Number of units that a counter can still grant. */
static uint64_t
use_up(struct bed *b, uint64_t c)
{
	uint64_t n = 0;

	while (n < 10 * MAX && charge(b, c, 1) == 0)
		n++;
	return n;
}

/* A loop that does not charge would not be refused. */
static void
every_loop_counts_refusals(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t order[COUNTERS], used;
	const struct backend_work work = {
		.order = order, .nb_order = COUNTERS, .units = 1, .pairs = COUNTERS, .pass = 1};
	int pattern;

	fill_order(&b, order);
	used = use_up(&b, order[0]);
	assert_in_range(used, MAX, 2 * MAX);
	for (pattern = 0; pattern < BACKEND_CHARGES; pattern++) {
		bool same = pattern == BACKEND_SAME || pattern == BACKEND_CALLS;

		if (b.impl->loop[pattern] != NULL)
			assert_int_equal(b.impl->loop[pattern](b.ctx, &work), same ? COUNTERS : 1);
	}
	assert_int_equal(granted(&b, order[0]), used);
	assert_int_equal(granted(&b, order[1]), 0);
	assert_int_equal(uncharge(&b, order[0], used), 0);
	break_bed(&b);
}

static void
the_same_loop_charges_the_given_units(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t order = b.impl->counter(b.self, 0), used = use_up(&b, order);
	struct backend_work work = {
		.order = &order, .nb_order = 1, .units = 3, .pairs = 8, .pass = 1};

	assert_int_equal(uncharge(&b, order, 2), 0);
	assert_int_equal(b.impl->loop[BACKEND_SAME](b.ctx, &work), 8);
	work.units = 2;
	assert_int_equal(b.impl->loop[BACKEND_SAME](b.ctx, &work), 0);
	assert_int_equal(uncharge(&b, order, used - 2), 0);
	break_bed(&b);
}

/* Only backends that have a tree. */
static void
a_refusal_at_the_root_is_rolled_back(void **state)
{
	const struct backend_tree small = {.counters = 2, .depth = 3, .max = MAX, .root_max = 10};
	struct bed b = make_bed(state, &small);
	uint64_t c = b.impl->counter(b.self, 0), other = b.impl->counter(b.self, 1);

	assert_true(b.impl->flags & BACKEND_TREE);
	assert_int_equal(charge(&b, c, 8), 0);
	assert_int_not_equal(charge(&b, other, 3), 0);
	assert_int_equal(granted(&b, other), 0);
	assert_int_equal(uncharge(&b, c, 8), 0);
	assert_int_equal(granted(&b, c), 0);
	break_bed(&b);
}

/* Only backends that detect it, with more units than a stock can hold. */
static void
an_excess_uncharge_is_refused(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t c = b.impl->counter(b.self, 0);

	assert_int_equal(charge(&b, c, 5), 0);
	assert_int_not_equal(uncharge(&b, c, 10 * MAX), 0);
	assert_int_equal(granted(&b, c), 5);
	assert_int_equal(uncharge(&b, c, 5), 0);
	break_bed(&b);
}

static void
a_loop_starts_at_first(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t order[COUNTERS];
	struct backend_work work = {.order = order,
				    .nb_order = COUNTERS,
				    .units = 1,
				    .pairs = 2,
				    .first = COUNTERS - 1};

	fill_order(&b, order);
	if (b.impl->loop[BACKEND_CHARGES] != NULL) {
		assert_int_equal(b.impl->loop[BACKEND_CHARGES](b.ctx, &work), 0);
		assert_int_equal(granted(&b, order[COUNTERS - 1]), 1);
		assert_int_equal(granted(&b, order[0]), 1);
		assert_int_equal(granted(&b, order[1]), 0);
		assert_int_equal(b.impl->loop[BACKEND_UNCHARGES](b.ctx, &work), 0);
	}
	each_has(&b, order, 0);
	break_bed(&b);
}

static void
hits_take_no_slow_path(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t order[COUNTERS], slow;
	const struct backend_work work = {.order = order,
					  .nb_order = COUNTERS,
					  .units = 1,
					  .pairs = 10 * COUNTERS,
					  .pass = 1};

	fill_order(&b, order);
	b.impl->loop[BACKEND_BURSTS](b.ctx, &work);
	slow = b.impl->slow_paths(b.ctx);
	assert_true(slow > 0);
	assert_int_equal(b.impl->loop[BACKEND_ROUND_ROBIN](b.ctx, &work), 0);
	assert_int_equal(b.impl->loop[BACKEND_BURSTS](b.ctx, &work), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), slow);
	break_bed(&b);
}

/* Only backends that have a stock: without it every operation walks the tree. */
static void
without_stock_nothing_hits(void **state)
{
	const struct backend_tree bare = {
		.counters = COUNTERS, .depth = 3, .max = MAX, .no_stock = true};
	struct bed b = make_bed(state, &bare);
	uint64_t order[COUNTERS];
	const struct backend_work work = {
		.order = order, .nb_order = COUNTERS, .units = 1, .pairs = COUNTERS, .pass = 1};

	fill_order(&b, order);
	assert_int_equal(b.impl->loop[BACKEND_ROUND_ROBIN](b.ctx, &work), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 2 * COUNTERS);
	break_bed(&b);
}

/* Only backends that have burst functions. */
static void
bursts_are_granted_as_single_calls(void **state)
{
	struct bed b = make_bed(state, &tree);
	uint64_t order[COUNTERS];
	uint8_t granted_flags[COUNTERS];
	uint32_t i, ok = 0;

	fill_order(&b, order);
	order[1] = order[0];
	use_up(&b, order[0]);
	assert_int_equal(b.impl->charge_burst(b.ctx, order, COUNTERS, granted_flags), COUNTERS - 2);
	for (i = 0; i < COUNTERS; i++)
		ok += granted_flags[i] == (i > 1);
	assert_int_equal(ok, COUNTERS);
	assert_int_equal(b.impl->uncharge_burst(b.ctx, &order[2], COUNTERS - 2), COUNTERS - 2);
	assert_int_equal(b.impl->uncharge(b.ctx, order[0], granted(&b, order[0])), 0);
	break_bed(&b);
}

#define TEST(name, f, backend)                                                                     \
	{                                                                                          \
		name ": " #f, f, NULL, NULL, (void *)(uintptr_t) & (backend)                       \
	}

#define TESTS_OF_ALL(name, backend)                                                                \
	TEST(name, units_are_counted_on_their_counter_alone, backend),                             \
		TEST(name, handles_differ, backend),                                               \
		TEST(name, every_loop_gives_back_what_it_charges, backend),                        \
		TEST(name, every_loop_counts_refusals, backend),                                   \
		TEST(name, the_same_loop_charges_the_given_units, backend),                        \
		TEST(name, a_loop_starts_at_first, backend)

#define TESTS_OF_TREES(name, backend)                                                              \
	TESTS_OF_ALL(name, backend), TEST(name, loops_that_go_one_way_leave_it_charged, backend),  \
		TEST(name, a_refusal_at_the_root_is_rolled_back, backend)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TESTS_OF_ALL("limit", backend_limit),
		TEST("limit", loops_that_go_one_way_leave_it_charged, backend_limit),
		TEST("limit", an_excess_uncharge_is_refused, backend_limit),
		TESTS_OF_TREES("atomic-tree", backend_atomic_tree),
		TESTS_OF_TREES("cas-tree", backend_cas_tree),
		TESTS_OF_TREES("spinlock-tree", backend_spinlock_tree),
		TESTS_OF_TREES("slots-7-random", backend_slots_7_random),
		TESTS_OF_TREES("slots-7-rr", backend_slots_7_rr),
		TESTS_OF_TREES("stock-v3", backend_stock_v3),
		TESTS_OF_TREES("stock-v4", backend_stock_v4),
		TESTS_OF_TREES("stock-fixed", backend_stock_fixed),
		TEST("stock-fixed", hits_take_no_slow_path, backend_stock_fixed),
		TESTS_OF_ALL("limit-counter", backend_limit_counter),
		TEST("limit-counter", loops_that_go_one_way_leave_it_charged,
		     backend_limit_counter),
		TEST("limit-counter", an_excess_uncharge_is_refused, backend_limit_counter),
		TEST("limit-counter", hits_take_no_slow_path, backend_limit_counter),
		TESTS_OF_ALL("mempool-cache", backend_mempool_cache),
		TEST("mempool-cache", an_excess_uncharge_is_refused, backend_mempool_cache),
		TEST("meter", units_are_counted_on_their_counter_alone, backend_meter),
		TEST("meter", handles_differ, backend_meter),
		TEST("shared-meter", handles_differ, backend_shared_meter),
		TEST("shared-meter", bursts_are_granted_as_single_calls, backend_shared_meter),
		TESTS_OF_TREES("ration", backend_ration),
		TEST("ration", bursts_are_granted_as_single_calls, backend_ration),
		TEST("ration", an_excess_uncharge_is_refused, backend_ration),
		TEST("ration", hits_take_no_slow_path, backend_ration),
		TEST("ration", without_stock_nothing_hits, backend_ration),
	};

	if (bench_eal_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
