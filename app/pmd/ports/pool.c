/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>

#include "message.h"
#include "ports/pool.h"

#define MBUFS_MIN 8192

/* A mempool cache is flushed when it contains 1.5 times its size. */
static uint64_t
cache_max(const struct options *o)
{
	return o->mbcache + o->mbcache / 2;
}

/* The most mbufs outside the pool, by where they are. */
struct in_use {
	uint64_t queues;
	uint64_t bursts;
	uint64_t caches;
	uint64_t held;
};

/* The main lcore has a cache, too: it fills the RX queues at the start. */
static struct in_use
count_in_use(const struct options *o, const struct ports *ports, unsigned int nb_lcores)
{
	return (struct in_use){
		.queues = ports_nb_descriptors(ports, o),
		.bursts = nb_lcores * o->burst,
		.caches = (nb_lcores + 1) * cache_max(o),
		.held = o->forward_mode == FORWARD_HOLD ? o->hold_size : 0,
	};
}

static uint64_t
sum_of(const struct in_use *u)
{
	return u->queues + u->bursts + u->caches + u->held;
}

/* With fewer mbufs, queues and caches can hold all of them, and nothing is received any more. */
static int
check(const struct ports *ports, unsigned int nb_lcores, uint64_t nb, const struct in_use *u)
{
	if (nb >= sum_of(u))
		return 0;
	log_error("--total-num-mbufs: %" PRIu64 " are too few, at least %" PRIu64
		  " are needed (queues of %u port%s %" PRIu64 ", bursts %" PRIu64
		  ", caches of %u lcores %" PRIu64 ", hold queues %" PRIu64 ")",
		  nb, sum_of(u), ports->nb, ports->nb == 1 ? "" : "s", u->queues, u->bursts,
		  nb_lcores + 1, u->caches, u->held);
	return -1;
}

struct rte_mempool *
pool_create(const struct options *o, const struct ports *ports, unsigned int nb_lcores)
{
	const struct in_use in_use = count_in_use(o, ports, nb_lcores);
	uint64_t nb = o->total_num_mbufs;
	struct rte_mempool *pool;

	if (nb == 0)
		nb = RTE_MAX(sum_of(&in_use), (uint64_t)MBUFS_MIN);
	if (check(ports, nb_lcores, nb, &in_use) < 0)
		return NULL;
	pool = rte_pktmbuf_pool_create("ration-pmd", (unsigned int)nb, (unsigned int)o->mbcache, 0,
				       (uint16_t)o->mbuf_size, (int)rte_socket_id());
	if (pool == NULL)
		log_error("no memory for %" PRIu64 " mbufs of %" PRIu64
			  " bytes: %s (raise -m, or lower %s)",
			  nb, o->mbuf_size, rte_strerror(rte_errno),
			  o->total_num_mbufs != 0 ? "--total-num-mbufs"
						  : "--rxd, --hold-size or --mbuf-size");
	return pool;
}

void
pool_give_back(struct rte_mempool *pool)
{
	rte_mempool_cache_flush(rte_mempool_default_cache(pool, rte_lcore_id()), pool);
}
