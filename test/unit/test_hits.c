/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* What the stock is for: calls that it can serve walk no tree, and it is not kept unused. */

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_memory.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

#define BURST 8

/* The burst below: two counters in turn, and 1 to BURST units. */
static void
fill_burst(struct fixture *f, ration_counter_t *c, uint32_t *n)
{
	uint32_t i;

	c[0] = make_counter(f->d, f->root, "a", RATION_UNLIMITED, 1000);
	c[1] = make_counter(f->d, f->root, "b", RATION_UNLIMITED, 1000);
	for (i = 0; i < BURST; i++) {
		c[i] = c[i % 2];
		n[i] = i + 1;
		/* Stock for whatever follows. */
		assert_int_equal(ration_try_charge(f->lc[0], c[i], 1), 0);
		assert_int_equal(ration_uncharge(f->lc[0], c[i], 1), 0);
	}
}

static void
a_burst_within_the_stock_walks_no_tree(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c[BURST];
	uint8_t granted[BURST];
	uint32_t n[BURST], seq;
	uint64_t usage;

	fill_burst(f, c, n);
	seq = ration_load(&f->lc[0]->seq, relaxed);
	usage = usage_of(f->d, f->root);
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, n, BURST, granted), BURST);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, n, BURST), BURST);
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, BURST, granted), BURST);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, NULL, BURST), BURST);
	/* Each walk changes it, also one that changes nothing else. */
	assert_int_equal(ration_load(&f->lc[0]->seq, relaxed), seq);
	assert_int_equal(usage_of(f->d, f->root), usage);
	assert_int_equal(stock_of(f->d, f->root), usage);
}

/* Packets of the same counter in a row, 1 to BURST of them, at any place in the burst. */
static void
runs_within_the_stock_walk_no_tree(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c[BURST], other;
	uint8_t granted[BURST];
	uint32_t n[BURST], seq, i, run;

	fill_burst(f, c, n);
	other = c[1];
	for (run = 1; run <= BURST; run++) {
		for (i = 0; i < BURST; i++) {
			c[i] = i / run % 2 == 0 ? c[0] : other;
			n[i] = 1;
		}
		for (i = 0; i < 2; i++) {
			assert_int_equal(ration_try_charge(f->lc[0], c[0], 1), 0);
			assert_int_equal(ration_try_charge(f->lc[0], other, 1), 0);
			seq = ration_load(&f->lc[0]->seq, relaxed);
			assert_int_equal(ration_try_charge_burst(f->lc[0], c, i == 0 ? n : NULL,
								 BURST, granted),
					 BURST);
			assert_int_equal(
				ration_uncharge_burst(f->lc[0], c, i == 0 ? n : NULL, BURST),
				BURST);
			assert_int_equal(ration_load(&f->lc[0]->seq, relaxed), seq);
			assert_int_equal(ration_uncharge(f->lc[0], c[0], 1), 0);
			assert_int_equal(ration_uncharge(f->lc[0], other, 1), 0);
		}
	}
}

/* One unit of work at a quiescent point is still one bitmap word for the search of idle stock. */
static void
with_the_least_work_unused_stock_goes_back(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 128,
		.max_members = 2,
		.socket_id = SOCKET_ID_ANY,
		.timeout_us = 2000000,
		.drain_work = 1,
		.idle_us = 1,
	};
	struct ration_domain *d = ration_domain_create("least", &params);
	uint64_t end = rte_get_timer_cycles() + 20 * rte_get_timer_hz();
	struct ration_lcore *lc;
	ration_counter_t c;

	(void)state;
	assert_non_null(d);
	lc = ration_lcore_register_extra(d);
	assert_non_null(lc);
	c = make_counter(d, ration_domain_root(d), "c", RATION_UNLIMITED, 64);
	assert_int_equal(ration_try_charge(lc, c, 1), 0);
	assert_int_equal(stock_of(d, c), 64);
	while (stock_of(d, c) != 0 && rte_get_timer_cycles() < end)
		ration_quiescent(lc);
	assert_int_equal(stock_of(d, c), 0);
	assert_int_equal(ration_uncharge(lc, c, 1), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* Let the hand of the idle mark pass all entries in one call, beginning with the second word. */
static void
pass_all(struct ration_lcore *lc)
{
	ration_workspace(lc)->idle_next = 64;
	ration_workspace(lc)->idle_since = 0;
	ration_store(&lc->countdown, 0, relaxed);
	__ration_serve(lc);
	assert_int_equal(ration_workspace(lc)->idle_next, 64);
}

static void
the_hand_goes_on_at_the_first_entry_in_the_same_call(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 192,
		.max_members = 2,
		.socket_id = SOCKET_ID_ANY,
		.timeout_us = 2000000,
		.idle_us = 1000,
	};
	struct ration_domain *d = ration_domain_create("hand", &params);
	struct ration_lcore *lc;
	ration_counter_t c;

	(void)state;
	assert_non_null(d);
	lc = ration_lcore_register_extra(d);
	assert_non_null(lc);
	c = make_counter(d, ration_domain_root(d), "c", RATION_UNLIMITED, 64);
	assert_true((uint32_t)c < 64);
	assert_int_equal(ration_try_charge(lc, c, 1), 0);
	/* First the hand marks the entry, then it returns the stock. */
	pass_all(lc);
	assert_int_equal(stock_of(d, c), 64);
	pass_all(lc);
	assert_int_equal(stock_of(d, c), 0);
	assert_int_equal(stats_of(lc).idle, 64);
	assert_int_equal(ration_uncharge(lc, c, 1), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_one_member(a_burst_within_the_stock_walks_no_tree),
		with_one_member(runs_within_the_stock_walk_no_tree),
		cmocka_unit_test(with_the_least_work_unused_stock_goes_back),
		cmocka_unit_test(the_hand_goes_on_at_the_first_entry_in_the_same_call),
	};

	if (test_eal_start("hits", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
