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

/* Returns the most mbufs outside the pool and the hold queues. The main lcore has a cache too. */
static uint64_t
count_in_use(const struct options *o, const struct ports *ports, unsigned int nb_lcores)
{
	return ports_nb_descriptors(ports, o) + nb_lcores * o->burst +
	       (nb_lcores + 1) * cache_max(o);
}

static int
check(const struct options *o, uint64_t nb, uint64_t in_use)
{
	if (nb < cache_max(o)) {
		log_error("--total-num-mbufs: %" PRIu64 " are too few for --mbcache=%" PRIu64
			  " (at least %" PRIu64 ")",
			  nb, o->mbcache, cache_max(o));
		return -1;
	}
	if (o->forward_mode == FORWARD_HOLD && nb < in_use + o->hold_size) {
		log_error("--total-num-mbufs: %" PRIu64 " are too few for --hold-size=%" PRIu64
			  " (queues, caches and bursts need %" PRIu64 " more)",
			  nb, o->hold_size, in_use);
		return -1;
	}
	return 0;
}

struct rte_mempool *
pool_create(const struct options *o, const struct ports *ports, unsigned int nb_lcores)
{
	uint64_t in_use = count_in_use(o, ports, nb_lcores);
	uint64_t held = o->forward_mode == FORWARD_HOLD ? o->hold_size : 0;
	uint64_t nb = o->total_num_mbufs;
	struct rte_mempool *pool;

	if (nb == 0)
		nb = RTE_MAX(in_use + held, (uint64_t)MBUFS_MIN);
	if (check(o, nb, in_use) < 0)
		return NULL;
	pool = rte_pktmbuf_pool_create("ration-pmd", (unsigned int)nb, (unsigned int)o->mbcache, 0,
				       (uint16_t)o->mbuf_size, (int)rte_socket_id());
	if (pool == NULL)
		log_error("no memory for %" PRIu64 " mbufs of %" PRIu64
			  " bytes: %s (raise -m, or lower --total-num-mbufs)",
			  nb, o->mbuf_size, rte_strerror(rte_errno));
	return pool;
}
