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

#include <cmocka.h>

#include "accounter.h"
#include "baseline_ring.h"
#include "bench_eal.h"

/**
 * @file
 * What only some baselines promise: exactness between threads, answers through a ring.
 */

/** The CPUs that we had before EAL pinned us to one: threads inherit that, and never race. */
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
#define UNITS 300000

struct hammer {
	void *self;
	uint64_t counter;
	int (*op)(void *self, uint64_t c, uint64_t n);
	uint64_t refused;
	pthread_barrier_t *start;
};

static void *
hammer(void *arg)
{
	struct hammer *h = arg;
	int i;

	pthread_barrier_wait(h->start);
	for (i = 0; i < UNITS; i++)
		h->refused += h->op(h->self, h->counter, 1) != 0;
	return NULL;
}

/* On each of two counters one thread charges while another one uncharges. */
static void
atomic_tree_counts_what_threads_do_at_once(void **state)
{
	const struct accounter_tree tree = {.counters = 2, .depth = 2, .max = 3 * UNITS};
	const struct accounter *a = &accounter_atomic_tree;
	struct hammer hammers[THREADS];
	pthread_t threads[THREADS];
	pthread_barrier_t start;
	void *self = a->create(&tree);
	int i;

	(void)state;
	assert_int_equal(a->charge(self, a->counter(self, 0), UNITS), 0);
	assert_int_equal(a->charge(self, a->counter(self, 1), UNITS), 0);
	pthread_barrier_init(&start, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		hammers[i] = (struct hammer){.self = self,
					     .counter = a->counter(self, i / 2),
					     .op = i % 2 == 0 ? a->charge : a->uncharge,
					     .start = &start};
		start_thread(&threads[i], hammer, &hammers[i]);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(hammers[i].refused, 0);
	}
	pthread_barrier_destroy(&start);
	assert_int_equal(a->granted(self, a->counter(self, 0)), UNITS);
	assert_int_equal(a->granted(self, a->counter(self, 1)), UNITS);
	/* Handle 0 is the root, 1 the level between. */
	assert_int_equal(a->granted(self, 1), 2 * UNITS);
	assert_int_equal(a->granted(self, 0), 2 * UNITS);
	a->destroy(self);
}

static void
atomic_tree_holds_the_limit_of_every_level(void **state)
{
	const struct accounter_tree tree = {.counters = 2, .depth = 2, .max = 6, .root_max = 10};
	const struct accounter *a = &accounter_atomic_tree;
	void *self = a->create(&tree);
	uint64_t left = a->counter(self, 0), right = a->counter(self, 1);

	(void)state;
	assert_int_not_equal(a->charge(self, left, 7), 0);
	assert_int_equal(a->granted(self, 0), 0);
	assert_int_equal(a->charge(self, left, 6), 0);
	assert_int_not_equal(a->charge(self, right, 5), 0);
	assert_int_equal(a->granted(self, right), 0);
	assert_int_equal(a->granted(self, 1), 6);
	assert_int_equal(a->granted(self, 0), 6);
	assert_int_equal(a->charge(self, right, 4), 0);
	assert_int_equal(a->granted(self, 0), 10);
	a->destroy(self);
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
		assert_int_equal(ring_baseline_ask(&ring), 0);
		assert_int_equal(ration_load(&ring.ack, relaxed), i);
	}
	ration_store(&server.quit, 1, release);
	pthread_join(thread, NULL);
	assert_true(rte_ring_empty(ring.ring));
	ring_baseline_fini(&ring);
}

static void
request_that_nobody_serves_times_out(void **state)
{
	struct ring_baseline ring;

	(void)state;
	assert_int_equal(ring_baseline_init(&ring), 0);
	assert_int_equal(ring_baseline_ask(&ring), -ETIMEDOUT);
	ring_baseline_fini(&ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(atomic_tree_counts_what_threads_do_at_once),
		cmocka_unit_test(atomic_tree_holds_the_limit_of_every_level),
		cmocka_unit_test(each_request_through_the_ring_is_acknowledged),
		cmocka_unit_test(request_that_nobody_serves_times_out),
	};

	sched_getaffinity(0, sizeof(all_cpus), &all_cpus);
	if (bench_eal_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
