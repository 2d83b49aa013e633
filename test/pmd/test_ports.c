/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The mbuf pool is large enough or refused, and the flush at the start leaves no mbuf behind. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "ports/pool.h"
#include "ports/ports.h"

#define RING_SIZE 256
#define WAITING 77

static struct rte_ring *ring;
static struct ports ports;

/* What run() wrote to stderr. */
static char messages[1024];

/* Run a function with stderr in a file, and keep what it wrote. */
static struct rte_mempool *
run(struct rte_mempool *(*function)(const struct options *o, unsigned int nb_lcores),
    const struct options *o, unsigned int nb_lcores)
{
	int before = dup(STDERR_FILENO);
	struct rte_mempool *result;
	FILE *f = tmpfile();
	size_t length;

	assert_non_null(f);
	assert_true(before >= 0);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	result = function(o, nb_lcores);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(f);
	length = fread(messages, 1, sizeof(messages) - 1, f);
	messages[length] = '\0';
	fclose(f);
	return result;
}

static struct rte_mempool *
create(const struct options *o, unsigned int nb_lcores)
{
	return pool_create(o, &ports, nb_lcores);
}

static struct rte_mempool *
flush(const struct options *o, unsigned int nb_lcores)
{
	RTE_SET_USED(nb_lcores);
	ports_flush(&ports, o);
	return NULL;
}

static const struct options usual = {
	.rxq = 1,
	.txq = 1,
	.rxd = 64,
	.txd = 64,
	.burst = 32,
	.mbcache = 100,
	.mbuf_size = 2176,
};

/* Exactly the number that the message names is enough, and one less is not. */
static void
assert_needs(const struct options *base, unsigned int nb_lcores, uint64_t needed)
{
	struct options o = *base;
	struct rte_mempool *pool;
	char text[64];

	o.total_num_mbufs = needed - 1;
	assert_null(run(create, &o, nb_lcores));
	snprintf(text, sizeof(text), "at least %ju are needed", (uintmax_t)needed);
	if (strstr(messages, text) == NULL)
		fail_msg("'%s' does not contain '%s'", messages, text);
	assert_ptr_equal(strchr(messages, '\n'), messages + strlen(messages) - 1);
	o.total_num_mbufs = needed;
	pool = run(create, &o, nb_lcores);
	assert_non_null(pool);
	assert_string_equal(messages, "");
	rte_mempool_free(pool);
}

static void
a_pool_that_is_too_small_is_refused_in_every_mode(void **state)
{
	uint64_t mode;

	RTE_SET_USED(state);
	for (mode = FORWARD_IO; mode <= FORWARD_HOLD; mode++) {
		struct options o = usual;
		uint64_t held = mode == FORWARD_HOLD ? 1000 : 0;

		o.forward_mode = mode;
		o.hold_size = 1000;
		/* One port: descriptors, bursts, caches of 1.5 times their size. */
		assert_needs(&o, 1, 64 + 64 + 32 + 2 * 150 + held);
		assert_needs(&o, 3, 64 + 64 + 3 * 32 + 4 * 150 + held);
		o.burst = 512;
		assert_needs(&o, 2, 64 + 64 + 2 * 512 + 3 * 150 + held);
		o.mbcache = 0;
		assert_needs(&o, 1, 64 + 64 + 512 + held);
		o.rxq = 2;
		o.txq = 3;
		assert_needs(&o, 1, 2 * 64 + 3 * 64 + 512 + held);
	}
}

static void
the_flush_says_what_it_drops_and_leaves_nothing_in_the_cache(void **state)
{
	struct rte_mempool *pool = create(&usual, 1);
	struct rte_mempool_cache *cache;
	struct rte_mbuf *m;
	unsigned int i;

	RTE_SET_USED(state);
	assert_non_null(pool);
	assert_int_equal(ports_start(&ports, &usual, pool), 0);
	run(flush, &usual, 1);
	assert_string_equal(messages, "");
	for (i = 0; i < WAITING; i++) {
		m = rte_pktmbuf_alloc(pool);
		assert_non_null(m);
		assert_int_equal(rte_ring_enqueue(ring, m), 0);
	}
	run(flush, &usual, 1);
	assert_non_null(strstr(messages, "77 packets that waited in its RX queues were dropped"));
	assert_true(rte_ring_empty(ring));
	cache = rte_mempool_default_cache(pool, rte_lcore_id());
	assert_true(cache->len > 0);
	pool_give_back(pool);
	assert_int_equal(cache->len, 0);
	assert_true(rte_mempool_full(pool));
	ports_stop(&ports);
	rte_mempool_free(pool);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pool_that_is_too_small_is_refused_in_every_mode),
		cmocka_unit_test(the_flush_says_what_it_drops_and_leaves_nothing_in_the_cache),
	};
	static char options[][40] = {"--no-huge",
				     "--no-shconf",
				     "--no-pci",
				     "-m64",
				     "-l0",
				     "--log-level=*:error",
				     "--file-prefix=ration-pmd-ports"};
	char *args[RTE_DIM(options) + 2] = {argv[0]};
	struct options o = usual;
	int failed;
	size_t i;

	RTE_SET_USED(argc);
	for (i = 0; i < RTE_DIM(options); i++)
		args[i + 1] = options[i];
	if (rte_eal_init(RTE_DIM(args) - 1, args) < 0)
		return EXIT_FAILURE;
	ring = rte_ring_create("waiting", RING_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	o.port_topology = TOPOLOGY_LOOP;
	if (ring == NULL || rte_eth_from_ring(ring) < 0 || ports_find(&ports, &o) < 0) {
		fprintf(stderr, "cannot create a port: %s\n", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	failed = cmocka_run_group_tests_name("ports", tests, NULL, NULL);
	rte_eal_cleanup();
	return failed;
}
