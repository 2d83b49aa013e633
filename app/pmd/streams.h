/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef STREAMS_H_
#define STREAMS_H_

/**
 * @file
 * Which queue's packets go where.
 */

#include <stdint.h>

#include "forward.h"
#include "options.h"
#include "ports.h"

/** Streams there are: one for each RX queue of each port. */
uint32_t streams_count(const struct options *o, const struct ports *ports);

/**
 * Describe streams `first` to `first + nb - 1`. No two streams send on the same queue, so that
 * any lcore may have any of them.
 */
void streams_fill(struct stream *streams, uint32_t first, uint32_t nb, const struct options *o,
		  const struct ports *ports);

#endif /* STREAMS_H_ */
