/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PORTS_STREAMS_H_
#define PORTS_STREAMS_H_

/**
 * @file
 * Streams: an RX queue and the TX queue that its packets are sent to, as in testpmd.
 */

#include <stdint.h>

#include <rte_ether.h>

#include <ration_compat.h>

#include "options/options.h"
#include "ports/ports.h"

/** An RX queue and the TX queue that its packets are sent to. One lcore polls a stream. */
struct stream {
	uint16_t rx_port;
	uint16_t rx_queue;
	uint16_t tx_port;
	uint16_t tx_queue;
	struct rte_ether_addr source; /**< Mode mac: address of the TX port. */
	struct rte_ether_addr destination; /**< Mode mac: the fixed peer address. */
	RATION_ATOMIC(uint64_t) tx_dropped; /**< Packets that the TX queue did not accept. */
};

/** Return the number of streams: one for each RX queue of each port. */
uint32_t streams_count(const struct options *o, const struct ports *ports);

/**
 * Fill in streams `first` to `first + nb - 1`. No two streams use the same RX queue or the same TX
 * queue, therefore any lcore may poll any of them.
 *
 * @param streams
 *   Array of `nb` elements.
 */
void streams_fill(struct stream *streams, uint32_t first, uint32_t nb, const struct options *o,
		  const struct ports *ports);

#endif /* PORTS_STREAMS_H_ */
