/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Destroying a counter with all counters below it. */

#include <errno.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_errno.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

/* Counters edge, edge/a, edge/a/x, edge/a/y, edge/b, and beside. */
struct family {
	ration_counter_t edge, a, x, y, b, beside;
};

static struct family
make_family(const struct fixture *f)
{
	struct family t;

	t.edge = make_counter(f->d, f->root, "edge", 10000, 16);
	t.a = make_counter(f->d, t.edge, "a", 5000, 16);
	t.x = make_counter(f->d, t.a, "x", 1000, 16);
	t.y = make_counter(f->d, t.a, "y", 1000, 16);
	t.b = make_counter(f->d, t.edge, "b", 1000, 16);
	t.beside = make_counter(f->d, f->root, "beside", 1000, 16);
	return t;
}

static uint32_t
nb_counters(const struct ration_domain *d)
{
	ration_counter_t c = RATION_COUNTER_NONE;
	uint32_t nb = 0;

	while ((c = ration_counter_next(d, c)) != RATION_COUNTER_NONE)
		nb++;
	return nb;
}

static void
a_subtree_without_granted_units_goes_as_a_whole(void **state)
{
	struct fixture *f = *state;
	struct family t = make_family(f);
	const ration_counter_t gone[] = {t.edge, t.a, t.x, t.y, t.b};
	struct ration_counter_info info;
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], t.x, 5), 0);
	assert_int_equal(ration_try_charge(f->lc[1], t.b, 5), 0);
	assert_int_equal(ration_uncharge(f->lc[0], t.x, 5), 0);
	assert_int_equal(ration_uncharge(f->lc[1], t.b, 5), 0);
	assert_true(stock_of(f->d, t.edge) > 0);
	assert_int_equal(ration_counter_destroy(f->d, t.edge, 0), -EBUSY);
	assert_int_equal(ration_counter_destroy(f->d, t.edge, RATION_DESTROY_RECURSIVE), 0);
	for (i = 0; i < RTE_DIM(gone); i++) {
		assert_int_equal(ration_counter_get(f->d, gone[i], &info), -ESTALE);
		assert_int_equal(ration_try_charge(f->lc[0], gone[i], 1), -ESTALE);
	}
	assert_int_equal(nb_counters(f->d), 2);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, "edge/a/x"), ENOENT);
	/* Names and indices are free. */
	make_family(
		&(struct fixture){.d = f->d, .root = make_counter(f->d, f->root, "again", 1, 0)});
	assert_sound(f->d);
}

static void
one_granted_unit_anywhere_keeps_the_whole_subtree(void **state)
{
	struct fixture *f = *state;
	struct family t = make_family(f);
	const ration_counter_t all[] = {t.edge, t.a, t.x, t.y, t.b};
	unsigned int i, j;

	for (i = 0; i < RTE_DIM(all); i++) {
		assert_int_equal(ration_try_charge(f->lc[0], all[i], 1), 0);
		assert_int_equal(ration_counter_destroy(f->d, t.edge, RATION_DESTROY_RECURSIVE),
				 -EBUSY);
		assert_int_equal(nb_counters(f->d), 7);
		/* None of them is being destroyed. */
		for (j = 0; j < RTE_DIM(all); j++) {
			assert_int_equal(ration_try_charge(f->lc[1], all[j], 3), 0);
			assert_int_equal(ration_uncharge(f->lc[1], all[j], 3), 0);
		}
		assert_int_equal(ration_uncharge(f->lc[0], all[i], 1), 0);
	}
	assert_true(ration_counter_find(f->d, "edge/a/y") == t.y);
	assert_int_equal(ration_counter_destroy(f->d, t.edge, RATION_DESTROY_RECURSIVE), 0);
	assert_int_equal(nb_counters(f->d), 2);
	assert_sound(f->d);
}

/* What has units, and what is above it, stays without a name until the last unit is back. */
static void
with_keep_units_the_empty_part_goes_at_once(void **state)
{
	const uint32_t flags = RATION_DESTROY_RECURSIVE | RATION_DESTROY_KEEP_UNITS;
	struct fixture *f = *state;
	struct family t = make_family(f);
	struct ration_counter_info info;

	assert_int_equal(ration_try_charge(f->lc[0], t.x, 7), 0);
	assert_int_equal(ration_counter_destroy(f->d, t.edge, flags), 0);
	assert_int_equal(ration_counter_get(f->d, t.y, &info), -ESTALE);
	assert_int_equal(ration_counter_get(f->d, t.b, &info), -ESTALE);
	assert_int_equal(info_of(f->d, t.x).flags, RATION_COUNTER_OFFLINE);
	assert_int_equal(info_of(f->d, t.a).flags, RATION_COUNTER_OFFLINE);
	assert_int_equal(info_of(f->d, t.edge).flags, RATION_COUNTER_OFFLINE);
	assert_int_equal(nb_counters(f->d), 5);
	assert_int_equal(usage_of(f->d, f->root), 7);
	assert_int_equal(ration_try_charge(f->lc[0], t.x, 1), -ENOENT);
	assert_int_equal(ration_try_charge(f->lc[0], t.edge, 1), -ENOENT);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, "edge"), ENOENT);
	make_counter(f->d, f->root, "edge", 10, 0);
	assert_int_equal(ration_uncharge(f->lc[0], t.x, 7), 0);
	/* Later control calls release them, children first. */
	make_counter(f->d, f->root, "one", 10, 0);
	make_counter(f->d, f->root, "two", 10, 0);
	make_counter(f->d, f->root, "three", 10, 0);
	assert_int_equal(ration_counter_get(f->d, t.edge, &info), -ESTALE);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_sound(f->d);
}

/* A part of the subtree was destroyed before, and its last unit has come back or not. */
static void
an_offline_counter_below_goes_too(void **state)
{
	struct fixture *f = *state;
	struct family t = make_family(f);

	assert_int_equal(ration_try_charge(f->lc[0], t.x, 7), 0);
	assert_int_equal(ration_counter_destroy(f->d, t.x, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(ration_counter_destroy(f->d, t.edge, RATION_DESTROY_RECURSIVE), -EBUSY);
	/* The offline counter is still being destroyed, the others are not. */
	assert_int_equal(ration_try_charge(f->lc[0], t.x, 1), -ENOENT);
	assert_int_equal(ration_try_charge(f->lc[0], t.y, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], t.y, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], t.x, 7), 0);
	assert_int_equal(ration_counter_destroy(f->d, t.edge, RATION_DESTROY_RECURSIVE), 0);
	assert_int_equal(nb_counters(f->d), 2);
	assert_sound(f->d);
}

static void
a_member_that_does_not_answer_keeps_the_whole_subtree(void **state)
{
	struct fixture *f = *state;
	const struct ration_domain_params params = {
		.max_counters = 16, .max_members = 4, .timeout_us = 20000};
	struct ration_domain *d = ration_domain_create("silent", &params);
	struct actor *actor = &f->actors[0];
	ration_counter_t top, child;

	assert_non_null(d);
	top = make_counter(d, ration_domain_root(d), "top", 1000, 0);
	child = make_counter(d, top, "child", 1000, 16);
	assert_int_equal(actor_start(actor, d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(actor));
	actor_poll(actor, false);
	assert_int_equal(ration_counter_destroy(d, top, RATION_DESTROY_RECURSIVE), -ETIMEDOUT);
	assert_int_equal(ration_try_charge(ration_lcore_shared(d), child, 1), 0);
	assert_int_equal(ration_uncharge(ration_lcore_shared(d), child, 1), 0);
	actor_stop(actor);
	assert_int_equal(ration_counter_destroy(d, top, RATION_DESTROY_RECURSIVE), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
a_large_subtree_goes_in_one_call(void **state)
{
	struct fixture *f = *state;
	ration_counter_t top = make_counter(f->d, f->root, "top", 100000, 0), group = top;
	char name[16];
	uint32_t i;

	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		if (i % 100 == 0)
			group = make_counter(f->d, top, name, 100000, 0);
		else
			assert_int_equal(ration_try_charge(f->lc[0],
							   make_counter(f->d, group, name, 100, 1),
							   0),
					 0);
	}
	assert_int_equal(ration_counter_destroy(f->d, top, RATION_DESTROY_RECURSIVE), 0);
	assert_int_equal(nb_counters(f->d), 1);
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
	assert_sound(f->d);
}

static void
the_root_and_unknown_flags_are_refused(void **state)
{
	struct fixture *f = *state;
	struct family t = make_family(f);

	assert_int_equal(ration_counter_destroy(f->d, f->root, RATION_DESTROY_RECURSIVE), -EPERM);
	assert_int_equal(ration_counter_destroy(f->d, t.edge, RATION_DESTROY_RECURSIVE << 1),
			 -EINVAL);
	assert_int_equal(nb_counters(f->d), 7);
}

int
main(void)
{
	const struct CMUnitTest subtree[] = {
		with_two_members(a_subtree_without_granted_units_goes_as_a_whole),
		with_two_members(one_granted_unit_anywhere_keeps_the_whole_subtree),
		with_one_member(with_keep_units_the_empty_part_goes_at_once),
		with_one_member(an_offline_counter_below_goes_too),
		in_domain(a_member_that_does_not_answer_keeps_the_whole_subtree),
		with_one_member(a_large_subtree_goes_in_one_call),
		in_domain(the_root_and_unknown_flags_are_refused),
	};

	if (test_eal_start("subtree", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(subtree, NULL, NULL));
}
