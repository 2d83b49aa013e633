/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Each kind of violation, planted. The file is compiled twice: with RATION_CHECKS each must be
 * counted and reported, without it nothing may be. What would damage memory without checks is in
 * the first program only.
 */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>

#include <ration_pvt.h>

#include "eal.h"
#include "plant.h"

/** Calls of each of the threads that share a slot. */
#define TURNS 5000
/** A wait that only a defect lets end. */
#define LONG_US 20000000

static void
charge_only(struct ration_lcore *own, void *arg)
{
	struct fixture *f = arg;

	(void)own;
	assert_int_equal(ration_try_charge(f->lc[0], ration_counter_find(f->d, "c"), 1), 0);
}

static void
a_call_of_another_thread_is_found(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	char owner[32];
	uint64_t stock;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	stock = stock_of(f->d, c);
	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_clean();
	assert_true(actor_do(&f->actors[0], charge_only, f));
	assert_planted(RATION_CHECK_OWNER, 1, 1, "ration_try_charge");
	/* The stock of the owner is not touched. */
	assert_int_equal(stock_of(f->d, c), CHECKED ? stock : stock - 1);
	snprintf(owner, sizeof(owner), "belongs to thread %d of", ration_this_thread());
	assert_int_equal(plant_count(owner), CHECKED);
	plant_seen();
	assert_int_equal(ration_uncharge(f->lc[0], c, 2), 0);
	assert_clean();
}

static void
stay_out(struct ration_lcore *own, void *arg)
{
	struct ration_lcore *lc = arg;

	(void)own;
	ration_quiescent(lc);
}

static void
a_quiescent_point_of_another_thread_is_found(void **state)
{
	struct fixture *f = *state;
	uint32_t countdown = ration_load(&f->lc[0]->countdown, relaxed);

	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_do(&f->actors[0], stay_out, f->lc[0]));
	assert_planted(RATION_CHECK_QUIESCENT, 1, 1, "ration_quiescent");
	assert_int_equal(countdown - ration_load(&f->lc[0]->countdown, relaxed), !CHECKED);
}

static void
leave(struct ration_lcore *own, void *arg)
{
	struct ration_lcore *lc = arg;

	(void)own;
	assert_int_equal(ration_lcore_offline(lc), -EINVAL);
}

static void
only_the_owner_takes_an_area_offline(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_do(&f->actors[0], leave, f->lc[0]));
	assert_planted(RATION_CHECK_OWNER, 1, 1, "ration_lcore_offline");
	plant_seen();
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	assert_int_equal(ration_lcore_online(f->lc[0]), 0);
	assert_clean();
}

static void
use_the_slot(struct ration_lcore *own, void *arg)
{
	const unsigned int turns = CHECKED ? test_effort(TURNS) : 1;
	struct fixture *f = arg;
	ration_counter_t c = ration_counter_find(f->d, "c");
	unsigned int i;

	(void)own;
	for (i = 0; i < turns; i++) {
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
		assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	}
}

/* Without checks the threads take turns: at the same time they would lose units, without a word. */
static void
three_threads_that_share_a_slot_are_found_and_lose_no_unit(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	struct ration_checks checks;
	unsigned int i;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(actor_start(&f->actors[i], f->d, ACTOR_THREAD, 0), 0);
		actor_post(&f->actors[i], use_the_slot, f);
		if (!CHECKED)
			assert_true(actor_wait(&f->actors[i]));
	}
	for (i = 0; i < 3; i++)
		assert_true(actor_wait(&f->actors[i]));
	ration_checks_get(&checks);
	if (CHECKED)
		assert_true(checks.violations[RATION_CHECK_OWNER] >= 6 * test_effort(TURNS));
	/* One place of a charge and one of an uncharge. */
	assert_int_equal(plant_count(": lcore area of another thread: "), 2 * CHECKED);
	assert_true(plant_count(": calls at the same time: ") <= 2 * CHECKED);
	assert_int_equal(usage_of(f->d, c) - stock_of(f->d, c), 1);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
}

static void
charge_during_the_call(struct ration_lcore *own, void *arg)
{
	struct fixture *f = arg;
	struct actor *silent = &f->actors[0];

	(void)own;
	/* Now the owner is in its call, and waits for the silent member. */
	while (ration_load(&silent->lc->pending, relaxed) == 0)
		sched_yield();
	assert_int_equal(ration_try_charge(f->lc[0], ration_counter_find(f->d, "c"), 1), 0);
	actor_poll(silent, true);
}

static void
fill_stock(struct ration_lcore *own, void *arg)
{
	ration_counter_t c = *(const ration_counter_t *)arg;

	assert_int_equal(ration_try_charge(own, c, 8), 0);
	assert_int_equal(ration_uncharge(own, c, 8), 0);
}

static void
calls_of_two_threads_at_the_same_time_are_found(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);

	assert_int_equal(actor_start(&f->actors[0], f->d, ACTOR_THREAD, 0), 0);
	assert_int_equal(actor_start(&f->actors[1], f->d, ACTOR_THREAD, 0), 0);
	assert_true(actor_register(&f->actors[0]));
	assert_true(actor_do(&f->actors[0], fill_stock, &c));
	actor_poll(&f->actors[0], false);
	assert_true(stock_of(f->d, c) > 1);
	actor_post(&f->actors[1], charge_during_the_call, f);
	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 99, LONG_US, NULL), 0);
	assert_true(actor_wait(&f->actors[1]));
	assert_int_equal(plant_count(": calls at the same time: "), CHECKED);
	assert_int_equal(plant_count(": lcore area of another thread: "), CHECKED);
	plant_seen();
	assert_int_equal(ration_uncharge(f->lc[0], c, 100), 0);
	assert_clean();
}

static void
a_handle_of_another_domain_is_found(void **state)
{
	struct fixture *f = *state;
	struct ration_domain *other = ration_domain_create("other", NULL);
	ration_counter_t c, foreign;

	assert_non_null(other);
	c = make_counter(f->d, f->root, "c", 100, 16);
	foreign = make_counter(other, ration_domain_root(other), "foreign", 100, 16);
	assert_int_equal(ration_try_charge(f->lc[0], foreign, 1), -ESTALE);
	assert_planted(RATION_CHECK_DOMAIN, 1, 1, "ration_try_charge");
	assert_int_equal(plant_count("is one of domain other, not of domain fixture"), CHECKED);
	plant_seen();
	assert_int_equal(ration_drain(f->d, foreign, 0, NULL), -ESTALE);
	assert_planted(RATION_CHECK_DOMAIN, 1, 1, "ration_drain");
	plant_seen();
	assert_int_equal(ration_domain_free(other), 0);
	/* A handle of a domain that is gone is stale as others are. */
	assert_int_equal(ration_try_charge(f->lc[0], foreign, 1), -ESTALE);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), -ESTALE);
	assert_int_equal(ration_try_charge(f->lc[0], RATION_COUNTER_NONE, 1), -ESTALE);
	assert_clean();
}

static void
a_charge_after_unregister_is_found(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	struct ration_lcore *lc = f->lc[0];

	assert_int_equal(ration_lcore_unregister(lc), 0);
	f->lc[0] = NULL;
	assert_clean();
	assert_int_equal(ration_try_charge(lc, c, 1), 0);
	assert_planted(RATION_CHECK_UNREGISTERED, 1, 1, "ration_try_charge");
	plant_seen();
	assert_int_equal(ration_uncharge(lc, c, 1), 0);
	assert_planted(RATION_CHECK_UNREGISTERED, 1, 1, "ration_uncharge");
	plant_seen();
	assert_int_equal(ration_lcore_unregister(lc), -EINVAL);
	assert_planted(RATION_CHECK_UNREGISTERED, 1, 1, "ration_lcore_unregister");
	assert_int_equal(usage_of(f->d, c), 0);
}

static void
a_second_uncharge_that_fits_into_the_stock_is_found(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	uint64_t stock;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	stock = stock_of(f->d, c);
	assert_clean();
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), CHECKED ? -ERANGE : 0);
	assert_planted(RATION_CHECK_EXCESS, 1, 1, "ration_uncharge");
	plant_seen();
	if (!CHECKED) /* Make it up. */
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(info_of(f->d, c).rejected, CHECKED);
	assert_int_equal(stats_of(f->lc[0]).rejected, CHECKED);
	assert_int_equal(stock_of(f->d, c), stock);
	assert_clean();
}

static void
an_excess_uncharge_of_two_lcores_together_is_found(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);

	f->lc[1] = ration_lcore_register_extra(f->d);
	assert_non_null(f->lc[1]);
	/* Units move from one lcore to the other: no violation. */
	assert_int_equal(ration_try_charge(f->lc[0], c, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[1], c, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[1], c, 3), 0);
	assert_clean();
	assert_int_equal(ration_uncharge(f->lc[1], c, 2), CHECKED ? -ERANGE : 0);
	assert_planted(RATION_CHECK_EXCESS, 1, 1, "ration_uncharge");
	assert_int_equal(ration_uncharge(f->lc[0], c, CHECKED), 0);
	if (!CHECKED)
		assert_int_equal(ration_try_charge(f->lc[1], c, 1), 0);
}

static void
units_that_the_slow_path_refuses_are_reported(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 50), -ERANGE);
	assert_planted(RATION_CHECK_EXCESS, 1, 1, "ration_uncharge");
	plant_seen();
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_uncharge(ration_lcore_shared(f->d), c, 50), -ERANGE);
	assert_planted(RATION_CHECK_EXCESS, 1, 1, "ration_uncharge");
}

static void
units_out_of_range_are_found(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	const uint64_t most = RATION_UNLIMITED;

	assert_int_equal(ration_try_charge(f->lc[0], c, most), -EDQUOT);
	assert_int_equal(ration_try_charge(f->lc[0], c, 0), 0);
	assert_clean();
	assert_int_equal(ration_try_charge(f->lc[0], c, most + 1), -EDQUOT);
	assert_planted(RATION_CHECK_UNITS, 1, 1, "ration_try_charge");
	plant_seen();
	assert_int_equal(ration_charge_force(f->lc[0], c, (uint64_t)-1), -EOVERFLOW);
	assert_planted(RATION_CHECK_UNITS, 1, 1, "ration_charge_force");
	plant_seen();
	assert_int_equal(ration_uncharge(f->lc[0], c, (uint64_t)-5), -ERANGE);
	assert_planted(RATION_CHECK_UNITS, 1, 1, "ration_uncharge");
	assert_int_equal(usage_of(f->d, c), stock_of(f->d, c));
}

static void
a_violation_is_reported_once_at_each_place(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	unsigned int i;

	for (i = 0; i < 3; i++)
		ration_try_charge(f->lc[0], c, UINT64_MAX);
	assert_planted(RATION_CHECK_UNITS, 3, 1, "ration_try_charge");
	ration_try_charge(f->lc[0], c, UINT64_MAX);
	assert_planted(RATION_CHECK_UNITS, 4, 2, "ration_try_charge");
}

/* In parentheses, a call is none of the macro: so do calls of a file without RATION_CHECKS look. */
static void
units_of_unchecked_calls_are_no_excess(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);

	assert_int_equal((ration_try_charge)(f->lc[0], c, 5), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 2), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 7), 0);
	assert_int_equal((ration_uncharge)(f->lc[0], c, 10), 0);
	assert_clean();
	/* The count of this process does not know that all units are back: the slow path does. */
	assert_int_equal(ration_try_charge(f->lc[0], c, 50), 0);
	assert_int_equal((ration_uncharge)(f->lc[0], c, 50), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 50), -ERANGE);
	assert_planted(RATION_CHECK_EXCESS, 1, 1, "ration_uncharge");
}

static void
units_of_an_earlier_counter_do_not_count(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .socket_id = SOCKET_ID_ANY};
	struct ration_domain *d = ration_domain_create("two", &params);
	ration_counter_t c, next;
	struct ration_lcore *lc;

	(void)state;
	assert_non_null(d);
	lc = ration_lcore_register(d);
	c = make_counter(d, ration_domain_root(d), "c", 100, 16);
	assert_int_equal(ration_try_charge(lc, c, 5), 0);
	assert_int_equal((ration_uncharge)(lc, c, 5), 0);
	assert_int_equal(ration_counter_destroy(d, c, 0), 0);
	next = make_counter(d, ration_domain_root(d), "next", 100, 16);
	assert_int_equal((uint32_t)next, (uint32_t)c);
	assert_int_equal(ration_try_charge(lc, next, 1), 0);
	assert_int_equal(ration_uncharge(lc, next, 1), 0);
	assert_clean();
	assert_int_equal(ration_uncharge(lc, next, 1), CHECKED ? -ERANGE : 0);
	assert_planted(RATION_CHECK_EXCESS, 1, 1, "ration_uncharge");
	if (!CHECKED) /* Make it up. */
		assert_int_equal(ration_try_charge(lc, next, 1), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* The same burst by checked and by other calls. */
static void
bursts_give_the_same_results(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 4, 2);
	ration_counter_t b = make_counter(f->d, f->root, "b", 100, 16);
	const ration_counter_t c[] = {a, a, a, b, a, b, b, a, a};
	const uint32_t n[] = {1, 2, 3, 4, 1, 6, 7, 1, 1};
	uint8_t granted[RTE_DIM(c)], plain[RTE_DIM(c)];
	uint16_t nb = RTE_DIM(c);

	assert_int_equal(ration_try_charge_burst(f->lc[0], c, n, nb, granted), 6);
	assert_int_equal(ration_uncharge_burst(f->lc[0], (ration_counter_t[]){a, b, b},
					       (uint32_t[]){4, 4, 13}, 3),
			 3);
	assert_int_equal((ration_try_charge_burst)(f->lc[0], c, n, nb, plain), 6);
	assert_memory_equal(granted, plain, sizeof(granted));
	assert_int_equal((ration_uncharge_burst)(f->lc[0], (ration_counter_t[]){a, b},
						 (uint32_t[]){4, 17}, 2),
			 2);
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, 0, NULL), 0);
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, 2, granted), 2);
	ration_prefetch(f->lc[0], c, nb);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, NULL, 2), 2);
	assert_clean();
}

#ifdef RATION_CHECKS

/* A signal handler that interrupts a call must not touch the stock entry. */
static void
a_call_within_a_call_uses_the_shared_area(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	static struct __ration_check_site site = {"signal.c", "outer", 1, 0};
	struct checked_call outer;

	assert_true(ration_check_begin(&outer, &site, f->lc[0], RATION_CHECK_OWNER));
	assert_ptr_equal(outer.lc, f->lc[0]);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_planted(RATION_CHECK_OVERLAP, 1, 1, "ration_try_charge");
	ration_check_end(&outer);
	plant_seen();
	assert_int_equal(stock_of(f->d, c), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	assert_clean();
}

static void
an_index_out_of_bounds_is_found(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 16);
	ration_counter_t far = c | UINT64_C(0x7fffffff);
	const ration_counter_t burst[] = {c, far, c};
	uint8_t granted[3];

	assert_int_equal(ration_try_charge(f->lc[0], far, 1), -ESTALE);
	assert_planted(RATION_CHECK_INDEX, 1, 1, "ration_try_charge");
	plant_seen();
	assert_int_equal(ration_uncharge(f->lc[0], far, 1), -ESTALE);
	assert_int_equal(ration_charge_force(f->lc[0], far, 1), -ESTALE);
	assert_int_equal(ration_try_charge_sync(f->lc[0], far, 1, 0, NULL), -ESTALE);
	plant_seen();
	assert_int_equal(ration_try_charge_burst(f->lc[0], burst, NULL, 3, granted), 2);
	assert_memory_equal(granted, ((uint8_t[]){1, 0, 1}), 3);
	assert_planted(RATION_CHECK_INDEX, 1, 1, "ration_try_charge_burst");
	plant_seen();
	assert_int_equal(ration_uncharge_burst(f->lc[0], burst, NULL, 3), 2);
	assert_planted(RATION_CHECK_INDEX, 1, 1, "ration_uncharge_burst");
	plant_seen();
	ration_prefetch(f->lc[0], burst, 3);
	assert_planted(RATION_CHECK_INDEX, 1, 1, "ration_prefetch");
}

static void
calls_after_domain_free_are_found(void **state)
{
	struct fixture *f = *state;
	struct ration_domain *d = ration_domain_create("gone", NULL);
	struct ration_lcore *lc, *shared;
	struct ration_lcore_stats stats;
	ration_counter_t c;

	assert_non_null(d);
	c = make_counter(d, ration_domain_root(d), "c", 100, 16);
	lc = ration_lcore_register(d);
	shared = ration_lcore_shared(d);
	assert_int_equal(ration_try_charge(lc, c, 1), 0);
	assert_int_equal(ration_uncharge(shared, c, 1), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
	assert_clean();
	assert_int_equal(ration_try_charge(lc, c, 1), -EINVAL);
	assert_planted(RATION_CHECK_GONE, 1, 1, "ration_try_charge");
	plant_seen();
	assert_int_equal(ration_uncharge(shared, c, 1), -EINVAL);
	assert_planted(RATION_CHECK_GONE, 1, 1, "ration_uncharge");
	plant_seen();
	assert_int_equal(ration_drain(d, c, 0, NULL), -EINVAL);
	assert_planted(RATION_CHECK_GONE, 1, 1, "ration_drain");
	plant_seen();
	assert_errno(NULL, ration_lcore_register(d), EINVAL);
	assert_int_equal(ration_domain_free(d), -ENODEV);
	ration_lcore_stats_get(lc, &stats);
	ration_quiescent(lc);
	ration_try_charge(f->lc[0], c, 1);
	assert_int_equal(plant_count(ration_check_name(RATION_CHECK_GONE)), 4);
	plant_seen();
	/* The next domain may have the same place in the tables and in memory, not this area. */
	d = ration_domain_create("gone", NULL);
	assert_non_null(d);
	assert_int_equal(ration_try_charge(lc, ration_domain_root(d), 1), -EINVAL);
	assert_planted(RATION_CHECK_GONE, 1, 1, "ration_try_charge");
	assert_int_equal(ration_domain_free(d), 0);
}

static void
calls_with_null_are_found(void **state)
{
	struct fixture *f = *state;
	struct ration_domain *none = NULL;
	struct ration_counter_info info;
	struct ration_reading reading;
	uint8_t granted[1] = {1};
	struct ration_checks before, after;

	ration_checks_get(&before);
	assert_int_equal(ration_try_charge(NULL, f->root, 1), -EINVAL);
	assert_planted(RATION_CHECK_NULL, 1, 1, "ration_try_charge");
	assert_int_equal(ration_charge_force(NULL, f->root, 1), -EINVAL);
	assert_int_equal(ration_uncharge(NULL, f->root, 1), -EINVAL);
	assert_int_equal(ration_try_charge_burst(NULL, &f->root, NULL, 1, granted), 0);
	assert_int_equal(granted[0], 0);
	assert_int_equal(ration_try_charge_burst(f->lc[0], NULL, NULL, 1, granted), 0);
	assert_int_equal(ration_try_charge_burst(f->lc[0], &f->root, NULL, 1, NULL), 0);
	assert_int_equal(ration_uncharge_burst(NULL, &f->root, NULL, 1), 0);
	assert_int_equal(ration_uncharge_burst(f->lc[0], NULL, NULL, 1), 0);
	ration_prefetch(NULL, &f->root, 1);
	ration_prefetch(f->lc[0], NULL, 1);
	ration_quiescent(NULL);
	assert_int_equal(ration_try_charge_sync(NULL, f->root, 1, 0, NULL), -EINVAL);
	assert_int_equal(ration_lcore_offline(NULL), -EINVAL);
	assert_int_equal(ration_lcore_online(NULL), -EINVAL);
	ration_lcore_stats_get(f->lc[0], NULL);
	assert_int_equal(ration_drain(none, f->root, 0, NULL), -EINVAL);
	assert_null(ration_lcore_self(none));
	assert_null(ration_lcore_shared(none));
	assert_null(ration_lcore_get(none, 0));
	assert_int_equal(ration_reap(none, 0, NULL, NULL), -EINVAL);
	assert_int_equal(ration_read(none, f->root, &reading), -EINVAL);
	assert_int_equal(ration_read_sum(none, f->root, &reading), -EINVAL);
	assert_int_equal(ration_domain_verify(none, 1, NULL), -EINVAL);
	ration_domain_dump(f->d, NULL);
	assert_string_equal(ration_domain_name(none), "");
	assert_true(ration_domain_root(none) == RATION_COUNTER_NONE);
	assert_int_equal(ration_domain_set_qsbr(none, NULL), -EINVAL);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(none, f->root, "x", NULL), EINVAL);
	assert_int_equal(ration_counter_destroy(none, f->root, 0), -EINVAL);
	assert_int_equal(ration_counter_get(none, f->root, &info), -EINVAL);
	assert_int_equal(ration_counter_path(none, f->root, NULL, 0), -EINVAL);
	assert_int_equal(ration_counter_set_max(none, f->root, 1, 0), -EINVAL);
	assert_int_equal(ration_counter_set_batch(none, f->root, 1), -EINVAL);
	assert_int_equal(ration_counter_set_batch_max(none, f->root, 1), -EINVAL);
	assert_int_equal(ration_counter_set_min(none, f->root, 1), -EINVAL);
	assert_int_equal(ration_counter_set_low(none, f->root, 1), -EINVAL);
	assert_int_equal(ration_protection(none, f->root, 0, NULL, 0), -EINVAL);
	assert_int_equal(ration_counter_reset_watermark(none, f->root), -EINVAL);
	assert_true(ration_counter_next(none, f->root) == RATION_COUNTER_NONE);
	ration_checks_get(&after);
	assert_int_equal(after.violations[RATION_CHECK_NULL] - before.violations[RATION_CHECK_NULL],
			 39);
	assert_int_equal(after.total - before.total, 39);
	assert_int_equal(plant_count(": null pointer: "), 39);
}

static void
null_that_a_header_allows_is_no_violation(void **state)
{
	(void)state;
	assert_int_equal(ration_domain_free(NULL), 0);
	assert_int_equal(ration_lcore_unregister(NULL), -EINVAL);
	assert_errno(NULL, ration_lcore_register(NULL), EINVAL);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(NULL, "x"), EINVAL);
	assert_clean();
}

#endif

static void
every_kind_has_a_name(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i <= RATION_CHECK_EXCESS; i++)
		assert_non_null(ration_check_name((enum ration_check)i));
	assert_null(ration_check_name((enum ration_check)i));
	assert_null(ration_check_name((enum ration_check) - 1));
	assert_true(RATION_CHECK_EXCESS < RATION_CHECKS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		planted(a_call_of_another_thread_is_found),
		planted(a_quiescent_point_of_another_thread_is_found),
		planted(only_the_owner_takes_an_area_offline),
		planted(three_threads_that_share_a_slot_are_found_and_lose_no_unit),
		planted(calls_of_two_threads_at_the_same_time_are_found),
		planted(a_handle_of_another_domain_is_found),
		planted(a_charge_after_unregister_is_found),
		planted(a_second_uncharge_that_fits_into_the_stock_is_found),
		planted(an_excess_uncharge_of_two_lcores_together_is_found),
		planted(units_that_the_slow_path_refuses_are_reported),
		planted(units_out_of_range_are_found),
		planted(a_violation_is_reported_once_at_each_place),
		planted(units_of_unchecked_calls_are_no_excess),
		planted(units_of_an_earlier_counter_do_not_count),
		planted(bursts_give_the_same_results),
#ifdef RATION_CHECKS
		planted(a_call_within_a_call_uses_the_shared_area),
		planted(an_index_out_of_bounds_is_found),
		planted(calls_after_domain_free_are_found),
		planted(calls_with_null_are_found),
		planted(null_that_a_header_allows_is_no_violation),
#endif
		cmocka_unit_test(every_kind_has_a_name),
	};

	if (test_eal_start("checks", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
