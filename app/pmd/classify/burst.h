/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLASSIFY_BURST_H_
#define CLASSIFY_BURST_H_

/**
 * @file
 * Classification: assigning each packet to a node of the budget.
 *
 * The first of these that has a rule for the packet decides: VLAN id, longest source prefix,
 * longest destination prefix, port. A packet that no rule matches is assigned to the default node.
 *
 * Only IPv4 is parsed, after at most two VLAN tags (802.1Q, 802.1ad) in the packet or stripped by
 * the driver. A packet that is too short or malformed is not IPv4: only its VLAN id and its port
 * are used.
 */

#include <stdint.h>

#include <rte_mbuf.h>

#include "classify/classifier.h"

/**
 * Classify a burst that was received on one port. Never reads beyond the data of a packet. Packets
 * may have several segments. Any thread.
 *
 * @param nb
 *   Number of packets.
 * @param port
 *   DPDK port id.
 * @param nodes
 *   Set to the index of the budget node of each packet.
 */
void classify_burst(const struct classifier *cls, struct rte_mbuf *const *pkts, uint16_t nb,
		    uint16_t port, uint32_t *nodes);

#endif /* CLASSIFY_BURST_H_ */
