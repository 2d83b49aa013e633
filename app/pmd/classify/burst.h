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
 * longest destination prefix, EtherType, port. A packet that no rule matches is assigned to the
 * default node, a malformed frame to the malformed node.
 *
 * VLAN tags (TPID 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300) may be in the packet or stripped by the
 * driver. The id of the outermost tag counts; a tag with id 0 carries a priority only and is
 * skipped. The EtherType is the one after all tags.
 *
 * The addresses of an IP header count as soon as the header itself is there and its version (and
 * with IPv4 its header length) is right. Its length field may be wrong: the frame may have been cut
 * by a snap length, and a tenant must not leave its budget with one wrong field. Of a malformed
 * frame only the VLAN id and the port count.
 */

#include <stdint.h>

#include <rte_mbuf.h>

#include "classify/classifier.h"
#include "classify/kinds.h"

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
 * @param kinds
 *   The number of packets of each kind is added to its elements. If no rule depends on headers,
 *   no header is read and nothing is added.
 */
void classify_burst(const struct classifier *cls, struct rte_mbuf *const *pkts, uint16_t nb,
		    uint16_t port, uint32_t *nodes, uint32_t kinds[PACKET_KINDS]);

#endif /* CLASSIFY_BURST_H_ */
