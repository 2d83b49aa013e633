/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_lcore.h>
#include <rte_mempool.h>

#include "baselines/backend.h"
#include "baselines/ring.h"
#include "baselines/slots_7.h"
#include "baselines/stock_v4.h"
#include "bench_eal.h"

/**
 * @file
 * Properties of single baselines: exactness between threads, the rules of their stocks, answers
 * through a ring.
 */

/**
 * CPUs of the process before EAL pinned it to one CPU. Threads inherit the affinity and would never
 * run at the same time.
 */
static cpu_set_t all_cpus;

static void
start_thread(pthread_t *thread, void *(*f)(void *), void *arg)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, sizeof(all_cpus), &all_cpus);
	assert_int_equal(pthread_create(thread, &attr, f, arg), 0);
	pthread_attr_destroy(&attr);
}

#define THREADS 4
#define UNITS 600000

struct bed {
	const struct backend *impl;
	void *self;
	void *ctx;
	uint64_t c;
};

/* One lcore context, joined by this thread; c is the first counter. */
static struct bed
make_bed(const struct backend *impl, const struct backend_tree *tree)
{
	struct bed b = {.impl = impl, .self = impl->create(tree)};

	assert_non_null(b.self);
	b.ctx = impl->join(b.self, 0);
	b.c = impl->counter(b.self, 0);
	return b;
}

static void
break_bed(struct bed *b)
{
	b->impl->leave(b->ctx);
	b->impl->destroy(b->self);
}

static const struct backend *
of(void **state)
{
	return *state;
}

struct hammer {
	const struct backend *impl;
	void *self;
	uint64_t counter;
	int (*op)(void *ctx, uint64_t c, uint64_t n);
	uint32_t lcore;
	uint64_t refused;
	pthread_barrier_t *start;
};

static void *
hammer(void *arg)
{
	struct hammer *h = arg;
	void *ctx = h->impl->join(h->self, h->lcore);
	int i;

	pthread_barrier_wait(h->start);
	for (i = 0; i < UNITS; i++)
		h->refused += h->op(ctx, h->counter, 1) != 0;
	h->impl->leave(ctx);
	return NULL;
}

/* Each thread runs its hammer. They start together. */
static void
run_hammers(struct hammer *hammers)
{
	pthread_t threads[THREADS];
	pthread_barrier_t start;
	int i;

	pthread_barrier_init(&start, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		hammers[i].start = &start;
		start_thread(&threads[i], hammer, &hammers[i]);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&start);
}

/* On each of two counters one thread charges while another one uncharges. */
static void
concurrent_operations_are_counted(void **state)
{
	const struct backend_tree tree = {
		.counters = 2, .depth = 2, .max = 4 * UNITS, .lcores = THREADS};
	const struct backend *impl = of(state);
	struct hammer hammers[THREADS];
	struct bed b = make_bed(impl, &tree);
	int i;

	assert_int_equal(impl->charge(b.ctx, impl->counter(b.self, 0), UNITS), 0);
	assert_int_equal(impl->charge(b.ctx, impl->counter(b.self, 1), UNITS), 0);
	impl->leave(b.ctx);
	for (i = 0; i < THREADS; i++)
		hammers[i] = (struct hammer){.impl = impl,
					     .self = b.self,
					     .counter = impl->counter(b.self, i / 2),
					     .op = i % 2 == 0 ? impl->charge : impl->uncharge,
					     .lcore = i};
	run_hammers(hammers);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(hammers[i].refused, 0);
	assert_int_equal(impl->granted(b.self, impl->counter(b.self, 0)), UNITS);
	assert_int_equal(impl->granted(b.self, impl->counter(b.self, 1)), UNITS);
	if (impl == &backend_atomic_tree || impl == &backend_cas_tree ||
	    impl == &backend_spinlock_tree) {
		/* Handle 0 is the root, 1 the level between. */
		assert_int_equal(impl->granted(b.self, 1), 2 * UNITS);
		assert_int_equal(impl->granted(b.self, 0), 2 * UNITS);
	}
	impl->destroy(b.self);
}

static void
the_limit_of_every_level_holds(void **state)
{
	const struct backend_tree tree = {.counters = 2, .depth = 2, .max = 6, .root_max = 10};
	const struct backend *impl = of(state);
	struct bed b = make_bed(impl, &tree);
	uint64_t left = b.c, right = impl->counter(b.self, 1);

	assert_int_not_equal(impl->charge(b.ctx, left, 7), 0);
	assert_int_equal(impl->granted(b.self, 0), 0);
	assert_int_equal(impl->charge(b.ctx, left, 6), 0);
	assert_int_not_equal(impl->charge(b.ctx, right, 5), 0);
	assert_int_equal(impl->granted(b.self, right), 0);
	assert_int_equal(impl->granted(b.self, 1), 6);
	assert_int_equal(impl->granted(b.self, 0), 6);
	assert_int_equal(impl->charge(b.ctx, right, 4), 0);
	assert_int_equal(impl->granted(b.self, 0), 10);
	break_bed(&b);
}

static const struct backend_tree wide = {.counters = 16, .depth = 2, .max = UINT64_C(1) << 40};

/* Slow paths of `pairs` pairs over the first `nb` counters in turn, after as many to warm up. */
static uint64_t
slow_paths_in_turn(struct bed *b, uint32_t nb, uint32_t pairs)
{
	uint32_t i;
	uint64_t slow = 0;

	for (i = 0; i < 2 * pairs; i++) {
		if (i == pairs)
			slow = b->impl->slow_paths(b->ctx);
		assert_int_equal(b->impl->charge(b->ctx, b->impl->counter(b->self, i % nb), 1), 0);
		assert_int_equal(b->impl->uncharge(b->ctx, b->impl->counter(b->self, i % nb), 1),
				 0);
	}
	return b->impl->slow_paths(b->ctx) - slow;
}

/*
 * With eight counters in turn no operation finds its slot, or only some do if eviction is random.
 */
static void
seven_slots_serve_seven_counters_not_eight(void **state)
{
	struct bed b = make_bed(of(state), &wide);

	assert_int_equal(slow_paths_in_turn(&b, 7, 700), 0);
	assert_true(slow_paths_in_turn(&b, 8, 800) > 300);
	break_bed(&b);
}

static void
slots_take_a_batch_and_keep_the_rest(void **state)
{
	struct bed b = make_bed(of(state), &wide);

	assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(slots_7_charged(b.self, b.c), 64);
	assert_int_equal(slots_7_stock(b.ctx, b.c), 63);
	assert_int_equal(b.impl->charge(b.ctx, b.c, 63), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 1);
	assert_int_equal(slots_7_charged(b.self, b.c), 64);
	assert_int_equal(slots_7_stock(b.ctx, b.c), 0);
	break_bed(&b);
}

static void
more_than_a_batch_walks_past_the_slots(void **state)
{
	struct bed b = make_bed(of(state), &wide);

	assert_int_equal(b.impl->charge(b.ctx, b.c, 65), 0);
	assert_int_equal(slots_7_charged(b.self, b.c), 65);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 65), 0);
	assert_int_equal(slots_7_charged(b.self, b.c), 0);
	break_bed(&b);
}

static void
a_slot_with_more_than_a_batch_is_emptied(void **state)
{
	struct bed b = make_bed(of(state), &wide);

	assert_int_equal(b.impl->charge(b.ctx, b.c, 65), 0);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 60), 0);
	assert_int_equal(slots_7_stock(b.ctx, b.c), 60);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 4), 0);
	assert_int_equal(slots_7_stock(b.ctx, b.c), 64);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	assert_int_equal(slots_7_stock(b.ctx, b.c), -1);
	assert_int_equal(slots_7_charged(b.self, b.c), 0);
	break_bed(&b);
}

static void
slots_ask_for_less_where_a_batch_does_not_fit(void **state)
{
	const struct backend_tree narrow = {.counters = 1, .depth = 2, .max = 10};
	struct bed b = make_bed(of(state), &narrow);

	assert_int_equal(b.impl->charge(b.ctx, b.c, 4), 0);
	assert_int_equal(slots_7_charged(b.self, b.c), 4);
	assert_int_equal(b.impl->charge(b.ctx, b.c, 6), 0);
	assert_int_not_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(slots_7_charged(b.self, b.c), 10);
	break_bed(&b);
}

/* Each of fifteen counters takes the slot of the counter seven before it. */
/* A counter that has a slot evicts no other counter. */
static void
an_emptied_slot_is_used_first(void **state)
{
	struct bed b = make_bed(of(state), &wide);
	uint64_t third = b.impl->counter(b.self, 2);
	uint32_t i;

	for (i = 0; i < SLOTS; i++)
		assert_int_equal(b.impl->charge(b.ctx, b.impl->counter(b.self, i), 2), 0);
	/* More than a batch: the slot is emptied. */
	assert_int_equal(b.impl->charge(b.ctx, third, 60), 0);
	assert_int_equal(b.impl->uncharge(b.ctx, third, 62), 0);
	assert_int_equal(b.impl->charge(b.ctx, third, 60), 0);
	assert_int_equal(b.impl->uncharge(b.ctx, third, 61), 0);
	assert_int_equal(slots_7_stock(b.ctx, third), -1);
	assert_int_equal(b.impl->charge(b.ctx, b.impl->counter(b.self, SLOTS), 1), 0);
	for (i = 0; i <= SLOTS; i++)
		assert_int_equal(slots_7_stock(b.ctx, b.impl->counter(b.self, i)) < 0, i == 2);
	break_bed(&b);
}

static void
evictions_go_in_turn(void **state)
{
	struct bed b = make_bed(&backend_slots_7_rr, &wide);
	uint32_t i;

	(void)state;
	for (i = 0; i < 2 * SLOTS + 1; i++) {
		assert_int_equal(b.impl->charge(b.ctx, b.impl->counter(b.self, i), 1), 0);
		if (i < SLOTS)
			continue;
		/* Its units are back in the tree, except the granted one. */
		assert_int_equal(slots_7_stock(b.ctx, b.impl->counter(b.self, i - SLOTS)), -1);
		assert_int_equal(slots_7_charged(b.self, b.impl->counter(b.self, i - SLOTS)), 1);
		assert_int_equal(slots_7_stock(b.ctx, b.impl->counter(b.self, i - SLOTS + 1)), 63);
	}
	break_bed(&b);
}

static void
random_evictions_hit_every_slot(void **state)
{
	struct bed b = make_bed(&backend_slots_7_random, &wide);
	uint32_t evicted[SLOTS] = {0}, i, round;

	(void)state;
	/* Fill the slots again each time, so that slot i belongs to counter i. */
	for (round = 0; round < 700; round++) {
		b.impl->leave(b.ctx);
		for (i = 0; i < SLOTS + 1; i++)
			assert_int_equal(b.impl->charge(b.ctx, b.impl->counter(b.self, i), 1), 0);
		for (i = 0; i < SLOTS; i++)
			evicted[i] += slots_7_stock(b.ctx, b.impl->counter(b.self, i)) < 0;
		for (i = 0; i < SLOTS + 1; i++)
			assert_int_equal(b.impl->uncharge(b.ctx, b.impl->counter(b.self, i), 1), 0);
	}
	for (i = 0; i < SLOTS; i++)
		assert_in_range(evicted[i], 50, 150);
	break_bed(&b);
}

/* The old stock, and versions 3 and 4. */
static void
stock_feeds_charges_but_uncharges_walk(void **state)
{
	struct bed b = make_bed(of(state), &wide);
	int i;

	for (i = 0; i < 64; i++)
		assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 1);
	for (i = 0; i < 64; i++)
		assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 65);
	/* The stock has not grown. */
	assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 66);
	assert_int_equal(b.impl->granted(b.self, b.c), 1);
	break_bed(&b);
}

static void
sixteen_counters_are_all_hits(void **state)
{
	struct bed b = make_bed(of(state), &wide);

	/* 16 walks for the uncharges of a round, and one for every 64th charge. */
	assert_in_range(slow_paths_in_turn(&b, 16, 1600), 1600, 1600 + 1600 / 64 + 16);
	break_bed(&b);
}

/* A full batch is taken however few units are left. */
static void
a_fixed_batch_is_taken_if_it_fits(void **state)
{
	const struct backend_tree tree = {
		.counters = 2, .depth = 2, .max = 1000, .root_max = 100, .lcores = 2};
	struct bed b = make_bed(&backend_stock_fixed, &tree);
	uint64_t right = b.impl->counter(b.self, 1), granted = 0;
	void *ctx = b.impl->join(b.self, 1);

	(void)state;
	assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	while (b.impl->charge(ctx, right, 1) == 0)
		granted++;
	/* One unit is granted here, and 64 are kept. */
	assert_int_equal(granted, 100 - 65);
	assert_int_equal(b.impl->granted(b.self, b.c), 1);
	b.impl->leave(ctx);
	break_bed(&b);
}

static void
a_fixed_stock_is_emptied_to_its_middle(void **state)
{
	struct bed b = make_bed(&backend_stock_fixed, &wide);

	(void)state;
	assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->charge(b.ctx, b.c, 64), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 1);
	/* The stock is full, then it is trimmed. */
	assert_int_equal(b.impl->charge(b.ctx, b.c, 64), 0);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 64), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 2);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 3);
	/* 64 units in both directions. */
	assert_int_equal(b.impl->charge(b.ctx, b.c, 64), 0);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 128), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 3);
	assert_int_equal(b.impl->granted(b.self, b.c), 0);
	break_bed(&b);
}

struct v4_charger {
	struct bed *bed;
	uint64_t charges;
	uint64_t granted;
	RATION_ATOMIC(uint32_t) drains; /**< Drains by the other thread so far. */
	RATION_ATOMIC(uint32_t) done;
};

/*
 * Wait until drains have come between charges often enough, or until it is clear that there is only
 * one CPU.
 */
static void *
charge_v4(void *arg)
{
	struct v4_charger *h = arg;
	uint32_t seen = 0, now, between = 0;

	for (; between < 20000 && h->charges < 20000000; h->charges++) {
		h->granted += h->bed->impl->charge(h->bed->ctx, h->bed->c, 1) == 0;
		now = ration_load(&h->drains, relaxed);
		between += now != seen;
		seen = now;
	}
	ration_store(&h->done, 1, release);
	return NULL;
}

static void
a_remote_exchange_neither_loses_nor_doubles_units(void **state)
{
	struct bed b = make_bed(&backend_stock_v4, &wide);
	struct v4_charger charger = {.bed = &b};
	pthread_t thread;

	(void)state;
	start_thread(&thread, charge_v4, &charger);
	while (!ration_load(&charger.done, acquire)) {
		stock_v4_drain(b.self, b.c);
		ration_fetch_add(&charger.drains, 1, relaxed);
	}
	pthread_join(thread, NULL);
	stock_v4_drain(b.self, b.c);
	assert_int_equal(stock_v4_drain(b.self, b.c), 0);
	assert_int_equal(charger.granted, charger.charges);
	assert_int_equal(b.impl->granted(b.self, b.c), charger.granted);
	/* Without stock the tree has exactly the granted units. */
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, charger.granted), 0);
	assert_int_equal(b.impl->granted(b.self, b.c), 0);
	break_bed(&b);
}

static void
a_share_reserved_by_one_lcore_is_refused_to_another(void **state)
{
	const struct backend_tree tree = {.counters = 1, .depth = 1, .max = 10, .lcores = 2};
	struct bed b = make_bed(&backend_limit_counter, &tree);
	void *other = b.impl->join(b.self, 1);

	(void)state;
	/*
	 * One unit is granted, and half of the nine remaining units are the share of the first
	 * lcore.
	 */
	assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->charge(other, b.c, 5), 0);
	assert_int_not_equal(b.impl->charge(other, b.c, 3), 0);
	b.impl->leave(b.ctx);
	assert_int_equal(b.impl->charge(other, b.c, 3), 0);
	assert_int_equal(b.impl->granted(b.self, b.c), 9);
	b.impl->leave(other);
	b.impl->destroy(b.self);
}

static void
a_share_is_bounded_and_starts_in_the_middle(void **state)
{
	const struct backend_tree tree = {.counters = 1, .depth = 1, .max = 100000};
	struct bed b = make_bed(&backend_limit_counter, &tree);
	int i;

	(void)state;
	assert_int_equal(b.impl->charge(b.ctx, b.c, 1000), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 1);
	for (i = 0; i < 64; i++)
		assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 1);
	for (i = 0; i < 128; i++)
		assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 1);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->slow_paths(b.ctx), 2);
	assert_int_equal(b.impl->granted(b.self, b.c), 1000 + 64 - 129);
	break_bed(&b);
}

/* Count the objects in the caches of the benchmark's pools. */
static void
count_cached(struct rte_mempool *mp, void *arg)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(mp, rte_lcore_id());
	uint32_t *cached = arg;

	if (strncmp(mp->name, "bench-pool", strlen("bench-pool")) == 0 && cache != NULL)
		*cached += cache->len;
}

static void
objects_come_from_the_cache_of_the_lcore(void **state)
{
	const struct backend_tree tree = {.counters = 1, .depth = 1, .max = 2000};
	struct bed b = make_bed(&backend_mempool_cache, &tree);
	uint32_t before = 0, within = 0, after = 0;

	(void)state;
	assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	rte_mempool_walk(count_cached, &before);
	assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	rte_mempool_walk(count_cached, &within);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	rte_mempool_walk(count_cached, &after);
	assert_int_equal(within, before - 1);
	assert_int_equal(after, before);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	break_bed(&b);
}

/* Bulk and single operations are refused alike. */
static void
a_burst_gets_what_is_left_of_each_pool(void **state)
{
	const struct backend_tree tree = {.counters = 2, .depth = 1, .max = 100};
	struct bed b = make_bed(&backend_mempool_cache, &tree);
	uint64_t order[BURST_SIZE], left = 0, right = b.impl->counter(b.self, 1);
	const struct backend_work work = {
		.order = order, .nb_order = BURST_SIZE, .units = 1, .pairs = BURST_SIZE};
	uint32_t i;

	(void)state;
	/* Five of these, then eleven of the others, and so on. */
	for (i = 0; i < BURST_SIZE; i++)
		order[i] = i % 16 < 5 ? b.c : right;
	assert_int_equal(b.impl->loop[BACKEND_BURSTS](b.ctx, &work), 0);
	while (b.impl->charge(b.ctx, b.c, 1) == 0)
		left++;
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 7), 0);
	assert_int_equal(b.impl->loop[BACKEND_BURSTS](b.ctx, &work), 3);
	assert_int_equal(b.impl->granted(b.self, b.c), left - 7);
	assert_int_equal(b.impl->granted(b.self, right), 0);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, left - 7), 0);
	break_bed(&b);
}

static void
a_bucket_is_refilled_by_time(void **state)
{
	const struct backend_tree tree = {.counters = 2, .depth = 1, .max = 100};
	struct bed b = make_bed(&backend_meter, &tree);
	const struct backend_work work = {.order = &b.c, .nb_order = 1, .units = 1, .pairs = 1000};
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		assert_int_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_not_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 2), 0);
	assert_int_equal(b.impl->charge(b.ctx, b.c, 2), 0);
	assert_int_not_equal(b.impl->charge(b.ctx, b.c, 1), 0);
	/* One is refused, then time has passed. */
	assert_int_equal(b.impl->uncharge(b.ctx, b.c, 1), 0);
	assert_int_equal(b.impl->loop[BACKEND_SAME](b.ctx, &work), 0);
	break_bed(&b);
}

static void
tokens_of_a_shared_bucket_are_granted_once(void **state)
{
	const struct backend_tree tree = {
		.counters = 1, .depth = 1, .max = UNITS, .lcores = THREADS, .first_dry = true};
	const struct backend *impl = &backend_shared_meter;
	struct bed b = make_bed(impl, &tree);
	struct hammer hammers[THREADS];
	uint64_t refused = 0;
	int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		hammers[i] = (struct hammer){.impl = impl,
					     .self = b.self,
					     .counter = b.c,
					     .op = impl->charge,
					     .lcore = i};
	run_hammers(hammers);
	for (i = 0; i < THREADS; i++)
		refused += hammers[i].refused;
	assert_int_equal(refused, (THREADS - 1) * UNITS);
	assert_int_equal(impl->granted(b.self, b.c), UNITS);
	break_bed(&b);
}

/* The lcore sees a millisecond pass by polling. The dry bucket gets nothing meanwhile. */
static void
a_shared_bucket_is_refilled_by_time_unless_it_is_dry(void **state)
{
	const struct backend_tree tree = {.counters = 2, .depth = 1, .max = 10, .first_dry = true};
	const struct backend *impl = &backend_shared_meter;
	struct bed b = make_bed(impl, &tree);
	const uint64_t dry = b.c, other = impl->counter(b.self, 1);

	(void)state;
	assert_int_equal(impl->charge(b.ctx, dry, 10), 0);
	assert_int_equal(impl->charge(b.ctx, other, 10), 0);
	assert_int_not_equal(impl->charge(b.ctx, other, 1), 0);
	while (impl->charge(b.ctx, other, 10) != 0)
		impl->poll(b.ctx);
	assert_int_not_equal(impl->charge(b.ctx, dry, 1), 0);
	assert_int_equal(impl->granted(b.self, dry), 10);
	break_bed(&b);
}

static void
packets_of_a_burst_share_the_tokens_of_their_bucket(void **state)
{
	const struct backend_tree tree = {.counters = 2, .depth = 1, .max = 100, .first_dry = true};
	const struct backend *impl = &backend_shared_meter;
	struct bed b = make_bed(impl, &tree);
	uint64_t order[BURST_SIZE];
	uint8_t granted[BURST_SIZE];
	uint16_t i;

	(void)state;
	for (i = 0; i < BURST_SIZE; i++)
		order[i] = impl->counter(b.self, i % 2);
	assert_int_equal(impl->charge(b.ctx, order[0], 97), 0);
	assert_int_equal(impl->charge_burst(b.ctx, order, BURST_SIZE, granted), 3 + 16);
	for (i = 0; i < BURST_SIZE; i++)
		assert_int_equal(granted[i], i % 2 == 1 || i < 6);
	assert_int_equal(impl->charge_burst(b.ctx, order, 5, granted), 2);
	assert_int_equal(impl->granted(b.self, order[0]), 100);
	assert_int_equal(impl->granted(b.self, order[1]), 18);
	break_bed(&b);
}

struct server {
	struct ring_baseline *ring;
	RATION_ATOMIC(uint32_t) quit;
};

static void *
serve(void *arg)
{
	struct server *s = arg;

	/* Pairs with the release in the test. */
	while (!ration_load(&s->quit, acquire))
		ring_baseline_poll(s->ring);
	return NULL;
}

static void
each_request_through_the_ring_is_acknowledged(void **state)
{
	struct ring_baseline ring;
	struct server server = {&ring, 0};
	pthread_t thread;
	int i;

	(void)state;
	assert_int_equal(ring_baseline_init(&ring), 0);
	start_thread(&thread, serve, &server);
	for (i = 1; i <= 20; i++) {
		assert_int_equal(ring_baseline_request(&ring), 0);
		assert_int_equal(ration_load(&ring.ack, relaxed), i);
	}
	ration_store(&server.quit, 1, release);
	pthread_join(thread, NULL);
	assert_true(rte_ring_empty(ring.ring));
	ring_baseline_fini(&ring);
}

static void
an_unserved_request_times_out(void **state)
{
	struct ring_baseline ring;

	(void)state;
	assert_int_equal(ring_baseline_init(&ring), 0);
	assert_int_equal(ring_baseline_request(&ring), -ETIMEDOUT);
	ring_baseline_fini(&ring);
}

#define TEST(name, f, backend)                                                                     \
	{                                                                                          \
		name ": " #f, f, NULL, NULL, (void *)(uintptr_t) & (backend)                       \
	}

#define TESTS_OF_WALKS(name, backend)                                                              \
	TEST(name, concurrent_operations_are_counted, backend),                                    \
		TEST(name, the_limit_of_every_level_holds, backend)

#define TESTS_OF_SLOTS(name, backend)                                                              \
	TEST(name, concurrent_operations_are_counted, backend),                                    \
		TEST(name, seven_slots_serve_seven_counters_not_eight, backend),                   \
		TEST(name, slots_take_a_batch_and_keep_the_rest, backend),                         \
		TEST(name, more_than_a_batch_walks_past_the_slots, backend),                       \
		TEST(name, a_slot_with_more_than_a_batch_is_emptied, backend),                     \
		TEST(name, an_emptied_slot_is_used_first, backend),                                \
		TEST(name, slots_ask_for_less_where_a_batch_does_not_fit, backend)

#define TESTS_OF_SERIES(name, backend)                                                             \
	TEST(name, concurrent_operations_are_counted, backend),                                    \
		TEST(name, stock_feeds_charges_but_uncharges_walk, backend),                       \
		TEST(name, sixteen_counters_are_all_hits, backend)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TESTS_OF_WALKS("atomic-tree", backend_atomic_tree),
		TESTS_OF_WALKS("cas-tree", backend_cas_tree),
		TESTS_OF_WALKS("spinlock-tree", backend_spinlock_tree),
		TESTS_OF_SLOTS("slots-7-random", backend_slots_7_random),
		TESTS_OF_SLOTS("slots-7-rr", backend_slots_7_rr),
		cmocka_unit_test(evictions_go_in_turn),
		cmocka_unit_test(random_evictions_hit_every_slot),
		TESTS_OF_SERIES("stock-v3", backend_stock_v3),
		TESTS_OF_SERIES("stock-v4", backend_stock_v4),
		TEST("stock-fixed", concurrent_operations_are_counted, backend_stock_fixed),
		cmocka_unit_test(a_fixed_batch_is_taken_if_it_fits),
		cmocka_unit_test(a_fixed_stock_is_emptied_to_its_middle),
		cmocka_unit_test(a_remote_exchange_neither_loses_nor_doubles_units),
		TEST("limit-counter", concurrent_operations_are_counted, backend_limit_counter),
		cmocka_unit_test(a_share_reserved_by_one_lcore_is_refused_to_another),
		cmocka_unit_test(a_share_is_bounded_and_starts_in_the_middle),
		cmocka_unit_test(objects_come_from_the_cache_of_the_lcore),
		cmocka_unit_test(a_burst_gets_what_is_left_of_each_pool),
		cmocka_unit_test(a_bucket_is_refilled_by_time),
		cmocka_unit_test(tokens_of_a_shared_bucket_are_granted_once),
		cmocka_unit_test(a_shared_bucket_is_refilled_by_time_unless_it_is_dry),
		cmocka_unit_test(packets_of_a_burst_share_the_tokens_of_their_bucket),
		TEST("ration", concurrent_operations_are_counted, backend_ration),
		cmocka_unit_test(each_request_through_the_ring_is_acknowledged),
		cmocka_unit_test(an_unserved_request_times_out),
	};

	sched_getaffinity(0, sizeof(all_cpus), &all_cpus);
	if (bench_eal_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
