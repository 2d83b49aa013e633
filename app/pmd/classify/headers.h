/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLASSIFY_HEADERS_H_
#define CLASSIFY_HEADERS_H_

/**
 * @file
 * Parsing of headers. Any thread.
 */

#include <stdint.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include "classify/kinds.h"

/** Set if the driver has stripped tags from the packet. */
#define TAG_STRIPPED (RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED)

/** The header fields that rules match. */
struct headers {
	uint32_t source; /**< IPv4, in host byte order. */
	uint32_t destination;
	uint16_t vlan; /**< 0: no tag. */
	uint16_t ethertype; /**< In host byte order. Not set if the frame is malformed. */
	uint8_t kind; /**< enum packet_kind */
	uint8_t is_ipv4; /**< `source` and `destination` are valid. */
	uint8_t is_ipv6; /**< `ipv6` is valid. */
	struct rte_ipv6_hdr ipv6;
};

/** Read headers anywhere in a packet. */
void headers_read(const struct rte_mbuf *m, struct headers *h);

/** Take over an IPv4 header. The frame has `room` bytes from its start, at least 20. */
static inline void
headers_take_ipv4(const struct rte_ipv4_hdr *ip, uint32_t room, struct headers *h)
{
	uint32_t length =
		(uint32_t)(ip->version_ihl & RTE_IPV4_HDR_IHL_MASK) * RTE_IPV4_IHL_MULTIPLIER;
	uint32_t total = rte_be_to_cpu_16(ip->total_length);

	h->is_ipv4 = ip->version_ihl >> 4 == IPVERSION && length >= sizeof(*ip);
	h->kind = !h->is_ipv4			     ? PACKET_HEADER
		  : total >= length && total <= room ? PACKET_IPV4
						     : PACKET_LENGTH;
	h->source = rte_be_to_cpu_32(ip->src_addr);
	h->destination = rte_be_to_cpu_32(ip->dst_addr);
}

/**
 * Read the headers of the common case: IPv4 without VLAN tag, all headers in the first segment.
 *
 * @return
 *   1, or 0 in other cases.
 */
static inline int
headers_read_plain(const struct rte_mbuf *m, struct headers *h)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);

	if (unlikely(rte_pktmbuf_data_len(m) < sizeof(*eth) + sizeof(struct rte_ipv4_hdr) ||
		     (m->ol_flags & TAG_STRIPPED) != 0))
		return 0;
	if (unlikely(eth->ether_type != RTE_BE16(RTE_ETHER_TYPE_IPV4)))
		return 0;
	h->vlan = 0;
	h->ethertype = RTE_ETHER_TYPE_IPV4;
	h->is_ipv6 = 0;
	headers_take_ipv4((const struct rte_ipv4_hdr *)(eth + 1),
			  rte_pktmbuf_pkt_len(m) - sizeof(*eth), h);
	return 1;
}

#endif /* CLASSIFY_HEADERS_H_ */
