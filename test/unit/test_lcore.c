/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Lcores register, go offline and unregister: their stock is returned, and their member entries are
 * reused (P6, P8).
 */

#include <pthread.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_memory.h>

#include "eal.h"
#include "fixture.h"

static void
a_thread_finds_its_lcore_area_again(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *lc;

	assert_ptr_equal(ration_lcore_self(f->d), ration_lcore_shared(f->d));
	lc = f->lc[0] = ration_lcore_register(f->d);
	assert_non_null(lc);
	assert_ptr_not_equal(lc, ration_lcore_shared(f->d));
	assert_ptr_equal(ration_lcore_self(f->d), lc);
	assert_ptr_equal(ration_lcore_register(f->d), lc);
	assert_int_equal(lc->lcore_id, rte_lcore_id());
	assert_ptr_equal(ration_lcore_get(f->d, lc->member_id), lc);
	f->lc[0] = NULL;
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_ptr_equal(ration_lcore_self(f->d), ration_lcore_shared(f->d));
}

static void
register_brings_an_offline_lcore_online(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);
	struct ration_lcore *lc = f->lc[0] = ration_lcore_register(f->d);

	assert_int_equal(ration_lcore_offline(lc), 0);
	assert_ptr_equal(ration_lcore_register(f->d), lc);
	assert_int_equal(ration_lcore_online(lc), -EINVAL);
	assert_int_equal(ration_try_charge(lc, c, 1), 0);
	assert_true(stock_of(f->d, c) > 0);
}

static void
register_needs_a_domain(void **state)
{
	(void)state;
	assert_errno(NULL, ration_lcore_register(NULL), EINVAL);
	assert_errno(NULL, ration_lcore_register_extra(NULL), EINVAL);
}

static void
register_extra_gives_further_members(void **state)
{
	struct fixture *f = *state;

	assert_ptr_not_equal(f->lc[0], f->lc[1]);
	assert_int_not_equal(f->lc[0]->member_id, f->lc[1]->member_id);
	assert_ptr_equal(ration_lcore_self(f->d), ration_lcore_shared(f->d));
	f->lc[2] = ration_lcore_register(f->d);
	assert_ptr_equal(ration_lcore_self(f->d), f->lc[2]);
	f->lc[3] = ration_lcore_register_extra(f->d);
	assert_ptr_equal(ration_lcore_self(f->d), f->lc[2]);
	assert_ptr_not_equal(f->lc[3], f->lc[2]);
}

static void
offline_gives_stock_back(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100000, 0);
	ration_counter_t a = make_counter(f->d, p, "a", 100000, 64);
	ration_counter_t b = make_counter(f->d, p, "b", 100000, 64);

	assert_int_equal(ration_try_charge(f->lc[0], a, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[0], b, 4), 0);
	assert_true(usage_of(f->d, p) > 7);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	assert_int_equal(usage_of(f->d, a), 3);
	assert_int_equal(usage_of(f->d, b), 4);
	assert_int_equal(usage_of(f->d, p), 7);
	assert_int_equal(usage_of(f->d, f->root), 7);
	assert_int_equal(ration_lcore_online(f->lc[0]), 0);
	assert_int_equal(ration_uncharge(f->lc[0], a, 3), 0);
	assert_int_equal(ration_uncharge(f->lc[0], b, 4), 0);
}

static void
offline_leaves_the_stock_of_others(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	uint64_t stock, walks;

	assert_int_equal(ration_try_charge(f->lc[1], c, 1), 0);
	stock = stock_of(f->d, c);
	assert_true(stock > 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	assert_int_equal(stock_of(f->d, c), stock);
	walks = stats_of(f->lc[1]).refills;
	assert_int_equal(ration_try_charge(f->lc[1], c, stock), 0);
	assert_int_equal(stats_of(f->lc[1]).refills, walks);
}

static void
unregister_gives_stock_back_and_keeps_granted_units(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct ration_lcore *lc = f->lc[0];

	f->lc[0] = NULL;
	assert_int_equal(ration_try_charge(lc, c, 9), 0);
	assert_true(usage_of(f->d, c) > 9);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(usage_of(f->d, c), 9);
	/* Another lcore may uncharge the units that were granted to an unregistered one. */
	assert_int_equal(ration_uncharge(f->lc[1], c, 9), 0);
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
}

static void
an_offline_lcore_can_unregister(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *lc = f->lc[0];
	uint32_t member_id = lc->member_id;

	f->lc[0] = NULL;
	assert_int_equal(ration_lcore_offline(lc), 0);
	assert_ptr_equal(ration_lcore_get(f->d, member_id), lc);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_null(ration_lcore_get(f->d, member_id));
}

static void
states_are_not_entered_twice(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ration_lcore_online(f->lc[0]), -EINVAL);
	assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
	assert_int_equal(ration_lcore_offline(f->lc[0]), -EINVAL);
	assert_int_equal(ration_lcore_online(f->lc[0]), 0);
	assert_int_equal(ration_lcore_online(f->lc[0]), -EINVAL);
}

static void
the_shared_area_is_never_offline_or_unregistered(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *shared = ration_lcore_shared(f->d);

	assert_int_equal(ration_lcore_offline(shared), -EINVAL);
	assert_int_equal(ration_lcore_online(shared), -EINVAL);
	assert_int_equal(ration_lcore_unregister(shared), -EINVAL);
	assert_ptr_equal(ration_lcore_shared(f->d), shared);
	assert_int_equal(ration_try_charge(shared, f->root, 1), 0);
	assert_int_equal(ration_uncharge(shared, f->root, 1), 0);
}

static void
a_full_domain_takes_another_member_after_an_unregister(void **state)
{
	const struct ration_domain_params params = {.max_counters = 4, .max_members = 3};
	struct ration_domain *d = ration_domain_create("full", &params);
	struct ration_lcore *lc[3], *again;
	uint32_t member_id;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(lc); i++) {
		lc[i] = ration_lcore_register_extra(d);
		assert_non_null(lc[i]);
	}
	assert_errno(NULL, ration_lcore_register_extra(d), ENOSPC);
	assert_errno(NULL, ration_lcore_register(d), ENOSPC);
	/* An offline member keeps its member entry. */
	assert_int_equal(ration_lcore_offline(lc[1]), 0);
	assert_errno(NULL, ration_lcore_register_extra(d), ENOSPC);
	member_id = lc[1]->member_id;
	assert_int_equal(ration_lcore_unregister(lc[1]), 0);
	again = ration_lcore_register(d);
	assert_non_null(again);
	assert_int_equal(again->member_id, member_id);
	assert_int_equal(ration_lcore_unregister(again), 0);
	assert_int_equal(ration_lcore_unregister(lc[0]), 0);
	assert_int_equal(ration_lcore_unregister(lc[2]), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
a_reused_member_entry_starts_empty(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100000, 64);
	struct ration_lcore_stats stats;
	uint32_t member_id = f->lc[0]->member_id;

	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
	assert_int_equal(ration_lcore_unregister(f->lc[0]), 0);
	f->lc[0] = ration_lcore_register_extra(f->d);
	assert_int_equal(f->lc[0]->member_id, member_id);
	stats = stats_of(f->lc[0]);
	assert_int_equal(stats.refills + stats.trims + stats.refusals + stats.drained, 0);
	assert_int_equal(stock_of(f->d, c), 0);
	/* Neither the ledger nor the stock of the former member affects the new one. */
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_int_equal(stats_of(f->lc[0]).refills, 1);
	assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
}

static void
registering_and_unregistering_leaks_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 200, 64);
	unsigned int i;

	for (i = 0; i < 20000; i++) {
		struct ration_lcore *lc = ration_lcore_register_extra(f->d);

		assert_non_null(lc);
		assert_int_equal(ration_try_charge(lc, c, 1), 0);
		assert_int_equal(ration_uncharge(lc, c, 1), 0);
		assert_int_equal(ration_lcore_unregister(lc), 0);
	}
	assert_int_equal(usage_of(f->d, c), 0);
	/* A refill counts online members only: unregistered ones must not reduce it. */
	for (i = 0; i < 1000; i++) {
		assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
		assert_int_equal(ration_lcore_online(f->lc[0]), 0);
	}
	assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
	assert_true(stock_of(f->d, c) >= 50);
}

static void
each_charge_through_the_shared_area_walks_and_hides_nothing(void **state)
{
	struct fixture *f = *state;
	struct ration_lcore *shared = ration_lcore_shared(f->d);
	ration_counter_t c = make_counter(f->d, f->root, "c", 50, 64);
	unsigned int i;

	for (i = 1; i <= 50; i++) {
		assert_int_equal(ration_try_charge(shared, c, 1), 0);
		assert_int_equal(usage_of(f->d, c), i);
	}
	assert_int_equal(stats_of(shared).refills, 50);
	assert_int_equal(ration_try_charge(shared, c, 1), -EDQUOT);
	assert_int_equal(stats_of(shared).refusals, 1);
	for (i = 0; i < 50; i++)
		assert_int_equal(ration_uncharge(shared, c, 1), 0);
	assert_int_equal(stats_of(shared).trims, 50);
	assert_int_equal(usage_of(f->d, c), 0);
}

static void
units_charged_through_the_shared_area_come_back_on_an_lcore(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 1000, 64);

	assert_int_equal(ration_try_charge(ration_lcore_shared(f->d), c, 500), 0);
	assert_int_equal(ration_uncharge(f->lc[0], c, 500), 0);
	assert_int_equal(ration_try_charge(f->lc[0], c, 300), 0);
	assert_int_equal(ration_uncharge(ration_lcore_shared(f->d), c, 300), 0);
	drain_all(f->d);
	assert_int_equal(usage_of(f->d, c), 0);
	assert_int_equal(info_of(f->d, c).rejected, 0);
}

static void
observers_see_members_by_id(void **state)
{
	struct fixture *f = *state;
	unsigned int i, members = 0;

	for (i = 0; i < 8; i++)
		members += ration_lcore_get(f->d, i) != NULL;
	assert_int_equal(members, 2);
	assert_ptr_equal(ration_lcore_get(f->d, f->lc[1]->member_id), f->lc[1]);
	assert_null(ration_lcore_get(f->d, 8));
	assert_null(ration_lcore_get(f->d, RATION_MEMBERS_MAX));
	assert_null(ration_lcore_get(f->d, UINT32_MAX));
}

/* ---- other threads */

static void
note_self(struct ration_lcore *lc, void *arg)
{
	struct actor *a = arg;

	(void)lc;
	a->lc = ration_lcore_self(a->d);
}

static void
each_thread_has_its_own_lcore_area(void **state)
{
	struct fixture *f = *state;
	struct actor *a = &f->actors[0], *b = &f->actors[1], *w = &f->actors[2];

	f->lc[0] = ration_lcore_register(f->d);
	assert_int_equal(actor_start(a, f->d, ACTOR_THREAD, 0), 0);
	assert_int_equal(actor_start(b, f->d, ACTOR_THREAD, 0), 0);
	assert_int_equal(actor_start(w, f->d, ACTOR_WORKER, 1), 0);
	/* A thread without registration charges through the shared area. */
	assert_true(actor_do(a, note_self, a));
	assert_ptr_equal(a->lc, ration_lcore_shared(f->d));
	a->lc = NULL;
	assert_true(actor_register(a));
	assert_true(actor_register(b));
	assert_true(actor_register(w));
	assert_ptr_not_equal(a->lc, b->lc);
	assert_ptr_not_equal(a->lc, f->lc[0]);
	assert_int_equal(a->lc->lcore_id, LCORE_ID_ANY);
	assert_int_equal(w->lc->lcore_id, 1);
	assert_int_equal(f->lc[0]->lcore_id, rte_get_main_lcore());
	assert_true(actor_do(b, note_self, b));
	assert_ptr_equal(b->lc, ration_lcore_get(f->d, b->lc->member_id));
}

/* A thread that takes stock and ends, in one of several ways, without unregistering. */
struct member_thread {
	struct ration_domain *d;
	ration_counter_t c;
	bool exits;
	bool registers;
	uint64_t hidden;
	int rc;
};

static void *
end_as_a_member(void *arg)
{
	struct member_thread *l = arg;
	struct ration_lcore *lc;

	if (l->registers && rte_thread_register() != 0)
		return NULL;
	lc = ration_lcore_register(l->d);
	l->rc = ration_try_charge(lc, l->c, 1);
	ration_uncharge(lc, l->c, 1);
	l->hidden = stock_of(l->d, l->c);
	if (l->registers) {
		rte_thread_unregister();
		/* The member is offline but still registered: it can charge, without stock. */
		l->hidden += stock_of(l->d, l->c) << 32;
		if (ration_try_charge(lc, l->c, 1) != 0 || ration_uncharge(lc, l->c, 1) != 0)
			l->rc = -1;
	}
	if (l->exits)
		pthread_exit(NULL);
	return NULL;
}

static void
end_of_thread(struct fixture *f, struct member_thread *l)
{
	pthread_t thread;
	uint32_t i;

	l->d = f->d;
	/* More threads than member entries: each entry is free again. */
	for (i = 0; i < 20; i++) {
		l->rc = -1;
		assert_int_equal(pthread_create(&thread, NULL, end_as_a_member, l), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(l->rc, 0);
		assert_in_range(l->hidden, 1, 64 + 1);
		assert_int_equal(usage_of(f->d, l->c), 0);
	}
}

static void
a_thread_that_returns_gives_all_back(void **state)
{
	struct fixture *f = *state;
	struct member_thread l = {.c = make_counter(f->d, f->root, "c", 10000, 64)};

	end_of_thread(f, &l);
}

static void
a_thread_that_exits_gives_all_back(void **state)
{
	struct fixture *f = *state;
	struct member_thread l = {.c = make_counter(f->d, f->root, "c", 10000, 64), .exits = true};

	end_of_thread(f, &l);
}

static void
a_thread_that_unregisters_from_eal_is_offline(void **state)
{
	struct fixture *f = *state;
	struct member_thread l = {.c = make_counter(f->d, f->root, "c", 10000, 64),
				  .registers = true};

	end_of_thread(f, &l);
}

/*
 * Like the stuck flag of the kernel: drained while it is excluded, included again, drained again.
 */
static void
drained_while_offline_it_answers_once_online(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10000, 64);
	uint32_t i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(ration_try_charge(f->lc[0], c, 1), 0);
		assert_int_equal(ration_lcore_offline(f->lc[0]), 0);
		drain_all(f->d);
		assert_int_equal(ration_lcore_online(f->lc[0]), 0);
		assert_int_equal(ration_uncharge(f->lc[0], c, 1), 0);
		assert_int_equal(ration_try_charge(f->lc[0], c, 2), 0);
		assert_true(stock_of(f->d, c) > 0);
		drain_all(f->d);
		assert_int_equal(stock_of(f->d, c), 0);
		assert_int_equal(ration_uncharge(f->lc[0], c, 2), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest lcore[] = {
		in_domain(a_thread_finds_its_lcore_area_again),
		in_domain(register_brings_an_offline_lcore_online),
		cmocka_unit_test(register_needs_a_domain),
		with_two_members(register_extra_gives_further_members),
		with_one_member(offline_gives_stock_back),
		with_two_members(offline_leaves_the_stock_of_others),
		with_two_members(unregister_gives_stock_back_and_keeps_granted_units),
		with_one_member(an_offline_lcore_can_unregister),
		with_one_member(states_are_not_entered_twice),
		in_domain(the_shared_area_is_never_offline_or_unregistered),
		cmocka_unit_test(a_full_domain_takes_another_member_after_an_unregister),
		with_one_member(a_reused_member_entry_starts_empty),
		with_one_member(registering_and_unregistering_leaks_nothing),
		in_domain(each_charge_through_the_shared_area_walks_and_hides_nothing),
		with_one_member(units_charged_through_the_shared_area_come_back_on_an_lcore),
		with_two_members(observers_see_members_by_id),
		in_domain(each_thread_has_its_own_lcore_area),
		in_domain(a_thread_that_returns_gives_all_back),
		in_domain(a_thread_that_exits_gives_all_back),
		in_domain(a_thread_that_unregisters_from_eal_is_offline),
		with_one_member(drained_while_offline_it_answers_once_online),
	};

	if (test_eal_start("lcore", 1) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(lcore, NULL, NULL));
}
