/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>

#include "classify/headers.h"

#define VLAN_ID_MASK 0x0fff
#define IPV6_VERSION 6

/* Copy, because headers after tags and in later segments may be unaligned. */
static int
copy_bytes(const struct rte_mbuf *m, uint32_t offset, uint32_t length, void *to)
{
	const void *from = rte_pktmbuf_read(m, offset, length, to);

	if (from == NULL)
		return -1;
	if (from != to)
		memcpy(to, from, length);
	return 0;
}

/* The outermost tag with an id decides. Id 0 means that the tag carries a priority only. */
static void
take_tag(struct headers *h, uint16_t tci)
{
	if (h->vlan == 0)
		h->vlan = tci & VLAN_ID_MASK;
}

/* Returns the number of stripped tags. */
static unsigned int
take_stripped_tags(const struct rte_mbuf *m, struct headers *h)
{
	unsigned int nb = 0;

	if (m->ol_flags & RTE_MBUF_F_RX_QINQ_STRIPPED) {
		take_tag(h, m->vlan_tci_outer);
		nb++;
	}
	if (m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) {
		take_tag(h, m->vlan_tci);
		nb++;
	}
	return nb;
}

static int
is_tag(rte_be16_t type)
{
	return type == RTE_BE16(RTE_ETHER_TYPE_VLAN) || type == RTE_BE16(RTE_ETHER_TYPE_QINQ) ||
	       type == RTE_BE16(RTE_ETHER_TYPE_QINQ1) || type == RTE_BE16(RTE_ETHER_TYPE_QINQ2) ||
	       type == RTE_BE16(RTE_ETHER_TYPE_QINQ3);
}

static void
read_ipv4(const struct rte_mbuf *m, uint32_t offset, struct headers *h)
{
	struct rte_ipv4_hdr ip;

	if (copy_bytes(m, offset, sizeof(ip), &ip) == 0)
		headers_take_ipv4(&ip, rte_pktmbuf_pkt_len(m) - offset, h);
}

static void
read_ipv6(const struct rte_mbuf *m, uint32_t offset, struct headers *h)
{
	uint32_t room;

	if (copy_bytes(m, offset, sizeof(h->ipv6), &h->ipv6) < 0)
		return;
	room = rte_pktmbuf_pkt_len(m) - offset - (uint32_t)sizeof(h->ipv6);
	h->is_ipv6 = rte_be_to_cpu_32(h->ipv6.vtc_flow) >> 28 == IPV6_VERSION;
	h->kind = !h->is_ipv6					  ? PACKET_HEADER
		  : rte_be_to_cpu_16(h->ipv6.payload_len) <= room ? PACKET_IPV6
								  : PACKET_LENGTH;
}

void
headers_read(const struct rte_mbuf *m, struct headers *h)
{
	uint32_t offset = sizeof(struct rte_ether_hdr);
	struct rte_vlan_hdr tag;
	unsigned int tags;
	rte_be16_t type;

	memset(h, 0, offsetof(struct headers, ipv6));
	h->kind = PACKET_SHORT;
	tags = take_stripped_tags(m, h);
	if (copy_bytes(m, offset - sizeof(type), sizeof(type), &type) < 0)
		return;
	for (; is_tag(type); tags++) {
		if (tags >= CLASSIFY_TAGS_MAX)
			h->kind = PACKET_TAGS;
		if (tags >= CLASSIFY_TAGS_MAX || copy_bytes(m, offset, sizeof(tag), &tag) < 0)
			return;
		take_tag(h, rte_be_to_cpu_16(tag.vlan_tci));
		type = tag.eth_proto;
		offset += sizeof(tag);
	}
	h->ethertype = rte_be_to_cpu_16(type);
	if (h->ethertype == RTE_ETHER_TYPE_IPV4)
		read_ipv4(m, offset, h);
	else if (h->ethertype == RTE_ETHER_TYPE_IPV6)
		read_ipv6(m, offset, h);
	else
		h->kind = PACKET_OTHER;
}
