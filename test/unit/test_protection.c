/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Effective protection: figures of the kernel's own tests, and random trees compared with a second
 * implementation that is slow and obvious.
 */

#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "prng.h"
#include "ration_pvt.h"

#define MIB (UINT64_C(1) << 20)
#define ROWS_MAX 64

static ration_counter_t
add(struct fixture *f, ration_counter_t parent, const char *name, uint64_t usage, uint64_t min,
    uint64_t low)
{
	const struct ration_counter_params params = {
		.min = min, .low = low, .flags = RATION_COUNTER_DIRECT};
	ration_counter_t c = ration_counter_create(f->d, parent, name, &params);

	assert_true(c != RATION_COUNTER_NONE);
	assert_int_equal(ration_try_charge(ration_lcore_shared(f->d), c, usage), 0);
	return c;
}

static struct ration_protection_row
row_of(struct fixture *f, ration_counter_t top, ration_counter_t c, uint32_t flags)
{
	struct ration_protection_row rows[ROWS_MAX];
	int nb = ration_protection(f->d, top, flags, rows, RTE_DIM(rows)), i;

	for (i = 0; i < nb; i++) {
		if (rows[i].counter == c)
			return rows[i];
	}
	fail_msg("there is no row");
	return rows[0];
}

/*
 * The tree of test_memcg_protection in the kernel: B below A may protect 50 M, and has 4 children.
 * The claims that are used are 50 M of C (of 75 M) and 25 M of D, together 75 M: more than 50 M.
 * So C has 50 x 50 / 75 = 33.33 M, D has 25 x 50 / 75 = 16.66 M.
 */
static void
claims_that_exceed_the_parent_s_share_it(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = add(f, f->root, "a", 0, 0, 0);
	ration_counter_t b = add(f, a, "b", 0, 50 * MIB, 50 * MIB);
	ration_counter_t c = add(f, b, "c", 50 * MIB, 75 * MIB, 75 * MIB);
	ration_counter_t d = add(f, b, "d", 50 * MIB, 25 * MIB, 25 * MIB);
	ration_counter_t e = add(f, b, "e", 50 * MIB, 0, 0);
	ration_counter_t g = add(f, b, "g", 0, 500 * MIB, 500 * MIB);
	struct ration_protection_row row;
	uint32_t flags;

	for (flags = 0; flags <= RATION_PROTECTION_RECURSIVE; flags++) {
		row = row_of(f, a, b, flags);
		assert_int_equal(row.depth, 1);
		assert_true(row.parent == a);
		assert_int_equal(row.usage, 150 * MIB);
		assert_int_equal(row.children_min, 75 * MIB);
		assert_int_equal(row.emin, 50 * MIB);
		row = row_of(f, a, c, flags);
		assert_int_equal(row.emin, 50 * MIB * 50 / 75);
		assert_int_equal(row.elow, row.emin);
		assert_int_equal(row_of(f, a, d, flags).emin, 25 * MIB * 50 / 75);
		assert_int_equal(row_of(f, a, e, flags).emin, 0);
		assert_int_equal(row_of(f, a, g, flags).emin, 0); /* No usage. */
	}
	/* The claim of the counter that lacks room does not count; its children have theirs. */
	assert_int_equal(row_of(f, b, c, 0).emin, 75 * MIB);
	assert_int_equal(row_of(f, b, d, 0).emin, 25 * MIB);
}

/*
 * After reclaim the kernel's test finds C at about 29 M and D at 21 M. With these usages the claims
 * are 29 M and 21 M, exactly what B may protect: so nothing more goes.
 */
static void
reclaim_ends_where_usage_is_protected(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = add(f, f->root, "a", 0, 0, 0);
	ration_counter_t b = add(f, a, "b", 0, 50 * MIB, 0);
	ration_counter_t c = add(f, b, "c", 29 * MIB, 75 * MIB, 0);
	ration_counter_t d = add(f, b, "d", 21 * MIB, 25 * MIB, 0);

	assert_int_equal(row_of(f, a, c, 0).emin, 29 * MIB);
	assert_int_equal(row_of(f, a, d, 0).emin, 21 * MIB);
}

/*
 * The parent may protect 100, the children claim 40 of 60 and 0 of 40: 60 are left, for 20 and 40
 * units above the claims. So 60 x 20 / 60 = 20 more for the first, 40 for the second.
 */
static void
what_nobody_claims_is_divided_only_on_request(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = add(f, f->root, "p", 0, 100, 30);
	ration_counter_t x = add(f, p, "x", 60, 40, 0);
	ration_counter_t y = add(f, p, "y", 40, 0, 0);

	assert_int_equal(row_of(f, f->root, x, 0).emin, 40);
	assert_int_equal(row_of(f, f->root, y, 0).emin, 0);
	assert_int_equal(row_of(f, f->root, x, RATION_PROTECTION_RECURSIVE).emin, 60);
	assert_int_equal(row_of(f, f->root, y, RATION_PROTECTION_RECURSIVE).emin, 40);
	/* low: 30 of the parent, no claims below: 30 x 60 / 100 = 18, 30 x 40 / 100 = 12. */
	assert_int_equal(row_of(f, f->root, x, RATION_PROTECTION_RECURSIVE).elow, 18);
	assert_int_equal(row_of(f, f->root, y, RATION_PROTECTION_RECURSIVE).elow, 12);
	assert_int_equal(row_of(f, f->root, x, 0).elow, 0);
}

/* An offline counter claims nothing, and its units are above all protection. */
static void
a_destroyed_counter_claims_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = add(f, f->root, "p", 0, 100, 100);
	ration_counter_t x = add(f, p, "x", 60, 40, 40), y = add(f, p, "y", 60, 40, 40);

	assert_int_equal(ration_counter_destroy(f->d, x, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(row_of(f, f->root, x, 0).usage, 60);
	assert_int_equal(row_of(f, f->root, x, 0).min, 0);
	assert_int_equal(row_of(f, f->root, x, 0).emin, 0);
	assert_int_equal(row_of(f, f->root, p, 0).children_low, 40);
	assert_int_equal(row_of(f, f->root, y, 0).elow, 40);
	assert_int_equal(ration_uncharge(ration_lcore_shared(f->d), x, 60), 0);
}

static void
claims_can_be_changed_and_read(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = add(f, f->root, "c", 10, 3, 4);

	assert_int_equal(info_of(f->d, c).min, 3);
	assert_int_equal(info_of(f->d, c).low, 4);
	assert_int_equal(ration_counter_set_min(f->d, c, RATION_UNLIMITED), 0);
	assert_int_equal(ration_counter_set_low(f->d, c, 0), 0);
	assert_true(info_of(f->d, c).min == RATION_UNLIMITED);
	assert_int_equal(info_of(f->d, c).low, 0);
	assert_int_equal(ration_counter_set_min(f->d, c, RATION_UNLIMITED + 1), -EINVAL);
	assert_int_equal(ration_counter_set_low(f->d, c, UINT64_MAX), -EINVAL);
	assert_true(info_of(f->d, c).min == RATION_UNLIMITED);
	assert_int_equal(ration_counter_set_min(f->d, c + (UINT64_C(1) << 32), 1), -ESTALE);
	assert_true(row_of(f, f->root, c, 0).emin == RATION_UNLIMITED);
}

static void
an_array_may_be_too_small(void **state)
{
	struct fixture *f = *state;
	struct ration_protection_row rows[3], one;
	ration_counter_t p = add(f, f->root, "p", 0, 100, 0);

	add(f, p, "x", 60, 40, 0);
	add(f, p, "y", 60, 40, 0);
	assert_int_equal(ration_protection(f->d, f->root, 0, NULL, 0), 3);
	assert_int_equal(ration_protection(f->d, f->root, 0, rows, 3), 3);
	memset(&one, 0x5a, sizeof(one));
	rows[2] = one;
	assert_int_equal(ration_protection(f->d, f->root, 0, rows, 2), 3);
	assert_memory_equal(&rows[2], &one, sizeof(one));
	assert_int_equal(rows[1].emin, 40);
	assert_int_equal(ration_protection(f->d, p, 2, rows, 3), -EINVAL);
	assert_int_equal(ration_protection(f->d, p, 0, NULL, 1), -EINVAL);
	assert_int_equal(ration_protection(f->d, p + (UINT64_C(1) << 32), 0, rows, 3), -ESTALE);
	assert_int_equal(ration_protection(f->d, rows[1].counter, 0, rows, 3), 0);
}

static void
a_corrupted_tree_is_reported(void **state)
{
	struct fixture *f = *state;
	struct ration_protection_row rows[ROWS_MAX];
	ration_counter_t p = add(f, f->root, "p", 0, 100, 0), x = add(f, p, "x", 60, 40, 0);
	struct node *parent = ration_node_at(f->d, (uint32_t)p);
	struct node *child = ration_node_at(f->d, (uint32_t)x);
	uint32_t first = parent->first_child;

	parent->first_child = 1u << 30;
	assert_int_equal(ration_protection(f->d, f->root, 0, rows, ROWS_MAX), -EPROTO);
	parent->first_child = first;
	child->next = (uint32_t)x;
	assert_int_equal(ration_protection(f->d, f->root, 0, rows, ROWS_MAX), -EPROTO);
	child->next = RATION_INDEX_NONE;
	assert_int_equal(ration_protection(f->d, f->root, 0, rows, ROWS_MAX), 2);
}

/* ---- a second implementation: from the bottom up, each value by its definition */

struct tree {
	struct fixture *f;
	uint32_t nb;
	ration_counter_t c[ROWS_MAX];
	uint32_t parent[ROWS_MAX];
	uint64_t own[ROWS_MAX], claim[ROWS_MAX][2];
};

static uint64_t
usage_in(const struct tree *t, uint32_t i)
{
	uint64_t sum = t->own[i];
	uint32_t k;

	for (k = i + 1; k < t->nb; k++) {
		if (t->parent[k] == i)
			sum += usage_in(t, k);
	}
	return sum;
}

static uint64_t
expected(const struct tree *t, uint32_t i, uint32_t kind, bool recursive)
{
	const uint64_t usage = usage_in(t, i), used = RTE_MIN(usage, t->claim[i][kind]);
	uint32_t parent = t->parent[i], k;
	uint64_t siblings = 0, above, rest;

	if (usage == 0)
		return 0;
	if (parent == 0)
		return t->claim[i][kind];
	for (k = 1; k < t->nb; k++) {
		if (t->parent[k] == parent)
			siblings += RTE_MIN(usage_in(t, k), t->claim[k][kind]);
	}
	above = expected(t, parent, kind, recursive);
	if (siblings > above)
		return used * above / siblings;
	if (!recursive || usage_in(t, parent) == siblings)
		return used;
	rest = (above - siblings) * (usage - used) / (usage_in(t, parent) - siblings);
	return used + rest;
}

static void
random_trees_have_the_expected_protection(void **state)
{
	struct tree t = {.f = *state};
	struct ration_protection_row row;
	uint32_t round, i, kind, depth[ROWS_MAX];
	struct prng prng = {7};
	char name[8];

	for (round = 0; round < 200; round++) {
		t.nb = 1;
		t.c[0] = t.f->root;
		depth[0] = 0;
		for (; t.nb < 12; t.nb++) {
			i = t.nb;
			do
				t.parent[i] = (uint32_t)prng_below(&prng, i);
			while (depth[t.parent[i]] == RATION_DEPTH_MAX);
			depth[i] = depth[t.parent[i]] + 1;
			t.own[i] = prng_below(&prng, 4) == 0 ? 0 : prng_below(&prng, 100);
			for (kind = 0; kind < 2; kind++)
				t.claim[i][kind] =
					prng_below(&prng, 3) == 0 ? 0 : prng_below(&prng, 120);
			snprintf(name, sizeof(name), "%u", i);
			t.c[i] = add(t.f, t.c[t.parent[i]], name, t.own[i], t.claim[i][0],
				     t.claim[i][1]);
		}
		for (i = 1; i < t.nb; i++) {
			row = row_of(t.f, t.f->root, t.c[i], round % 2);
			assert_int_equal(row.usage, usage_in(&t, i));
			assert_int_equal(row.emin, expected(&t, i, 0, round % 2));
			assert_int_equal(row.elow, expected(&t, i, 1, round % 2));
		}
		for (i = t.nb - 1; i > 0; i--) {
			assert_int_equal(
				ration_uncharge(ration_lcore_shared(t.f->d), t.c[i], t.own[i]), 0);
			assert_int_equal(ration_counter_destroy(t.f->d, t.c[i], 0), 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest protection[] = {
		in_domain(claims_that_exceed_the_parent_s_share_it),
		in_domain(reclaim_ends_where_usage_is_protected),
		in_domain(what_nobody_claims_is_divided_only_on_request),
		in_domain(a_destroyed_counter_claims_nothing),
		in_domain(claims_can_be_changed_and_read),
		in_domain(an_array_may_be_too_small),
		in_domain(a_corrupted_tree_is_reported),
		in_domain(random_trees_have_the_expected_protection),
	};

	if (test_eal_start("protection", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(protection, NULL, NULL));
}
