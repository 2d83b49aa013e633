/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Readings: ration_read_sum(), ration_read() and its error bound, verification, and the dump. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_debug.h>
#include <rte_errno.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

static struct ration_reading
sum_of(const struct ration_domain *d, ration_counter_t c)
{
	struct ration_reading reading;

	assert_int_equal(ration_read_sum(d, c, &reading), 0);
	return reading;
}

static struct ration_reading
reading_of(const struct ration_domain *d, ration_counter_t c)
{
	struct ration_reading reading;

	assert_int_equal(ration_read(d, c, &reading), 0);
	return reading;
}

static void
read_sum_tells_granted_from_stock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 0);
	ration_counter_t a = make_counter(f->d, p, "a", 100000, 64);
	ration_counter_t b = make_counter(f->d, p, "b", 100000, 64);
	struct ration_reading r;

	assert_int_equal(ration_try_charge(f->lc[0], a, 10), 0);
	assert_int_equal(ration_try_charge(f->lc[0], b, 20), 0);
	assert_int_equal(ration_try_charge(f->lc[0], p, 5), 0);
	r = sum_of(f->d, a);
	assert_int_equal(r.granted, 10);
	assert_int_equal(r.error, 0);
	assert_true(r.stock > 0);
	assert_int_equal(r.usage, usage_of(f->d, a));
	assert_int_equal(r.usage, r.granted + r.stock);
	r = sum_of(f->d, p);
	assert_int_equal(r.granted, 35);
	assert_int_equal(r.stock, stock_of(f->d, a) + stock_of(f->d, b));
	assert_int_equal(r.error, 0);
	r = sum_of(f->d, f->root);
	assert_int_equal(r.granted, 35);
}

static void
read_sum_sums_the_stock_of_all_lcores(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint64_t first;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	first = sum_of(f->d, c).stock;
	assert_int_equal(ration_try_charge(f->lc[1], c, 2), 0);
	assert_true(sum_of(f->d, c).stock > first);
	assert_int_equal(sum_of(f->d, c).granted, 3);
	assert_int_equal(ration_lcore_offline(f->lc[1]), 0);
	assert_int_equal(sum_of(f->d, c).stock, first);
	assert_int_equal(sum_of(f->d, c).granted, 3);
	assert_int_equal(sum_of(f->d, c).error, 0);
}

static void
read_sum_is_exact_without_members(void **state)
{
	struct fixture *f = *state;
	struct ration_reading r;

	assert_int_equal(ration_try_charge(ration_lcore_shared(f->d), f->root, 7), 0);
	r = sum_of(f->d, f->root);
	assert_int_equal(r.usage, 7);
	assert_int_equal(r.granted, 7);
	assert_int_equal(r.stock, 0);
	assert_int_equal(r.error, 0);
}

static void
charge_three(struct ration_lcore *lc, void *arg)
{
	if (ration_try_charge(lc, *(ration_counter_t *)arg, 3) != 0)
		*(ration_counter_t *)arg = RATION_COUNTER_NONE;
}

static void
read_sum_reports_an_error_bound_while_others_are_online(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct ration_reading r;

	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	assert_true(actor_do(a, charge_three, &c));
	assert_true(c != RATION_COUNTER_NONE);
	r = sum_of(f->d, c);
	/* The actor is idle, so the values agree; while it charges they may differ. */
	assert_int_equal(r.usage, r.granted + r.stock);
	assert_true(r.error > 0);
	assert_in_range(r.granted, 3 > r.error ? 3 - r.error : 0, 3 + r.error);
}

static void
go_offline(struct ration_lcore *lc, void *arg)
{
	RTE_SET_USED(arg);
	RTE_VERIFY(ration_lcore_offline(lc) == 0);
}

/* 10 units, one by one: the first takes 64 ahead, the others come from the stock. */
static void
charge_one_by_one(struct ration_lcore *lc, void *arg)
{
	const ration_counter_t c = *(ration_counter_t *)arg;
	unsigned int i;

	for (i = 0; i < 10; i++)
		RTE_VERIFY(ration_try_charge(lc, c, 1) == 0);
}

static void
walk_for_ever(struct ration_lcore *lc, void *arg)
{
	RTE_SET_USED(arg);
	ration_walk_begin(lc);
}

static void
walk_no_more(struct ration_lcore *lc, void *arg)
{
	RTE_SET_USED(arg);
	ration_walk_end(lc, ration_load(&lc->seq, relaxed) - 1);
}

/*
 * The error as a number: 1, 2, 3 and 4 other members that are online, of which each has taken 64
 * units ahead of a cap of 128, and has used 9 of them.
 */
static void
the_error_is_what_the_others_have_in_stock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000000, 64);
	ration_counter_t idle = make_counter(f->d, f->root, "idle", 1000, 64);
	unsigned int i;

	/* Much is granted, so that this does not bound the error. */
	assert_int_equal(ration_try_charge(f->lc[0], c, 100000), 0);
	assert_int_equal(sum_of(f->d, c).error, 0);
	for (i = 0; i < RTE_DIM(f->actors); i++) {
		assert_int_equal(actor_start(&f->actors[i], f->d, ACTOR_THREAD, 0), 0);
		assert_true(actor_register(&f->actors[i]));
		/* Online, but without stock. */
		assert_int_equal(sum_of(f->d, c).error, i * 73);
		assert_true(actor_do(&f->actors[i], charge_one_by_one, &c));
		/* 55 are left: it may use these, or put 73 to them. */
		assert_int_equal(sum_of(f->d, c).error, (i + 1) * 73);
		assert_int_equal(sum_of(f->d, f->root).error, (i + 1) * 73);
		assert_int_equal(sum_of(f->d, c).granted, 100000 + (i + 1) * 10);
		assert_int_equal(sum_of(f->d, idle).error, 0);
	}
	/* A member that walks all the time: what it can hide at most, 2 x batch. */
	assert_true(actor_do(&f->actors[0], walk_for_ever, NULL));
	assert_int_equal(sum_of(f->d, c).error, 3 * 73 + 128);
	assert_true(actor_do(&f->actors[0], walk_no_more, NULL));
	assert_int_equal(sum_of(f->d, c).error, 4 * 73);
	assert_true(actor_do(&f->actors[1], go_offline, NULL));
	assert_int_equal(sum_of(f->d, c).error, 3 * 73);
}

/* The true value is between 0 and usage. */
static void
the_error_is_at_most_all_of_usage(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0];
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);

	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(a));
	assert_true(actor_do(a, charge_one_by_one, &c));
	assert_int_equal(sum_of(f->d, c).granted, 10);
	assert_int_equal(sum_of(f->d, c).stock, 55);
	assert_int_equal(sum_of(f->d, c).error, 55);
}

static void
read_is_usage_within_its_error(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 0);
	ration_counter_t a = make_counter(f->d, p, "a", 100000, 64);
	ration_counter_t b = make_counter(f->d, p, "b", 100000, 1000);
	ration_counter_t all[] = {f->root, p, a, b};
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], a, 10), 0);
	assert_int_equal(ration_try_charge(f->lc[1], a, 20), 0);
	assert_int_equal(ration_try_charge(f->lc[1], b, 30), 0);
	for (i = 0; i < RTE_DIM(all); i++) {
		struct ration_reading r = reading_of(f->d, all[i]), x = sum_of(f->d, all[i]);

		assert_int_equal(r.usage, usage_of(f->d, all[i]));
		assert_int_equal(r.granted, r.usage);
		assert_int_equal(r.stock, 0);
		assert_true(r.usage - x.granted <= r.error);
	}
	/* The bound covers the subtree only. */
	assert_true(reading_of(f->d, a).error < reading_of(f->d, p).error);
}

/* Stock entries keep their cap until the next refill or trim, so the bound must do so, too. */
static void
the_bound_holds_when_the_batch_is_lowered(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", RATION_UNLIMITED, 1000);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_counter_set_batch(f->d, c, 1), 0);
	assert_true(stock_of(f->d, c) > 0);
	assert_true(reading_of(f->d, c).granted - 1 <= reading_of(f->d, c).error);
}

/* The bound is twice the batch of each counter with stock, for the counter and its ancestors. */
static void
the_bound_covers_only_existing_counters(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64), child;

	/* So much is granted that usage does not bound the error. */
	assert_int_equal(ration_try_charge(f->lc[0], c, 5000), 0);
	assert_int_equal(reading_of(f->d, c).error, 128);
	assert_int_equal(reading_of(f->d, f->root).error, 128);
	assert_int_equal(ration_counter_set_batch(f->d, c, 1000), 0);
	assert_int_equal(reading_of(f->d, c).error, 2000);
	assert_int_equal(reading_of(f->d, f->root).error, 2000);
	child = make_counter(f->d, c, "child", 100000, 0);
	assert_int_equal(reading_of(f->d, c).error, 0);
	assert_int_equal(reading_of(f->d, f->root).error, 0);
	assert_int_equal(ration_counter_destroy(f->d, child, 0), 0);
	assert_int_equal(reading_of(f->d, c).error, 2000);
	assert_int_equal(reading_of(f->d, f->root).error, 2000);
	assert_int_equal(ration_uncharge(f->lc[0], c, 5000), 0);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(reading_of(f->d, f->root).error, 0);
}

/* More members than bits in a word; offline members do not count. */
static void
the_bound_counts_online_members_only(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_members = 70};
	struct ration_domain *d = ration_domain_create("many", &params);
	struct ration_lcore *lc[70];
	ration_counter_t c;
	uint32_t i;

	(void)state;
	assert_non_null(d);
	c = make_counter(d, ration_domain_root(d), "c", 100000, 1);
	assert_int_equal(ration_try_charge(ration_lcore_shared(d), c, 500), 0);
	for (i = 0; i < RTE_DIM(lc); i++) {
		assert_int_equal(reading_of(d, c).error, 2 * i);
		lc[i] = ration_lcore_register_extra(d);
		assert_non_null(lc[i]);
	}
	for (i = 0; i < RTE_DIM(lc); i++) {
		assert_int_equal(reading_of(d, c).error, 2 * (RTE_DIM(lc) - i));
		if (i % 2)
			assert_int_equal(ration_lcore_offline(lc[i]), 0);
		else
			assert_int_equal(ration_lcore_unregister(lc[i]), 0);
	}
	assert_int_equal(reading_of(d, c).error, 0);
	for (i = 1; i < RTE_DIM(lc); i += 2)
		assert_int_equal(ration_lcore_unregister(lc[i]), 0);
	assert_int_equal(reading_of(d, c).error, 0);
	assert_int_equal(ration_uncharge(ration_lcore_shared(d), c, 500), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* Of 40 units four members may have 10 each in stock, whatever the cap of a counter. */
static void
the_bound_is_at_most_the_share_and_usage(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 2, .max_members = 4, .stock_max = 40};
	struct ration_domain *d = ration_domain_create("share", &params);
	struct ration_lcore *lc[2];
	ration_counter_t c;
	uint32_t i;

	(void)state;
	assert_non_null(d);
	c = make_counter(d, ration_domain_root(d), "c", 100000, 64);
	for (i = 0; i < RTE_DIM(lc); i++) {
		lc[i] = ration_lcore_register_extra(d);
		assert_non_null(lc[i]);
	}
	assert_int_equal(reading_of(d, c).error, 0);
	for (i = 1; i <= 30; i++) {
		assert_int_equal(ration_try_charge(ration_lcore_shared(d), c, 1), 0);
		assert_int_equal(reading_of(d, c).error, RTE_MIN(i, 20u));
	}
	assert_int_equal(ration_uncharge(ration_lcore_shared(d), c, 30), 0);
	for (i = 0; i < RTE_DIM(lc); i++)
		assert_int_equal(ration_lcore_unregister(lc[i]), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
read_has_no_error_where_there_is_no_stock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 0);

	assert_int_equal(ration_try_charge(f->lc[0], c, 10), 0);
	assert_int_equal(reading_of(f->d, c).granted, 10);
	assert_int_equal(reading_of(f->d, c).error, 0);
}

static void
reading_needs_a_destination(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ration_read_sum(f->d, f->root, NULL), -EINVAL);
	assert_int_equal(ration_read(f->d, f->root, NULL), -EINVAL);
}

static void
verify_accepts_debt_and_lowered_limits(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 64);
	ration_counter_t e = make_counter(f->d, f->root, "e", 100, 64);

	assert_int_equal(ration_domain_verify(f->d, 1, stderr), 0);
	assert_int_equal(ration_charge_force(f->lc[0], c, 150), 0);
	assert_int_equal(ration_try_charge(f->lc[0], e, 100), 0);
	assert_int_equal(ration_counter_set_max(f->d, e, 3, 0), 0);
	assert_int_equal(ration_domain_verify(f->d, 1, stderr), 0);
	assert_int_equal(ration_domain_verify(f->d, 0, stderr), 0);
	assert_int_equal(ration_domain_verify(f->d, 1, NULL), 0);
}

static void
dump_shows_counters_and_lcores(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "umbrella", 4711, 0);
	ration_counter_t c = make_counter(f->d, p, "thimble", 815, 64);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(ration_try_charge(f->lc[0], c, 77), 0);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	ration_domain_dump(f->d, out);
	fclose(out);
	assert_non_null(strstr(text, ration_domain_name(f->d)));
	assert_non_null(strstr(text, "umbrella"));
	assert_non_null(strstr(text, "thimble"));
	assert_non_null(strstr(text, "4711"));
	assert_non_null(strstr(text, "815"));
	assert_non_null(strstr(text, "77"));
	assert_non_null(strstr(text, "refills"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest reading[] = {
		with_one_member(read_sum_tells_granted_from_stock),
		with_two_members(read_sum_sums_the_stock_of_all_lcores),
		in_domain(read_sum_is_exact_without_members),
		in_domain(read_sum_reports_an_error_bound_while_others_are_online),
		with_one_member(the_error_is_what_the_others_have_in_stock),
		in_domain(the_error_is_at_most_all_of_usage),
		with_two_members(read_is_usage_within_its_error),
		with_one_member(the_bound_holds_when_the_batch_is_lowered),
		with_one_member(the_bound_covers_only_existing_counters),
		cmocka_unit_test(the_bound_counts_online_members_only),
		cmocka_unit_test(the_bound_is_at_most_the_share_and_usage),
		with_one_member(read_has_no_error_where_there_is_no_stock),
		in_domain(reading_needs_a_destination),
		with_one_member(verify_accepts_debt_and_lowered_limits),
		with_one_member(dump_shows_counters_and_lcores),
	};

	if (test_eal_start("read", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(reading, NULL, NULL));
}
