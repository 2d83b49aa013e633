/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PORTS_POOL_H_
#define PORTS_POOL_H_

/**
 * @file
 * The mbuf pool, which all ports share.
 */

#include <rte_mempool.h>

#include "options/options.h"
#include "ports/ports.h"

/**
 * Create the pool. It has --total-num-mbufs mbufs, or by default as many as all queues, mempool
 * caches, bursts and hold queues can contain at the same time. Fewer are an error in every mode.
 * Main lcore only.
 *
 * @param nb_lcores
 *   Number of forwarding lcores.
 * @return
 *   The pool, or NULL after one line on stderr.
 */
struct rte_mempool *pool_create(const struct options *o, const struct ports *ports,
				unsigned int nb_lcores);

/**
 * Give the mbufs in the mempool cache of the calling lcore back. The main lcore frees and allocates
 * mbufs at the start only, and forwarding lcores cannot use those in its cache.
 */
void pool_give_back(struct rte_mempool *pool);

#endif /* PORTS_POOL_H_ */
