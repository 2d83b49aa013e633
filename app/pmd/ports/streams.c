/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "ports/streams.h"

uint32_t
streams_count(const struct options *o, const struct ports *ports)
{
	return (uint32_t)o->rxq * ports->nb;
}

/* Returns the index of the TX port. In mode rxonly an unpaired last port is paired with itself. */
static uint16_t
tx_index(uint16_t i, const struct options *o, const struct ports *ports)
{
	switch (o->port_topology) {
	case TOPOLOGY_PAIRED:
		return (i ^ 1) < ports->nb ? i ^ 1 : i;
	case TOPOLOGY_CHAINED:
		return (i + 1) % ports->nb;
	default:
		return i;
	}
}

void
streams_fill(struct stream *streams, uint32_t first, uint32_t nb, const struct options *o,
	     const struct ports *ports)
{
	uint32_t i;

	for (i = 0; i < nb; i++) {
		uint16_t in = (first + i) / o->rxq;
		uint16_t queue = (first + i) % o->rxq;
		const struct port *out = &ports->port[tx_index(in, o, ports)];

		streams[i] = (struct stream){
			.rx_port = ports->port[in].id,
			.rx_queue = queue,
			.tx_port = out->id,
			.tx_queue = queue,
			.source = out->mac,
			/* As in testpmd: locally administered, the last byte is the port id. */
			.destination = {{0x02, 0, 0, 0, 0, (uint8_t)out->id}},
		};
	}
}
