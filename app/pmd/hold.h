/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef HOLD_H_
#define HOLD_H_

/**
 * @file
 * Hold mode: packets wait in one bounded queue, first in first out, for a slow next stage that
 * serves a given number per second. All tenants share the queue, and this is where they hurt each
 * other. Each forwarding lcore has a queue of its own, with its share of size and rate.
 */

#include <stdint.h>

#include <rte_ring.h>

#include "options.h"
#include "pace.h"

struct fwd_lcore;

/** The queue of one lcore. */
struct hold {
	struct rte_ring *ring; /**< Of struct held, see hold.c; NULL in other modes. */
	struct pace pace;
	double rate; /**< Packets per second. */
};

/**
 * Make the queue of an lcore that is the `index`th of nb. Main lcore only.
 *
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int hold_create(struct hold *h, const struct options *o, unsigned int index, unsigned int nb);

/** Free the queue, which is empty. */
void hold_free(struct hold *h);

#endif /* HOLD_H_ */
