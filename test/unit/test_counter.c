/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Counters: creation, lookup by path, iteration and information. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include "eal.h"
#include "fixture.h"

/* Handles of no counter: index and generation out of range. */
#define GARBAGE UINT64_MAX

static void
create_without_params_gives_defaults(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = ration_counter_create(f->d, f->root, "plain", NULL);
	struct ration_counter_info info = info_of(f->d, c);

	assert_int_equal(info.max, RATION_UNLIMITED);
	assert_int_equal(info.batch, RATION_BATCH_DEFAULT);
	assert_int_equal(info.flags, 0);
	assert_int_equal(info.depth, 1);
	assert_int_equal(info.nb_children, 0);
	assert_int_equal(info.usage, 0);
	assert_int_equal(info.watermark, 0);
	assert_int_equal(info.failures + info.forced + info.rejected, 0);
	assert_true(info.parent == f->root);
	assert_string_equal(info.name, "plain");
	assert_int_equal(info_of(f->d, f->root).nb_children, 1);
}

static void
create_takes_its_params(void **state)
{
	const struct ration_counter_params params = {
		.max = 12345,
		.batch = RATION_BATCH_MAX,
		.flags = RATION_COUNTER_DIRECT,
	};
	const struct ration_counter_params zeros = {
		.max = RATION_MAX_ZERO, .batch = RATION_BATCH_ZERO, .flags = RATION_COUNTER_DIRECT};
	struct fixture *f = *state;
	ration_counter_t c = ration_counter_create(f->d, f->root, "tuned", &params);
	struct ration_counter_info info = info_of(f->d, c);

	assert_int_equal(info.max, 12345);
	assert_int_equal(info.batch, RATION_BATCH_MAX);
	assert_int_equal(info.flags, RATION_COUNTER_DIRECT);
	info = info_of(f->d, ration_counter_create(f->d, c, "zeros", &zeros));
	assert_int_equal(info.max, 0);
	assert_int_equal(info.batch, 0);
	assert_int_equal(info.flags, RATION_COUNTER_DIRECT);
	assert_true(info.parent == c);
}

/* A member that is left out selects its default, whatever the other members are. */
static void
each_member_left_out_selects_its_default(void **state)
{
	static const struct ration_counter_params params[] = {
		{.batch = 32, .flags = RATION_COUNTER_DIRECT},
		{.max = 100, .flags = RATION_COUNTER_DIRECT},
		{.max = 100, .batch = 32, .batch_max = 64},
		{.min = 5, .low = 6},
	};
	static const struct ration_counter_params expected[] = {
		{.max = RATION_UNLIMITED, .batch = 32, .flags = RATION_COUNTER_DIRECT},
		{.max = 100, .batch = RATION_BATCH_DEFAULT, .flags = RATION_COUNTER_DIRECT},
		{.max = 100, .batch = 32, .batch_max = 64},
		{.max = RATION_UNLIMITED, .batch = RATION_BATCH_DEFAULT, .min = 5, .low = 6},
	};
	struct fixture *f = *state;
	struct ration_counter_info info;
	ration_counter_t c;
	char name[] = "c0";
	unsigned int i;

	for (i = 0; i < RTE_DIM(params); i++, name[1]++) {
		c = ration_counter_create(f->d, f->root, name, &params[i]);
		info = info_of(f->d, c);
		assert_int_equal(info.max, expected[i].max);
		assert_int_equal(info.batch, expected[i].batch);
		assert_int_equal(info.batch_max, expected[i].batch_max);
		assert_int_equal(info.min, expected[i].min);
		assert_int_equal(info.low, expected[i].low);
		assert_int_equal(info.flags, expected[i].flags);
		assert_int_equal(ration_try_charge(ration_lcore_shared(f->d), c, 1), 0);
	}
}

/* What an application computes keeps its meaning, zero included. */
static void
computed_values_keep_their_meaning(void **state)
{
	struct fixture *f = *state;
	struct ration_counter_params params;
	struct ration_counter_info info;
	char name[] = "c0";
	uint32_t i;

	for (i = 0; i < 3; i++, name[1]++) {
		params = (struct ration_counter_params){
			.max = ration_params_max(i),
			.batch = ration_params_batch(i),
		};
		info = info_of(f->d, ration_counter_create(f->d, f->root, name, &params));
		assert_int_equal(info.max, i);
		assert_int_equal(info.batch, i);
	}
}

static void
params_out_of_range_are_refused(void **state)
{
	const struct ration_counter_params bad[] = {
		{.max = RATION_UNLIMITED + 1},	      {.max = RATION_MAX_ZERO - 1},
		{.batch = RATION_BATCH_MAX + 1},      {.batch = RATION_BATCH_ZERO - 1},
		{.flags = RATION_COUNTER_FLAGS << 1}, {.flags = UINT32_MAX},
	};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(bad); i++)
		assert_errno(RATION_COUNTER_NONE,
			     ration_counter_create(f->d, f->root, "bad", &bad[i]), EINVAL);
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, "bad"), ENOENT);
}

static void
names_out_of_rule_are_refused(void **state)
{
	static const char *const bad[] = {"",	 "/",	 "a/b",	 "/a",	  "a/",
					  "a\n", "\x01", "\x1f", "a\x7f", "\t"};
	struct fixture *f = *state;
	unsigned int i;

	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, f->root, NULL, NULL), EINVAL);
	for (i = 0; i < RTE_DIM(bad); i++)
		assert_errno(RATION_COUNTER_NONE,
			     ration_counter_create(f->d, f->root, bad[i], NULL), EINVAL);
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
}

static void
names_within_the_rule_are_taken_to_the_byte(void **state)
{
	static const char *const good[] = {"x", "a b", "..", "%s", "t\xc3\xaate", "-"};
	struct fixture *f = *state;
	char longest[RATION_COUNTER_NAMESIZE + 1];
	ration_counter_t c;
	unsigned int i;

	for (i = 0; i < RTE_DIM(good); i++) {
		c = make_counter(f->d, f->root, good[i], 1, 0);
		assert_string_equal(info_of(f->d, c).name, good[i]);
		assert_true(ration_counter_find(f->d, good[i]) == c);
	}
	memset(longest, 'n', sizeof(longest));
	longest[RATION_COUNTER_NAMESIZE] = '\0';
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, f->root, longest, NULL),
		     ENAMETOOLONG);
	longest[RATION_COUNTER_NAMESIZE - 1] = '\0';
	c = make_counter(f->d, f->root, longest, 1, 0);
	assert_string_equal(info_of(f->d, c).name, longest);
	assert_true(ration_counter_find(f->d, longest) == c);
	longest[RATION_COUNTER_NAMESIZE - 2] = '\0';
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, longest), ENOENT);
}

static void
siblings_differ_in_name_and_cousins_need_not(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 1, 0);
	ration_counter_t b = make_counter(f->d, f->root, "b", 1, 0);
	ration_counter_t ax = make_counter(f->d, a, "x", 1, 0);
	ration_counter_t bx = make_counter(f->d, b, "x", 1, 0);

	assert_true(ax != bx);
	assert_true(ration_counter_find(f->d, "a/x") == ax);
	assert_true(ration_counter_find(f->d, "b/x") == bx);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, a, "x", NULL), EEXIST);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, f->root, "b", NULL), EEXIST);
	assert_int_equal(info_of(f->d, a).nb_children, 1);
	/* A child may have the name of its parent. */
	assert_true(ration_counter_find(f->d, "a/x/x") == RATION_COUNTER_NONE);
	make_counter(f->d, ax, "x", 1, 0);
	assert_true(ration_counter_find(f->d, "a/x/x") != RATION_COUNTER_NONE);
}

static void
create_below_nothing_is_estale(void **state)
{
	struct fixture *f = *state;
	ration_counter_t stale = make_counter(f->d, f->root, "stale", 1, 0);

	assert_int_equal(ration_counter_destroy(f->d, stale, 0), 0);
	assert_errno(RATION_COUNTER_NONE,
		     ration_counter_create(f->d, RATION_COUNTER_NONE, "x", NULL), ESTALE);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, stale, "x", NULL), ESTALE);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, GARBAGE, "x", NULL), ESTALE);
}

static void
depth_ends_at_its_limit(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = f->root;
	unsigned int i;

	for (i = 1; i <= RATION_DEPTH_MAX; i++) {
		c = make_counter(f->d, c, "deeper", 100, 0);
		assert_int_equal(info_of(f->d, c).depth, i);
	}
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, c, "deeper", NULL), E2BIG);
	assert_int_equal(info_of(f->d, c).nb_children, 0);
	assert_int_equal(ration_try_charge(ration_lcore_shared(f->d), c, 100), 0);
	for (; c != RATION_COUNTER_NONE; c = info_of(f->d, c).parent)
		assert_int_equal(usage_of(f->d, c), 100);
}

static void
a_full_domain_takes_another_counter_after_a_destroy(void **state)
{
	struct fixture *f = *state;
	ration_counter_t last = RATION_COUNTER_NONE;
	char name[RATION_COUNTER_NAMESIZE];
	unsigned int i;

	for (i = 1; i < 1024; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		last = make_counter(f->d, f->root, name, 1, 0);
	}
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, last, "more", NULL), ENOSPC);
	assert_int_equal(info_of(f->d, last).nb_children, 0);
	assert_int_equal(ration_counter_destroy(f->d, ration_counter_find(f->d, "c500"), 0), 0);
	make_counter(f->d, last, "more", 1, 0);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, last, "yet", NULL), ENOSPC);
}

static void
find_walks_a_path_from_the_root(void **state)
{
	static const char *const missing[] = {"gold", "edge/gol", "edge/goldx", "edge/gold/voice/x",
					      "Edge", " edge"};
	static const char *const empty[] = {"/", "/edge", "edge/", "edge//gold", "//"};
	struct fixture *f = *state;
	ration_counter_t edge = make_counter(f->d, f->root, "edge", 1, 0);
	ration_counter_t gold = make_counter(f->d, edge, "gold", 1, 0);
	ration_counter_t voice = make_counter(f->d, gold, "voice", 1, 0);
	unsigned int i;

	assert_true(ration_counter_find(f->d, "") == f->root);
	assert_true(ration_counter_find(f->d, "edge") == edge);
	assert_true(ration_counter_find(f->d, "edge/gold") == gold);
	assert_true(ration_counter_find(f->d, "edge/gold/voice") == voice);
	for (i = 0; i < RTE_DIM(missing); i++)
		assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, missing[i]), ENOENT);
	for (i = 0; i < RTE_DIM(empty); i++)
		assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, empty[i]), EINVAL);
}

static void
find_refuses_endless_paths(void **state)
{
	struct fixture *f = *state;
	char *path = malloc(200001);
	unsigned int i;

	assert_non_null(path);
	for (i = 0; i < 200000; i += 2)
		memcpy(path + i, "a/", 2);
	path[199999] = '\0';
	make_counter(f->d, make_counter(f->d, f->root, "a", 1, 0), "a", 1, 0);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, path), ENOENT);
	memset(path, 'a', 200000);
	path[200000] = '\0';
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, path), EINVAL);
	free(path);
}

static void
path_is_what_find_takes(void **state)
{
	struct fixture *f = *state;
	ration_counter_t edge = make_counter(f->d, f->root, "edge", 1, 0);
	ration_counter_t gold = make_counter(f->d, edge, "gold", 1, 0);
	char path[16];

	assert_int_equal(ration_counter_path(f->d, gold, path, sizeof(path)), 9);
	assert_string_equal(path, "edge/gold");
	assert_int_equal(ration_counter_path(f->d, edge, path, sizeof(path)), 4);
	assert_string_equal(path, "edge");
	assert_int_equal(ration_counter_path(f->d, f->root, path, 1), 0);
	assert_string_equal(path, "");
}

static void
path_needs_room_for_all_of_it(void **state)
{
	struct fixture *f = *state;
	ration_counter_t edge = make_counter(f->d, f->root, "edge", 1, 0);
	ration_counter_t gold = make_counter(f->d, edge, "gold", 1, 0);
	char path[16];
	size_t size;

	assert_int_equal(ration_counter_path(f->d, gold, path, 10), 9);
	for (size = 0; size <= 9; size++) {
		memset(path, '#', sizeof(path));
		assert_int_equal(ration_counter_path(f->d, gold, path, size), -ENAMETOOLONG);
		/* No byte after the given size is written. */
		assert_int_equal(path[size], '#');
	}
	assert_int_equal(ration_counter_path(f->d, f->root, path, 0), -ENAMETOOLONG);
	assert_int_equal(ration_counter_path(f->d, GARBAGE, path, sizeof(path)), -ESTALE);
}

static void
longest_path_fits_its_buffer(void **state)
{
	struct fixture *f = *state;
	char name[RATION_COUNTER_NAMESIZE], path[RATION_DEPTH_MAX * RATION_COUNTER_NAMESIZE];
	ration_counter_t c = f->root;
	unsigned int i;

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (i = 0; i < RATION_DEPTH_MAX; i++)
		c = make_counter(f->d, c, name, 1, 0);
	assert_int_equal(ration_counter_path(f->d, c, path, sizeof(path)), sizeof(path) - 1);
	assert_int_equal(strlen(path), sizeof(path) - 1);
	assert_true(ration_counter_find(f->d, path) == c);
}

/* Position of a counter in the order of ration_counter_next(), from 0. */
static int
position_of(const struct ration_domain *d, ration_counter_t c)
{
	ration_counter_t i = RATION_COUNTER_NONE;
	int position = 0;

	for (;;) {
		i = ration_counter_next(d, i);
		if (i == c)
			return position;
		assert_true(i != RATION_COUNTER_NONE);
		position++;
	}
}

static void
next_visits_parents_first_and_siblings_in_order(void **state)
{
	struct fixture *f = *state;
	ration_counter_t b = make_counter(f->d, f->root, "b", 1, 0);
	ration_counter_t a = make_counter(f->d, f->root, "a", 1, 0);
	ration_counter_t b2 = make_counter(f->d, b, "2", 1, 0);
	ration_counter_t a1 = make_counter(f->d, a, "1", 1, 0);
	ration_counter_t b1 = make_counter(f->d, b, "1", 1, 0);
	ration_counter_t c = RATION_COUNTER_NONE;
	unsigned int n = 0;

	assert_int_equal(position_of(f->d, f->root), 0);
	assert_true(position_of(f->d, b) < position_of(f->d, a));
	assert_true(position_of(f->d, b2) < position_of(f->d, b1));
	assert_true(position_of(f->d, b) < position_of(f->d, b2));
	assert_true(position_of(f->d, a) < position_of(f->d, a1));
	while ((c = ration_counter_next(f->d, c)) != RATION_COUNTER_NONE)
		n++;
	assert_int_equal(n, 6);
}

static void
next_goes_on_after_destroy_and_create(void **state)
{
	struct fixture *f = *state;
	ration_counter_t first = make_counter(f->d, f->root, "first", 1, 0);
	ration_counter_t second = make_counter(f->d, f->root, "second", 1, 0);
	ration_counter_t third;

	assert_int_equal(ration_counter_destroy(f->d, first, 0), 0);
	assert_true(ration_counter_next(f->d, first) == RATION_COUNTER_NONE);
	assert_true(ration_counter_next(f->d, GARBAGE) == RATION_COUNTER_NONE);
	assert_int_equal(position_of(f->d, second), 1);
	/* The order holds also if the new counter has the index of the destroyed one. */
	third = make_counter(f->d, f->root, "third", 1, 0);
	assert_int_equal(position_of(f->d, second), 1);
	assert_int_equal(position_of(f->d, third), 2);
	assert_true(ration_counter_next(f->d, third) == RATION_COUNTER_NONE);
}

static void
handles_of_no_counter_are_refused_everywhere(void **state)
{
	static const ration_counter_t none[] = {RATION_COUNTER_NONE, GARBAGE, 1, 5000};
	struct fixture *f = *state;
	struct ration_counter_info info;
	struct ration_reading reading;
	char path[8];
	unsigned int i;

	for (i = 0; i < RTE_DIM(none); i++) {
		assert_int_equal(ration_counter_get(f->d, none[i], &info), -ESTALE);
		assert_int_equal(ration_counter_path(f->d, none[i], path, sizeof(path)), -ESTALE);
		assert_int_equal(ration_counter_set_max(f->d, none[i], 1, 0), -ESTALE);
		assert_int_equal(ration_counter_set_batch(f->d, none[i], 1), -ESTALE);
		assert_int_equal(ration_counter_reset_watermark(f->d, none[i]), -ESTALE);
		assert_int_equal(ration_counter_destroy(f->d, none[i], 0), -ESTALE);
		assert_int_equal(ration_read_sum(f->d, none[i], &reading), -ESTALE);
		assert_int_equal(ration_read(f->d, none[i], &reading), -ESTALE);
		assert_int_equal(ration_drain(f->d, none[i], 0, NULL), -ESTALE);
	}
}

static void
counter_none_can_be_neither_charged_nor_uncharged(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *lcs[] = {f->lc[0], ration_lcore_shared(f->d)};
	unsigned int i;

	for (i = 0; i < RTE_DIM(lcs); i++) {
		assert_int_equal(ration_try_charge(lcs[i], RATION_COUNTER_NONE, 1), -ESTALE);
		assert_int_equal(ration_charge_force(lcs[i], RATION_COUNTER_NONE, 1), -ESTALE);
		assert_int_equal(ration_uncharge(lcs[i], RATION_COUNTER_NONE, 1), -ESTALE);
		assert_int_equal(stats_of(lcs[i]).rejected, 3);
	}
	assert_int_equal(usage_of(f->d, f->root), 0);
}

static void
get_needs_a_destination(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ration_counter_get(f->d, f->root, NULL), -EINVAL);
}

/* The active bit of the stock entry may be any bit of a word of the bitmap, in any word. */
static void
a_first_child_ends_the_stock_of_any_entry(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c[100];
	char name[16];
	uint32_t i;

	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "c%u", i);
		c[i] = make_counter(f->d, f->root, name, 1000, 8);
		assert_int_equal(ration_try_charge(f->lc[0], c[i], 1), 0);
	}
	for (i = 0; i < RTE_DIM(c); i++) {
		assert_true(stock_of(f->d, c[i]) > 0);
		make_counter(f->d, c[i], "child", 1, 0);
		assert_int_equal(stock_of(f->d, c[i]), 0);
		assert_int_equal(usage_of(f->d, c[i]), 1);
	}
}

/* The index that was freed first is reused first, so that stale handles are detected longer. */
static void
indices_are_reused_in_the_order_in_which_they_were_freed(void **state)
{
	const struct ration_domain_params params = {.max_counters = 4, .max_members = 1};
	struct ration_domain *d = ration_domain_create("four", &params);
	ration_counter_t root, a, b, c, x, y;

	(void)state;
	assert_non_null(d);
	root = ration_domain_root(d);
	a = make_counter(d, root, "a", 1, 0);
	b = make_counter(d, root, "b", 1, 0);
	c = make_counter(d, root, "c", 1, 0);
	assert_int_equal(info_of(d, root).nb_children, 3);
	/* Destroy the last child, then the first one. */
	assert_int_equal(ration_counter_destroy(d, c, 0), 0);
	assert_int_equal(ration_counter_destroy(d, a, 0), 0);
	assert_int_equal(info_of(d, root).nb_children, 1);
	x = make_counter(d, root, "x", 1, 0);
	y = make_counter(d, root, "y", 1, 0);
	assert_int_equal((uint32_t)x, (uint32_t)c);
	assert_int_equal((uint32_t)y, (uint32_t)a);
	assert_true(ration_counter_next(d, root) == b);
	assert_true(ration_counter_next(d, b) == x);
	assert_true(ration_counter_next(d, x) == y);
	assert_true(ration_counter_next(d, y) == RATION_COUNTER_NONE);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(d, root, "z", NULL), ENOSPC);
	assert_int_equal(ration_domain_free(d), 0);
}

int
main(void)
{
	const struct CMUnitTest counter[] = {
		in_domain(create_without_params_gives_defaults),
		in_domain(create_takes_its_params),
		in_domain(each_member_left_out_selects_its_default),
		in_domain(computed_values_keep_their_meaning),
		in_domain(params_out_of_range_are_refused),
		in_domain(names_out_of_rule_are_refused),
		in_domain(names_within_the_rule_are_taken_to_the_byte),
		in_domain(siblings_differ_in_name_and_cousins_need_not),
		in_domain(create_below_nothing_is_estale),
		in_domain(depth_ends_at_its_limit),
		in_domain(a_full_domain_takes_another_counter_after_a_destroy),
		in_domain(find_walks_a_path_from_the_root),
		in_domain(find_refuses_endless_paths),
		in_domain(path_is_what_find_takes),
		in_domain(path_needs_room_for_all_of_it),
		in_domain(longest_path_fits_its_buffer),
		in_domain(next_visits_parents_first_and_siblings_in_order),
		in_domain(next_goes_on_after_destroy_and_create),
		with_one_member(handles_of_no_counter_are_refused_everywhere),
		with_one_member(counter_none_can_be_neither_charged_nor_uncharged),
		in_domain(get_needs_a_destination),
		with_one_member(a_first_child_ends_the_stock_of_any_entry),
		in_domain(indices_are_reused_in_the_order_in_which_they_were_freed),
	};

	if (test_eal_start("counter", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(counter, NULL, NULL));
}
