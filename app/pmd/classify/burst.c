/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>
#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_prefetch.h>
#include <rte_vect.h>

#include "classify/burst.h"

/* Packets that are looked up together, and distance of the header prefetch in packets. */
#define CHUNK 64
#define PREFETCH_AHEAD 4

/* Most VLAN tags before an IPv4 header, in the packet or stripped from it. */
#define TAGS_MAX 2
#define TAG_STRIPPED (RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED)
#define VLAN_ID_MASK 0x0fff

/* The header fields that rules match, in host byte order. */
struct headers {
	uint32_t source;
	uint32_t destination;
	uint16_t vlan; /* 0: no tag. */
	uint8_t is_ipv4;
};

/* Packets without a node yet, which are looked up by address. */
struct unresolved {
	uint32_t nb;
	uint16_t index[CHUNK];
	uint32_t source[CHUNK];
	uint32_t destination[CHUNK];
};

/* Both the header and the total length in the header must fit into `room` bytes. */
static inline void
read_ipv4(const struct rte_ipv4_hdr *ip, uint32_t room, struct headers *h)
{
	uint32_t length =
		(uint32_t)(ip->version_ihl & RTE_IPV4_HDR_IHL_MASK) * RTE_IPV4_IHL_MULTIPLIER;
	uint32_t total = rte_be_to_cpu_16(ip->total_length);

	h->is_ipv4 = ip->version_ihl >> 4 == IPVERSION && length >= sizeof(*ip) &&
		     total >= length && total <= room;
	h->source = rte_be_to_cpu_32(ip->src_addr);
	h->destination = rte_be_to_cpu_32(ip->dst_addr);
}

/* The common case: no VLAN tag, all headers in the first segment. Returns 0 in other cases. */
static inline int
read_plain(const struct rte_mbuf *m, struct headers *h)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);

	if (unlikely(rte_pktmbuf_data_len(m) < sizeof(*eth) + sizeof(struct rte_ipv4_hdr) ||
		     (m->ol_flags & TAG_STRIPPED) != 0))
		return 0;
	if (unlikely(eth->ether_type != RTE_BE16(RTE_ETHER_TYPE_IPV4)))
		return 0;
	h->vlan = 0;
	read_ipv4((const struct rte_ipv4_hdr *)(eth + 1), rte_pktmbuf_pkt_len(m) - sizeof(*eth), h);
	return 1;
}

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

/* Returns the number of stripped tags. Sets `vlan` to the id of the outermost one. */
static unsigned int
stripped_tags(const struct rte_mbuf *m, uint16_t *vlan)
{
	unsigned int inner = (m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0;

	if (m->ol_flags & RTE_MBUF_F_RX_QINQ_STRIPPED) {
		*vlan = m->vlan_tci_outer & VLAN_ID_MASK;
		return 1 + inner;
	}
	if (inner)
		*vlan = m->vlan_tci & VLAN_ID_MASK;
	return inner;
}

static int
is_tag(rte_be16_t type)
{
	return type == RTE_BE16(RTE_ETHER_TYPE_VLAN) || type == RTE_BE16(RTE_ETHER_TYPE_QINQ);
}

/* All other cases: tags, several segments, runts, other protocols. */
static __rte_noinline void
read_any(const struct rte_mbuf *m, struct headers *h)
{
	uint32_t offset = sizeof(struct rte_ether_hdr);
	struct rte_ipv4_hdr ip;
	struct rte_vlan_hdr tag;
	unsigned int tags;
	rte_be16_t type;

	memset(h, 0, sizeof(*h));
	tags = stripped_tags(m, &h->vlan);
	if (copy_bytes(m, offset - sizeof(type), sizeof(type), &type) < 0)
		return;
	while (is_tag(type)) {
		if (tags == TAGS_MAX || copy_bytes(m, offset, sizeof(tag), &tag) < 0)
			return;
		if (tags++ == 0)
			h->vlan = rte_be_to_cpu_16(tag.vlan_tci) & VLAN_ID_MASK;
		type = tag.eth_proto;
		offset += sizeof(tag);
	}
	if (type == RTE_BE16(RTE_ETHER_TYPE_IPV4) && copy_bytes(m, offset, sizeof(ip), &ip) == 0)
		read_ipv4(&ip, rte_pktmbuf_pkt_len(m) - offset, h);
}

/* Sets `found` to the node of the longest prefix, or to CLASSIFIER_NONE. */
static void
find_prefixes(const struct classifier_prefixes *p, uint32_t *address, uint32_t nb, uint32_t *found)
{
	rte_xmm_t four;
	uint32_t i;

	if (p->lpm == NULL) {
		for (i = 0; i < nb; i++)
			found[i] = p->any;
		return;
	}
	/* rte_lpm looks up four addresses at a time: pad to a multiple of four. */
	RTE_BUILD_BUG_ON(CHUNK % RTE_DIM(four.u32) != 0);
	for (i = nb; i % RTE_DIM(four.u32) != 0; i++)
		address[i] = 0;
	for (i = 0; i < nb; i += RTE_DIM(four.u32)) {
		memcpy(&four, address + i, sizeof(four));
		rte_lpm_lookupx4(p->lpm, four.x, found + i, p->any);
	}
}

/* Set the nodes of packets with a rule for `address`. The others remain in `todo`, in order. */
static void
lookup(const struct classifier_prefixes *p, uint32_t *address, struct unresolved *todo,
       uint32_t *nodes)
{
	uint32_t found[CHUNK];
	uint32_t i, nb = todo->nb;

	if (p->lpm == NULL && p->any == CLASSIFIER_NONE)
		return;
	find_prefixes(p, address, nb, found);
	todo->nb = 0;
	for (i = 0; i < nb; i++) {
		if (found[i] != CLASSIFIER_NONE) {
			nodes[todo->index[i]] = found[i];
			continue;
		}
		todo->index[todo->nb] = todo->index[i];
		todo->destination[todo->nb] = todo->destination[i];
		todo->nb++;
	}
}

static void
classify_chunk(const struct classifier *cls, struct rte_mbuf *const *pkts, uint16_t nb,
	       uint32_t port_node, uint32_t *nodes)
{
	struct unresolved todo;
	struct headers h;
	uint16_t i;

	todo.nb = 0;
	for (i = 0; i < nb; i++) {
		if (i + PREFETCH_AHEAD < nb)
			rte_prefetch0(rte_pktmbuf_mtod(pkts[i + PREFETCH_AHEAD], void *));
		if (unlikely(!read_plain(pkts[i], &h)))
			read_any(pkts[i], &h);
		nodes[i] = cls->vlan[h.vlan];
		if (nodes[i] != CLASSIFIER_NONE)
			continue;
		nodes[i] = port_node;
		/*
		 * No branch on is_ipv4, because it is hard to predict. If is_ipv4 is 0, the next
		 * packet overwrites the element.
		 */
		todo.index[todo.nb] = i;
		todo.source[todo.nb] = h.source;
		todo.destination[todo.nb] = h.destination;
		todo.nb += h.is_ipv4;
	}
	lookup(&cls->source, todo.source, &todo, nodes);
	lookup(&cls->destination, todo.destination, &todo, nodes);
}

void
classify_burst(const struct classifier *cls, struct rte_mbuf *const *pkts, uint16_t nb,
	       uint16_t port, uint32_t *nodes)
{
	uint32_t port_node = port < RTE_DIM(cls->port) ? cls->port[port] : cls->default_node;
	uint16_t i, part;

	if (!cls->parse_headers) {
		for (i = 0; i < nb; i++)
			nodes[i] = port_node;
		return;
	}
	for (i = 0; i < nb; i += part) {
		part = RTE_MIN(nb - i, CHUNK);
		classify_chunk(cls, pkts + i, part, port_node, nodes + i);
	}
}
