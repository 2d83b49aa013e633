/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Destroying counters, and the handles of destroyed counters. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_memory.h>
#include <rte_rcu_qsbr.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

static void
the_root_stays(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ration_counter_destroy(f->d, f->root, 0), -EPERM);
	assert_int_equal(ration_try_charge(f->lc[0], f->root, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], f->root, 1), 0);
}

static void
a_counter_with_children_stays(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);
	ration_counter_t child = make_counter(f->d, c, "child", 10, 0);

	assert_int_equal(ration_counter_destroy(f->d, c, 0), -EBUSY);
	assert_int_equal(ration_try_charge(f->lc[0], child, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], child, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, child, 0), 0);
	assert_int_equal(info_of(f->d, c).nb_children, 0);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
}

static void
a_counter_with_granted_units_stays_as_it_was(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 200, RATION_BATCH_DEFAULT);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), -EBUSY);
	assert_true(ration_counter_find(f->d, "c") == c);
	assert_int_equal(info_of(f->d, f->root).nb_children, 1);
	/* It is not being destroyed: charges up to the limit work, and it has stock. */
	assert_int_equal(ration_try_charge(f->lc[0], c, 9), 0);
	assert_true(stock_of(f->d, c) > 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 190), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -EDQUOT);
	assert_int_equal(ration_uncharge(f->lc[0], c, 200), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
}

static void
stock_does_not_keep_a_counter(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 5000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 4000, 64);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(ration_try_charge(f->lc[i], c, 3), 0);
		assert_int_equal(ration_uncharge(f->lc[i], c, 3), 0);
	}
	assert_true(usage_of(f->d, c) > 3);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(usage_of(f->d, p), 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, "p/c"), ENOENT);
}

static void
a_stale_handle_is_refused_everywhere(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 4);
	struct ration_counter_info info;
	struct ration_reading reading;
	char path[8];

	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(ration_counter_get(f->d, c, &info), -ESTALE);
	assert_int_equal(ration_counter_path(f->d, c, path, sizeof(path)), -ESTALE);
	assert_int_equal(ration_counter_set_max(f->d, c, 1, 0), -ESTALE);
	assert_int_equal(ration_counter_set_batch(f->d, c, 1), -ESTALE);
	assert_int_equal(ration_counter_reset_watermark(f->d, c), -ESTALE);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), -ESTALE);
	assert_int_equal(ration_read_sum(f->d, c, &reading), -ESTALE);
	assert_int_equal(ration_read(f->d, c, &reading), -ESTALE);
	assert_int_equal(ration_drain(f->d, c, 0, NULL), -ESTALE);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -ESTALE);
	assert_int_equal(ration_charge_force(f->lc[0], c, 1), -ESTALE);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), -ESTALE);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_int_equal(stats_of(f->lc[0]).rejected, 3);
}

/* The index is reused, and the new counter has stock on the lcore that uses the old handle. */
static void
a_stale_handle_does_not_reach_the_next_counter(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_members = 1};
	struct ration_domain *d = ration_domain_create("reuse", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d);
	ration_counter_t old = make_counter(d, ration_domain_root(d), "c", 1000, 64), next;
	struct ration_counter_info before, after;

	(void)state;
	assert_int_equal(ration_try_charge(lc, old, 1), 0);
	assert_int_equal(ration_uncharge(lc, old, 1), 0);
	assert_int_equal(ration_counter_destroy(d, old, 0), 0);
	next = make_counter(d, ration_domain_root(d), "c", 1000, 64);
	assert_int_equal((uint32_t)next, (uint32_t)old);
	assert_true(next != old);
	assert_int_equal(ration_try_charge(lc, next, 10), 0);
	assert_true(stock_of(d, next) > 1);
	before = info_of(d, next);

	assert_int_equal(ration_try_charge(lc, old, 1), -ESTALE);
	assert_int_equal(ration_charge_force(lc, old, 1), -ESTALE);
	assert_int_equal(ration_uncharge(lc, old, 1), -ESTALE);
	assert_int_equal(ration_try_charge(lc, old, 500), -ESTALE);
	assert_int_equal(ration_uncharge(lc, old, 500), -ESTALE);
	assert_int_equal(ration_try_charge_burst(lc, &old, NULL, 1, &(uint8_t){0}), 0);
	assert_int_equal(ration_uncharge_burst(lc, &old, NULL, 1), 0);
	assert_int_equal(ration_drain(d, old, 0, NULL), -ESTALE);
	assert_int_equal(ration_counter_destroy(d, old, 0), -ESTALE);
	after = info_of(d, next);
	assert_same_info(&before, &after);
	assert_int_equal(stats_of(lc).rejected, 7);
	assert_int_equal(after.usage, 10 + stock_of(d, next));

	assert_int_equal(ration_uncharge(lc, next, 10), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(usage_of(d, ration_domain_root(d)), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* As above, for every generation that a stock entry can distinguish. */
static void
stale_handles_stay_stale_for_thousands_of_counters(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_members = 1};
	struct ration_domain *d = ration_domain_create("reuse", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d);
	ration_counter_t first = make_counter(d, ration_domain_root(d), "c", 1000, 64), c = first;
	unsigned int i;

	(void)state;
	for (i = 1; i < 1u << (32 - RATION_CAP_BITS); i++) {
		assert_int_equal(ration_counter_destroy(d, c, 0), 0);
		c = make_counter(d, ration_domain_root(d), "c", 1000, 64);
		assert_true(c != first);
		assert_int_equal(ration_try_charge(lc, c, 1), 0);
		assert_int_equal(ration_try_charge(lc, first, 1), -ESTALE);
		assert_int_equal(ration_uncharge(lc, first, 1), -ESTALE);
		assert_int_equal(ration_uncharge(lc, c, 1), 0);
	}
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
a_stock_entry_activated_before_destroy_serves_the_next_counter(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_members = 1};
	struct ration_domain *d = ration_domain_create("reused", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d);
	ration_counter_t c = make_counter(d, ration_domain_root(d), "big", 100000, 1000);
	unsigned int i;

	(void)state;
	assert_int_equal(ration_try_charge(lc, c, 1), 0);
	assert_int_equal(ration_uncharge(lc, c, 1), 0);
	assert_int_equal(ration_counter_destroy(d, c, 0), 0);
	/* Neither the stock nor the cap of the destroyed counter remains. */
	c = make_counter(d, ration_domain_root(d), "none", 3, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(ration_try_charge(lc, c, 1), 0);
	assert_int_equal(ration_try_charge(lc, c, 1), -EDQUOT);
	assert_int_equal(ration_uncharge(lc, c, 2), 0);
	assert_int_equal(usage_of(d, c), 1);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
a_new_counter_of_the_same_name_starts_empty(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);
	struct ration_counter_info info;

	assert_int_equal(ration_try_charge(f->lc[0], c, 11), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 10), 0);
	assert_int_equal(ration_charge_force(f->lc[0], c, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 12), -ERANGE);
	assert_int_equal(ration_uncharge(f->lc[0], c, 11), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	info = info_of(f->d, make_counter(f->d, f->root, "c", 20, 0));
	assert_int_equal(info.max, 20);
	assert_int_equal(info.usage, 0);
	assert_int_equal(info.watermark, 0);
	assert_int_equal(info.failures, 0);
	assert_int_equal(info.forced, 0);
	assert_int_equal(info.rejected, 0);
}

/* The domain has one index beside the root, so the next counter reuses it. */
static void
a_reused_index_inherits_nothing(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_members = 1};
	struct ration_domain *d = ration_domain_create("reuse", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d), *shared = ration_lcore_shared(d);
	ration_counter_t c = make_counter(d, ration_domain_root(d), "c", 10, 0);
	struct ration_counter_info info;

	(void)state;
	assert_int_equal(ration_try_charge(lc, c, 11), -EDQUOT);
	assert_int_equal(ration_charge_force(lc, c, 11), 0);
	assert_int_equal(ration_uncharge(lc, c, 12), -ERANGE);
	/*
	 * Charged on an lcore, uncharged through the shared area: each of the two ledgers is off.
	 */
	assert_int_equal(ration_uncharge(shared, c, 11), 0);
	assert_int_equal(ration_counter_destroy(d, c, 0), 0);
	c = make_counter(d, ration_domain_root(d), "c", 20, 0);
	info = info_of(d, c);
	assert_int_equal(info.usage, 0);
	assert_int_equal(info.watermark, 0);
	assert_int_equal(info.failures, 0);
	assert_int_equal(info.forced, 0);
	assert_int_equal(info.rejected, 0);
	assert_int_equal(ration_load(&ration_counter_at(d, (uint32_t)c)->over_max_ok, relaxed), 0);
	assert_sound(d);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
a_counter_without_children_left_has_stock_again(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 8);
	ration_counter_t child = make_counter(f->d, c, "child", 1000, 8);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(stock_of(f->d, c), 0);
	assert_int_equal(ration_counter_destroy(f->d, child, 0), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_true(stock_of(f->d, c) > 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 2), 0);
}

static void
ten_thousand_lives_leak_no_index(void **state)
{
	const struct ration_domain_params params = {.max_counters = 4, .max_members = 2};
	struct ration_domain *d = ration_domain_create("lives", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d);
	ration_counter_t p = make_counter(d, ration_domain_root(d), "p", 1000, 0);
	unsigned int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		ration_counter_t a = make_counter(d, p, "a", 1000, 8);
		ration_counter_t b = make_counter(d, p, "b", 1000, 8);

		assert_int_equal(ration_try_charge(lc, a, 5), 0);
		assert_int_equal(ration_uncharge(lc, a, 5), 0);
		assert_int_equal(ration_counter_destroy(d, i % 2 ? a : b, 0), 0);
		assert_int_equal(ration_counter_destroy(d, i % 2 ? b : a, 0), 0);
	}
	assert_int_equal(usage_of(d, ration_domain_root(d)), 0);
	assert_int_equal(info_of(d, p).nb_children, 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
children_may_be_destroyed_in_any_order(void **state)
{
	static const unsigned int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
						 {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct fixture *f = *state;
	ration_counter_t c[3];
	unsigned int i;

	for (i = 0; i < RTE_DIM(orders); i++) {
		c[0] = make_counter(f->d, f->root, "0", 1, 0);
		c[1] = make_counter(f->d, f->root, "1", 1, 0);
		c[2] = make_counter(f->d, f->root, "2", 1, 0);
		assert_int_equal(ration_counter_destroy(f->d, c[orders[i][0]], 0), 0);
		assert_true(ration_counter_find(f->d, info_of(f->d, c[orders[i][1]]).name) ==
			    c[orders[i][1]]);
		assert_int_equal(ration_counter_destroy(f->d, c[orders[i][1]], 0), 0);
		assert_true(ration_counter_next(f->d, f->root) == c[orders[i][2]]);
		assert_int_equal(ration_counter_destroy(f->d, c[orders[i][2]], 0), 0);
		assert_true(ration_counter_next(f->d, f->root) == RATION_COUNTER_NONE);
	}
}

/* An uncharge through the old handle reaches the offline counter. */
static void
units_of_a_destroyed_counter_stay_with_its_ancestors(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 64), next;

	assert_int_equal(ration_try_charge(f->lc[0], c, 10), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, RATION_DESTROY_RECURSIVE << 1), -EINVAL);
	assert_int_equal(ration_counter_destroy(f->d, c, RATION_DESTROY_KEEP_UNITS), 0);
	/* An offline counter has no stock and no name, and refuses charges. */
	assert_int_equal(usage_of(f->d, p), 10);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, "p/c"), ENOENT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -ENOENT);
	assert_int_equal(ration_charge_force(f->lc[0], c, 1), -ENOENT);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 1, 0, NULL), -ENOENT);
	assert_true(info_of(f->d, c).flags & RATION_COUNTER_OFFLINE);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, c, "x", NULL), ESTALE);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), -ESTALE);
	assert_int_equal(ration_counter_destroy(f->d, p, 0), -EBUSY);
	assert_sound(f->d);
	next = make_counter(f->d, p, "c", 1000, 64);
	assert_true(next != c);
	assert_true(ration_counter_find(f->d, "p/c") == next);
	assert_int_equal(ration_uncharge(f->lc[0], c, 4), 0);
	assert_int_equal(ration_uncharge(f->lc[1], c, 7), -ERANGE);
	assert_int_equal(usage_of(f->d, p), 6);
	assert_int_equal(ration_uncharge(f->lc[1], c, 6), 0);
	assert_int_equal(usage_of(f->d, p), 0);
	/* The next control call releases the offline counter; the new one stays. */
	assert_int_equal(ration_counter_destroy(f->d, f->root, 0), -EPERM);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), -ESTALE);
	assert_int_equal(info_of(f->d, p).nb_children, 1);
	assert_true(ration_counter_find(f->d, "p/c") == next);
	assert_int_equal(ration_counter_destroy(f->d, next, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(ration_counter_destroy(f->d, p, 0), 0);
}

static void
a_whole_subtree_can_be_destroyed_with_its_units(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], c, 10), 0);
	assert_int_equal(ration_counter_destroy(f->d, p, RATION_DESTROY_KEEP_UNITS), -EBUSY);
	assert_int_equal(ration_counter_destroy(f->d, c, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(ration_counter_destroy(f->d, p, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(usage_of(f->d, f->root), 10);
	assert_sound(f->d);
	assert_int_equal(ration_uncharge(f->lc[0], c, 10), 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
	/* One call may release the child, another one the parent. */
	assert_int_equal(ration_counter_destroy(f->d, f->root, 0), -EPERM);
	assert_int_equal(ration_counter_destroy(f->d, f->root, 0), -EPERM);
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
	assert_int_equal(ration_uncharge(f->lc[0], p, 1), -ESTALE);
}

/* The domain holds 1024 counters: each iteration needs the indices of released counters. */
static void
released_counters_free_their_indices(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c[1023];
	uint32_t round, i;
	char name[16];

	for (round = 0; round < 3; round++) {
		for (i = 0; i < RTE_DIM(c); i++) {
			snprintf(name, sizeof(name), "c%u", i);
			c[i] = make_counter(f->d, f->root, name, 1000, 8);
			assert_int_equal(ration_try_charge(f->lc[i % 2], c[i], 1), 0);
		}
		assert_errno(RATION_COUNTER_NONE,
			     ration_counter_create(f->d, f->root, "more", NULL), ENOSPC);
		for (i = 0; i < RTE_DIM(c); i++)
			assert_int_equal(
				ration_counter_destroy(f->d, c[i], RATION_DESTROY_KEEP_UNITS), 0);
		assert_errno(RATION_COUNTER_NONE,
			     ration_counter_create(f->d, f->root, "more", NULL), ENOSPC);
		assert_int_equal(usage_of(f->d, f->root), RTE_DIM(c));
		for (i = 0; i < RTE_DIM(c); i++)
			assert_int_equal(ration_uncharge(f->lc[0], c[i], 1), 0);
	}
	assert_int_equal(usage_of(f->d, f->root), 0);
}

/*
 * Number of offline counters: so many that one control call does not check the counters after them.
 */
#define NB_OFFLINE 8

static void
make_offline_counters(const struct fixture *f, ration_counter_t *offline)
{
	char name[16];
	uint32_t i;

	for (i = 0; i < NB_OFFLINE; i++) {
		snprintf(name, sizeof(name), "offline%u", i);
		offline[i] = make_counter(f->d, f->root, name, 1000, 0);
		assert_int_equal(ration_try_charge(f->lc[0], offline[i], 1), 0);
		assert_int_equal(
			ration_counter_destroy(f->d, offline[i], RATION_DESTROY_KEEP_UNITS), 0);
	}
}

static void
release_offline_counters(const struct fixture *f, const ration_counter_t *offline)
{
	uint32_t i;

	for (i = 0; i < NB_OFFLINE; i++)
		assert_int_equal(ration_uncharge(f->lc[0], offline[i], 1), 0);
	/* Each call checks some of the offline counters; the handle is stale. */
	for (i = 0; i < 4; i++)
		assert_int_equal(ration_counter_destroy(f->d, offline[0], 0), -ESTALE);
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
	assert_sound(f->d);
}

/* The units of the child have come back, but the child has not been released yet. */
static void
a_parent_is_not_released_before_its_children(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 0);
	ration_counter_t offline[NB_OFFLINE];

	make_offline_counters(f, offline);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	/* This call checks the other counters only. */
	assert_int_equal(ration_counter_destroy(f->d, p, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(info_of(f->d, p).nb_children, 1);
	assert_true(info_of(f->d, p).flags & RATION_COUNTER_OFFLINE);
	release_offline_counters(f, offline);
}

/* The parent is checked before its child. */
static void
a_destroyed_parent_waits_for_its_children(void **state)
{
	struct fixture *f = *state;
	ration_counter_t more = make_counter(f->d, f->root, "more", 1000, 0);
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 0);
	ration_counter_t offline[NB_OFFLINE];
	uint32_t i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_try_charge(f->lc[0], more, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(ration_counter_destroy(f->d, more, RATION_DESTROY_KEEP_UNITS), 0);
	make_offline_counters(f, offline);
	assert_int_equal(ration_counter_destroy(f->d, p, RATION_DESTROY_KEEP_UNITS), 0);
	/* Each call moves some of the eleven to the end, so each is the first one at some time. */
	for (i = 0; i < 11 && f->d->first_offline != (uint32_t)p; i++)
		assert_int_equal(ration_counter_destroy(f->d, c, 0), -ESTALE);
	assert_int_equal(f->d->first_offline, (uint32_t)p);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	/* The parent is checked before its child, and stays. */
	assert_int_equal(ration_counter_destroy(f->d, offline[0], 0), -ESTALE);
	assert_true(info_of(f->d, p).flags & RATION_COUNTER_OFFLINE);
	assert_int_equal(ration_uncharge(f->lc[0], more, 1), 0);
	release_offline_counters(f, offline);
}

/* A full domain finds the one offline counter without units among any number with units. */
static void
the_one_free_index_is_found(void **state)
{
	const struct ration_domain_params params = {.max_counters = 10, .max_members = 1};
	struct ration_domain *d = ration_domain_create("last", &params);
	struct ration_lcore *lc = ration_lcore_register_extra(d);
	ration_counter_t c[9];
	char name[16];
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "c%u", i);
		c[i] = make_counter(d, ration_domain_root(d), name, 1000, 0);
		assert_int_equal(ration_try_charge(lc, c[i], 1), 0);
	}
	for (i = 0; i < RTE_DIM(c); i++)
		assert_int_equal(ration_counter_destroy(d, c[i], RATION_DESTROY_KEEP_UNITS), 0);
	/* The first eight of the list are always checked. */
	for (i = d->first_offline; ration_node_at(d, i)->next_offline != RATION_INDEX_NONE;)
		i = ration_node_at(d, i)->next_offline;
	assert_int_equal(ration_uncharge(lc, ration_handle(d, i), 1), 0);
	make_counter(d, ration_domain_root(d), "more", 1, 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* Neither units, memory nor indices leak. */
static void
a_hundred_thousand_lives_leak_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c, stale = RATION_COUNTER_NONE;
	struct rte_malloc_socket_stats before, after;
	uint32_t i;

	for (i = 0; i < 100000; i++) {
		if (i == 2000)
			assert_int_equal(rte_malloc_get_socket_stats(0, &before), 0);
		c = make_counter(f->d, f->root, "c", 1000, 8);
		assert_int_equal(ration_try_charge(f->lc[i % 2], c, 1), 0);
		assert_int_equal(ration_uncharge(f->lc[(i + 1) % 2], c, 1), 0);
		assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
		assert_int_equal(ration_try_charge(f->lc[0], stale, 1), -ESTALE);
		stale = c;
	}
	assert_int_equal(rte_malloc_get_socket_stats(0, &after), 0);
	assert_int_equal(after.heap_allocsz_bytes, before.heap_allocsz_bytes);
	assert_int_equal(usage_of(f->d, f->root), 0);
	assert_int_equal(info_of(f->d, f->root).nb_children, 0);
}

/* The application reads with a handle: the counter is not destroyed before the reader is done. */
static void
destroy_waits_for_readers_of_the_application(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 4);
	struct rte_rcu_qsbr *qsbr = NULL;

	assert_int_equal(
		posix_memalign((void **)&qsbr, RTE_CACHE_LINE_SIZE, rte_rcu_qsbr_get_memsize(1)),
		0);
	assert_int_equal(rte_rcu_qsbr_init(qsbr, 1), 0);
	assert_int_equal(rte_rcu_qsbr_thread_register(qsbr, 0), 0);
	rte_rcu_qsbr_thread_online(qsbr, 0);
	assert_int_equal(ration_domain_set_qsbr(f->d, qsbr), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), -ETIMEDOUT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	rte_rcu_qsbr_thread_offline(qsbr, 0);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(ration_domain_set_qsbr(f->d, NULL), 0);
	free(qsbr);
}

int
main(void)
{
	const struct CMUnitTest destroy[] = {
		with_one_member(the_root_stays),
		with_one_member(a_counter_with_children_stays),
		with_one_member(a_counter_with_granted_units_stays_as_it_was),
		with_two_members(stock_does_not_keep_a_counter),
		with_one_member(a_stale_handle_is_refused_everywhere),
		cmocka_unit_test(a_stale_handle_does_not_reach_the_next_counter),
		cmocka_unit_test(stale_handles_stay_stale_for_thousands_of_counters),
		cmocka_unit_test(a_stock_entry_activated_before_destroy_serves_the_next_counter),
		with_one_member(a_new_counter_of_the_same_name_starts_empty),
		cmocka_unit_test(a_reused_index_inherits_nothing),
		with_one_member(a_counter_without_children_left_has_stock_again),
		cmocka_unit_test(ten_thousand_lives_leak_no_index),
		with_one_member(children_may_be_destroyed_in_any_order),
		with_two_members(units_of_a_destroyed_counter_stay_with_its_ancestors),
		with_two_members(a_whole_subtree_can_be_destroyed_with_its_units),
		with_two_members(released_counters_free_their_indices),
		with_one_member(a_parent_is_not_released_before_its_children),
		with_one_member(a_destroyed_parent_waits_for_its_children),
		cmocka_unit_test(the_one_free_index_is_found),
		with_two_members(a_hundred_thousand_lives_leak_nothing),
		with_two_members(destroy_waits_for_readers_of_the_application),
	};

	if (test_eal_start("destroy", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(destroy, NULL, NULL));
}
