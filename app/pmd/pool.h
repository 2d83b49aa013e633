/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef POOL_H_
#define POOL_H_

/**
 * @file
 * The one pool of mbufs that all ports share.
 */

#include <rte_mempool.h>

#include "options.h"
#include "ports.h"

/**
 * Make the pool, with room for all queues, caches, bursts and held packets.
 *
 * @param nb_lcores
 *   Forwarding lcores.
 * @return
 *   The pool, or NULL after one line on stderr.
 */
struct rte_mempool *pool_create(const struct options *o, const struct ports *ports,
				unsigned int nb_lcores);

#endif /* POOL_H_ */
