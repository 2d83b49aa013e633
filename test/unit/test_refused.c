/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Refused charges, counted for the counter that was charged. */

#include <errno.h>
#include <stdio.h>

#include <rte_common.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

static uint64_t
refused_of(const struct fixture *f, ration_counter_t c)
{
	return info_of(f->d, c).refused;
}

static void
a_refusal_counts_where_it_was_charged(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 10, 0);
	ration_counter_t a = make_counter(f->d, p, "a", 4, 0),
			 b = make_counter(f->d, p, "b", 20, 0);

	/* Its own limit. */
	assert_int_equal(ration_try_charge(f->lc[0], a, 5), -EDQUOT);
	/* The limit of its parent, twice, on two lcores. */
	assert_int_equal(ration_try_charge(f->lc[0], b, 11), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[1], b, 12), -EDQUOT);
	/* The parent itself. */
	assert_int_equal(ration_try_charge(f->lc[1], p, 11), -EDQUOT);
	assert_int_equal(refused_of(f, a), 1);
	assert_int_equal(refused_of(f, b), 2);
	assert_int_equal(refused_of(f, p), 1);
	assert_int_equal(refused_of(f, f->root), 0);
	assert_int_equal(failures_of(f->d, a), 1);
	assert_int_equal(failures_of(f->d, b), 0);
	assert_int_equal(failures_of(f->d, p), 3);
}

static void
every_way_to_charge_counts_once(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1, 0);
	const ration_counter_t burst[] = {c, f->root, c, c, c};
	uint8_t granted[RTE_DIM(burst)];

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_try_charge_burst(f->lc[0], burst, NULL, RTE_DIM(burst), granted),
			 1);
	assert_int_equal(refused_of(f, c), 4);
	assert_int_equal(ration_try_charge(ration_lcore_shared(f->d), c, 1), -EDQUOT);
	assert_int_equal(refused_of(f, c), 5);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 1, 0, NULL), -EDQUOT);
	assert_int_equal(refused_of(f, c), 6);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(refused_of(f, c), 7);
	/* A forced charge is not refused. */
	assert_int_equal(ration_charge_force(f->lc[0], c, 1), 0);
	assert_int_equal(refused_of(f, c), 7);
}

/* Several counters share a word of an lcore. */
static void
more_counters_than_words_are_counted_exactly(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c[3 * RATION_REFUSED_MAX + 5];
	char name[16];
	uint32_t i, turn;

	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "c%u", i);
		c[i] = make_counter(f->d, f->root, name, 0, 0);
	}
	for (turn = 0; turn < 5; turn++) {
		for (i = 0; i < RTE_DIM(c); i += 1 + i % (turn + 1))
			assert_int_equal(ration_try_charge(f->lc[turn % 2], c[i], 1), -EDQUOT);
	}
	for (i = 0; i < RTE_DIM(c); i++)
		assert_int_equal(refused_of(f, c[i]), failures_of(f->d, c[i]));
}

static void
the_number_stays_when_the_lcore_leaves(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 0, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(ration_lcore_unregister(f->lc[0]), 0);
	assert_int_equal(refused_of(f, c), 1);
	f->lc[0] = ration_lcore_register_extra(f->d);
	assert_non_null(f->lc[0]);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(refused_of(f, c), 2);
}

/* The new counter has the index of the old one, and an lcore still has a word of the old one. */
static void
a_new_counter_starts_at_zero(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_members = 1};
	struct ration_domain *d = ration_domain_create("reuse", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d);
	ration_counter_t old, next;

	(void)state;
	old = make_counter(d, ration_domain_root(d), "old", 0, 0);
	assert_int_equal(ration_try_charge(lc, old, 1), -EDQUOT);
	assert_int_equal(ration_try_charge(ration_lcore_shared(d), old, 1), -EDQUOT);
	assert_int_equal(info_of(d, old).refused, 2);
	assert_int_equal(ration_counter_destroy(d, old, 0), 0);
	next = make_counter(d, ration_domain_root(d), "next", 0, 0);
	assert_int_equal((uint32_t)next, (uint32_t)old);
	assert_int_equal(info_of(d, next).refused, 0);
	assert_int_equal(ration_try_charge(lc, old, 1), -ESTALE);
	assert_int_equal(ration_try_charge(lc, next, 1), -EDQUOT);
	assert_int_equal(info_of(d, next).refused, 1);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* A destroy that fails leaves the number, whatever word was needed meanwhile. */
static void
a_counter_that_is_being_destroyed_keeps_its_number(void **state)
{
	struct fixture *f = *state;
	ration_counter_t first = make_counter(f->d, f->root, "first", 0, 0), same;
	char name[16];
	uint32_t i;

	for (i = 1; i < RATION_REFUSED_MAX; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		make_counter(f->d, f->root, name, 0, 0);
	}
	same = make_counter(f->d, f->root, "same word", 0, 0);
	assert_int_equal((uint32_t)same % RATION_REFUSED_MAX, (uint32_t)first % RATION_REFUSED_MAX);
	assert_int_equal(ration_try_charge(f->lc[0], first, 1), -EDQUOT);
	ration_counter_change_flags(ration_resolve(f->d, first), COUNTER_DYING, 0);
	assert_int_equal(ration_try_charge(f->lc[0], first, 1), -ENOENT);
	assert_int_equal(ration_try_charge(f->lc[0], same, 1), -EDQUOT);
	assert_int_equal(refused_of(f, first), 1);
	assert_int_equal(refused_of(f, same), 1);
	ration_counter_change_flags(ration_resolve(f->d, first), 0, COUNTER_DYING);
	assert_int_equal(ration_try_charge(f->lc[0], same, 1), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], first, 1), -EDQUOT);
	assert_int_equal(refused_of(f, first), 2);
	assert_int_equal(refused_of(f, same), 2);
}

/* An owner that died in the middle of a move does not keep a reader. */
static void
an_unfinished_move_does_not_keep_a_reader(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 0, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(ration_load(&ration_workspace(f->lc[0])->refused_moves, relaxed) & 1, 0);
	ration_fetch_add(&ration_workspace(f->lc[0])->refused_moves, 1, relaxed);
	assert_int_equal(refused_of(f, c), 1);
	ration_fetch_add(&ration_workspace(f->lc[0])->refused_moves, 1, relaxed);
}

int
main(void)
{
	const struct CMUnitTest refused[] = {
		with_two_members(a_refusal_counts_where_it_was_charged),
		with_one_member(every_way_to_charge_counts_once),
		with_two_members(more_counters_than_words_are_counted_exactly),
		with_one_member(the_number_stays_when_the_lcore_leaves),
		cmocka_unit_test(a_new_counter_starts_at_zero),
		with_one_member(a_counter_that_is_being_destroyed_keeps_its_number),
		with_one_member(an_unfinished_move_does_not_keep_a_reader),
	};

	if (test_eal_start("refused", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(refused, NULL, NULL));
}
