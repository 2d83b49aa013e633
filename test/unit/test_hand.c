/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * The search for idle stock: stock goes back when it is due and not before, whatever else the lcore
 * does. The idle time is an hour, and the tests move the time of the last look back instead of
 * waiting. So the time that a test itself takes does not count.
 */

#include <stdio.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

#define NB_WORDS 16 /* Words of the active bitmap: the hand moves by words. */
#define NB_COUNTERS (64 * NB_WORDS)
#define IDLE_US UINT32_C(3600000000)

struct hand {
	struct ration_domain *d;
	struct ration_lcore *lc;
	ration_counter_t first[NB_WORDS]; /* The first counter of each word, but in word 0. */
};

/* The period of the hand; it passes each entry twice within the idle time. */
static uint64_t
period(void)
{
	return ration_us_to_cycles(IDLE_US) / 2;
}

static void
hand_open(struct hand *h, uint32_t drain_work)
{
	const struct ration_domain_params params = {.max_counters = NB_COUNTERS,
						    .max_members = 2,
						    .idle_us = IDLE_US,
						    .drain_work = drain_work};
	static uint32_t serial;
	char name[RATION_DOMAIN_NAMESIZE];
	ration_counter_t c;
	uint32_t i;

	snprintf(name, sizeof(name), "hand%u", serial++);
	h->d = ration_domain_create(name, &params);
	assert_non_null(h->d);
	h->lc = ration_lcore_register_extra(h->d);
	assert_non_null(h->lc);
	for (i = 1; i < NB_COUNTERS; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		c = make_counter(h->d, ration_domain_root(h->d), name, RATION_UNLIMITED, 8);
		assert_int_equal((uint32_t)c, i);
		if (i % 64 == (i < 64))
			h->first[i / 64] = c;
	}
}

static void
hand_close(struct hand *h)
{
	assert_sound(h->d);
	assert_int_equal(ration_lcore_unregister(h->lc), 0);
	assert_int_equal(ration_domain_free(h->d), 0);
}

static void
use(struct hand *h, ration_counter_t c)
{
	assert_int_equal(ration_try_charge(h->lc, c, 1), 0);
	assert_int_equal(ration_uncharge(h->lc, c, 1), 0);
}

static void
use_all(struct hand *h)
{
	uint32_t i;

	for (i = 0; i < NB_WORDS; i++)
		use(h, h->first[i]);
}

static bool
is_marked(const struct hand *h, ration_counter_t c)
{
	return ration_idle_marked(&h->lc->stocks[(uint32_t)c],
				  ration_counter_at(h->d, (uint32_t)c)->gen);
}

/* A number of 64ths of the period pass; then the look that is due at a quiescent point. */
static void
pass_64ths(struct hand *h, uint64_t parts)
{
	ration_workspace(h->lc)->idle_since -= parts * (period() / 64);
	ration_workspace(h->lc)->idle_turn = 0;
	ration_store(&h->lc->countdown, 1, relaxed);
	ration_quiescent(h->lc);
}

/* Four 64ths are one word of 16. */
static void
the_hand_moves_as_far_as_time_has_passed(void **state)
{
	struct hand h;
	uint32_t i;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	use_all(&h);
	pass_64ths(&h, 3);
	assert_int_equal(ration_workspace(h.lc)->idle_next, 0);
	pass_64ths(&h, 3 * 4);
	assert_int_equal(ration_workspace(h.lc)->idle_next, 3 * 64);
	for (i = 0; i < NB_WORDS; i++)
		assert_int_equal(is_marked(&h, h.first[i]), i < 3);
	/* The three 64ths from the start are not lost: with one more a word is due. */
	pass_64ths(&h, 0);
	assert_int_equal(ration_workspace(h.lc)->idle_next, 3 * 64);
	pass_64ths(&h, 1);
	assert_int_equal(ration_workspace(h.lc)->idle_next, 4 * 64);
	pass_64ths(&h, 12 * 4);
	assert_int_equal(ration_workspace(h.lc)->idle_next, 0);
	for (i = 0; i < NB_WORDS; i++)
		assert_true(is_marked(&h, h.first[i]));
	assert_int_equal(stats_of(h.lc).idle, 0);
	hand_close(&h);
}

/* At every position: not before the hand has come the second time, and then at once. */
static void
idle_stock_goes_back_when_it_is_due_and_not_before(void **state)
{
	struct hand h;
	uint64_t stock;
	uint32_t i, pass;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	use_all(&h);
	stock = stock_of(h.d, ration_domain_root(h.d));
	assert_int_equal(stock, 9 * NB_WORDS);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < NB_WORDS; i++) {
			pass_64ths(&h, 3);
			assert_int_equal(stock_of(h.d, h.first[i]), 9);
			pass_64ths(&h, 1);
			assert_int_equal(stock_of(h.d, h.first[i]), pass == 0 ? 9 : 0);
			assert_int_equal(stats_of(h.lc).idle, pass == 0 ? 0 : 9 * (i + 1));
		}
	}
	assert_int_equal(usage_of(h.d, ration_domain_root(h.d)), 0);
	hand_close(&h);
}

/* Only the entries that were used between two looks keep their stock. */
static void
stock_that_is_used_between_two_looks_stays(void **state)
{
	struct hand h;
	uint32_t i, pass;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	use_all(&h);
	for (pass = 0; pass < 5; pass++) {
		pass_64ths(&h, 64);
		for (i = 0; i < NB_WORDS; i += 2)
			use(&h, h.first[i]);
	}
	for (i = 0; i < NB_WORDS; i++)
		assert_int_equal(stock_of(h.d, h.first[i]), i % 2 ? 0 : 9);
	assert_int_equal(stats_of(h.lc).refills, NB_WORDS);
	hand_close(&h);
}

/* An lcore that was away for hours has not had the chance to use its stock. */
static void
a_late_look_passes_each_entry_once(void **state)
{
	struct hand h;
	uint32_t i;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	use_all(&h);
	pass_64ths(&h, 64 * 20);
	for (i = 0; i < NB_WORDS; i++)
		assert_true(is_marked(&h, h.first[i]));
	assert_int_equal(stats_of(h.lc).idle, 0);
	/* Nothing is owed after that: the second look is due after another period. */
	pass_64ths(&h, 3);
	assert_int_equal(stats_of(h.lc).idle, 0);
	pass_64ths(&h, 61);
	assert_int_equal(stats_of(h.lc).idle, 9 * NB_WORDS);
	hand_close(&h);
}

/* With little work per quiescent point the hand goes on where it was: it reaches the last word. */
static void
a_hand_with_little_work_reaches_every_entry(void **state)
{
	struct hand h;
	uint32_t i, looks;

	(void)state;
	hand_open(&h, 1);
	use_all(&h);
	for (looks = 1; looks <= 2 * NB_WORDS; looks++) {
		pass_64ths(&h, 64 * 20);
		assert_int_equal(ration_workspace(h.lc)->idle_next, looks % NB_WORDS * 64);
		/* The entries of the first word are in use all the time. */
		use(&h, h.first[0]);
	}
	assert_int_equal(stock_of(h.d, h.first[0]), 9);
	for (i = 1; i < NB_WORDS; i++)
		assert_int_equal(stock_of(h.d, h.first[i]), 0);
	hand_close(&h);
}

/* One quiescent point does both: it serves the request, and looks for idle stock. */
static void
a_request_and_a_look_at_the_same_quiescent_point_are_both_served(void **state)
{
	struct ration_lcore *shared;
	struct hand h;
	uint64_t drains;
	uint32_t round;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	shared = ration_lcore_shared(h.d);
	use_all(&h);
	pass_64ths(&h, 64);
	assert_true(is_marked(&h, h.first[1]));
	assert_int_equal(ration_counter_set_max(h.d, h.first[2], 100, 0), 0);
	assert_int_equal(ration_try_charge(shared, h.first[2], 101), -EDQUOT);
	drains = stats_of(h.lc).drains;
	pass_64ths(&h, 64);
	assert_int_equal(stats_of(h.lc).drains, drains + 1);
	assert_int_equal(stats_of(h.lc).drained, 9);
	assert_int_equal(stats_of(h.lc).idle, 9 * (NB_WORDS - 1));
	assert_int_equal(ration_load(&h.lc->pending, relaxed), 0);
	/* The next look is not lost either, with a request at each. */
	for (round = 0; round < 3; round++) {
		use(&h, h.first[1]);
		use(&h, h.first[2]);
		assert_int_equal(ration_try_charge(shared, h.first[2], 101), -EDQUOT);
		pass_64ths(&h, 64);
		assert_in_range(ration_load(&h.lc->countdown, relaxed), 1, 64);
		/* The entry may be watched since the first request: then what was used stays. */
		assert_in_range(stock_of(h.d, h.first[2]), 0, 1);
		assert_true(is_marked(&h, h.first[1]));
	}
	hand_close(&h);
}

/* A request at every quiescent point neither makes the look come early nor keeps it away. */
static void
requests_do_not_change_when_a_look_is_due(void **state)
{
	struct hand h;
	uint32_t i;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	assert_int_equal(ration_counter_set_max(h.d, h.first[2], 100, 0), 0);
	use(&h, h.first[1]);
	ration_workspace(h.lc)->idle_since -= period();
	ration_store(&h.lc->countdown, 64, relaxed);
	for (i = 1; i <= 64; i++) {
		use(&h, h.first[2]);
		assert_int_equal(ration_try_charge(ration_lcore_shared(h.d), h.first[2], 101),
				 -EDQUOT);
		ration_quiescent(h.lc);
		assert_int_equal(stock_of(h.d, h.first[2]), 0);
		assert_int_equal(is_marked(&h, h.first[1]), i == 64);
	}
	hand_close(&h);
}

/* The thread waits while its member is offline, for example in a drain, and serves it in vain. */
static void
quiescent_points_while_offline_do_not_end_the_search(void **state)
{
	struct hand h;
	uint32_t i;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	assert_int_equal(ration_lcore_offline(h.lc), 0);
	for (i = 0; i < 1000; i++)
		ration_serve_own();
	assert_int_equal(ration_lcore_online(h.lc), 0);
	assert_in_range(ration_load(&h.lc->countdown, relaxed), 1, 64);
	use(&h, h.first[1]);
	ration_workspace(h.lc)->idle_since -= period();
	for (i = 0; i < 64; i++)
		ration_quiescent(h.lc);
	assert_true(is_marked(&h, h.first[1]));
	ration_workspace(h.lc)->idle_since -= period();
	for (i = 0; i < 64; i++)
		ration_quiescent(h.lc);
	assert_int_equal(stock_of(h.d, h.first[1]), 0);
	hand_close(&h);
}

/* A member that comes back has no stock that could be idle: time offline does not count. */
static void
time_offline_does_not_make_stock_idle(void **state)
{
	struct hand h;

	(void)state;
	hand_open(&h, NB_COUNTERS);
	assert_int_equal(ration_lcore_offline(h.lc), 0);
	ration_workspace(h.lc)->idle_since -= 10 * period();
	assert_int_equal(ration_lcore_online(h.lc), 0);
	use_all(&h);
	pass_64ths(&h, 3);
	assert_false(is_marked(&h, h.first[0]));
	hand_close(&h);
}

int
main(void)
{
	const struct CMUnitTest hand[] = {
		cmocka_unit_test(the_hand_moves_as_far_as_time_has_passed),
		cmocka_unit_test(idle_stock_goes_back_when_it_is_due_and_not_before),
		cmocka_unit_test(stock_that_is_used_between_two_looks_stays),
		cmocka_unit_test(a_late_look_passes_each_entry_once),
		cmocka_unit_test(a_hand_with_little_work_reaches_every_entry),
		cmocka_unit_test(a_request_and_a_look_at_the_same_quiescent_point_are_both_served),
		cmocka_unit_test(requests_do_not_change_when_a_look_is_due),
		cmocka_unit_test(quiescent_points_while_offline_do_not_end_the_search),
		cmocka_unit_test(time_offline_does_not_make_stock_idle),
	};

	if (test_eal_start("hand", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(hand, NULL, NULL));
}
