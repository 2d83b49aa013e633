/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stddef.h>
#include <string.h>

#include <rte_common.h>
#include <rte_prefetch.h>

#include "classify/burst.h"
#include "classify/headers.h"

/* Packets that are looked up together, and distance of the header prefetch in packets. */
#define CHUNK CLASSIFIER_LOOKUP_MAX
#define PREFETCH_AHEAD 4

/* IPv4 packets without a node yet, which are looked up by address. */
struct unresolved {
	uint32_t nb;
	uint16_t index[CHUNK];
	uint32_t source[CHUNK];
	uint32_t destination[CHUNK];
};

/* The same for IPv6. */
struct unresolved6 {
	uint32_t nb;
	uint16_t index[CHUNK];
	uint8_t source[CHUNK][BUDGET_ADDRESS_SIZE];
	uint8_t destination[CHUNK][BUDGET_ADDRESS_SIZE];
};

/* The node of a packet of each kind for which neither VLAN id, address nor EtherType has a rule. */
struct fallback {
	uint32_t node[PACKET_KINDS];
};

/* Set the nodes of packets with a rule for `address`. The others remain in `todo`, in order. */
static void
lookup(const struct classifier_prefixes *p, uint32_t *address, struct unresolved *todo,
       uint32_t *nodes)
{
	uint32_t found[CHUNK];
	uint32_t i, nb = todo->nb;

	if (nb == 0 || !classifier_prefixes_have4(p))
		return;
	classifier_prefixes_find4(p, address, nb, found);
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
lookup6(const struct classifier_prefixes *p, uint8_t (*address)[BUDGET_ADDRESS_SIZE],
	struct unresolved6 *todo, uint32_t *nodes)
{
	uint32_t found[CHUNK];
	uint32_t i, nb = todo->nb;

	if (nb == 0 || !classifier_prefixes_have6(p))
		return;
	classifier_prefixes_find6(p, address, nb, found);
	todo->nb = 0;
	for (i = 0; i < nb; i++) {
		if (found[i] != CLASSIFIER_NONE) {
			nodes[todo->index[i]] = found[i];
			continue;
		}
		todo->index[todo->nb] = todo->index[i];
		memmove(todo->destination[todo->nb], todo->destination[i], BUDGET_ADDRESS_SIZE);
		todo->nb++;
	}
}

/* Most bursts have no IPv6, therefore this is not in the way of the common case. */
static __rte_noinline void
add_ipv6(struct unresolved6 *todo, uint16_t i, const struct headers *h)
{
	todo->index[todo->nb] = i;
	memcpy(todo->source[todo->nb], h->ipv6.src_addr, BUDGET_ADDRESS_SIZE);
	memcpy(todo->destination[todo->nb], h->ipv6.dst_addr, BUDGET_ADDRESS_SIZE);
	todo->nb++;
}

/* The node of a packet unless an address has a rule. */
static inline uint32_t
node_without_address(const struct classifier *cls, const struct headers *h,
		     const struct fallback *fallback)
{
	uint32_t node = CLASSIFIER_NONE;

	if (cls->ethertype != NULL && h->kind < PACKET_MALFORMED)
		node = cls->ethertype[h->ethertype];
	return node != CLASSIFIER_NONE ? node : fallback->node[h->kind];
}

static void
classify_chunk(const struct classifier *cls, struct rte_mbuf *const *pkts, uint16_t nb,
	       const struct fallback *fallback, uint32_t *nodes, uint32_t *kinds)
{
	struct unresolved6 todo6;
	struct unresolved todo;
	struct headers h;
	uint16_t i;

	todo.nb = 0;
	todo6.nb = 0;
	for (i = 0; i < nb; i++) {
		if (i + PREFETCH_AHEAD < nb)
			rte_prefetch0(rte_pktmbuf_mtod(pkts[i + PREFETCH_AHEAD], void *));
		if (unlikely(!headers_read_plain(pkts[i], &h)))
			headers_read(pkts[i], &h);
		kinds[h.kind]++;
		nodes[i] = cls->vlan[h.vlan];
		if (nodes[i] != CLASSIFIER_NONE)
			continue;
		nodes[i] = node_without_address(cls, &h, fallback);
		/*
		 * No branch on is_ipv4, because it is hard to predict. If is_ipv4 is 0, the next
		 * packet overwrites the element.
		 */
		todo.index[todo.nb] = i;
		todo.source[todo.nb] = h.source;
		todo.destination[todo.nb] = h.destination;
		todo.nb += h.is_ipv4;
		if (unlikely(h.is_ipv6))
			add_ipv6(&todo6, i, &h);
	}
	lookup(&cls->source, todo.source, &todo, nodes);
	lookup(&cls->destination, todo.destination, &todo, nodes);
	lookup6(&cls->source, todo6.source, &todo6, nodes);
	lookup6(&cls->destination, todo6.destination, &todo6, nodes);
}

static void
fill_fallback(const struct classifier *cls, uint16_t port, struct fallback *fallback)
{
	uint32_t node = port < RTE_DIM(cls->port) ? cls->port[port] : CLASSIFIER_NONE;
	int kind;

	for (kind = 0; kind < PACKET_KINDS; kind++)
		fallback->node[kind] = node != CLASSIFIER_NONE	 ? node
				       : kind < PACKET_MALFORMED ? cls->default_node
								 : cls->malformed_node;
}

void
classify_burst(const struct classifier *cls, struct rte_mbuf *const *pkts, uint16_t nb,
	       uint16_t port, uint32_t *nodes, uint32_t kinds[PACKET_KINDS])
{
	struct fallback fallback;
	uint16_t i, part;

	fill_fallback(cls, port, &fallback);
	if (!cls->parse_headers) {
		for (i = 0; i < nb; i++)
			nodes[i] = fallback.node[PACKET_OTHER];
		return;
	}
	for (i = 0; i < nb; i += part) {
		part = RTE_MIN(nb - i, CHUNK);
		classify_chunk(cls, pkts + i, part, &fallback, nodes + i, kinds);
	}
}
