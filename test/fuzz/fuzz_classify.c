/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Classification, compared with a second implementation of classify/burst.h. Each segment is in a
 * buffer of the exact size, so that AddressSanitizer detects each read beyond its end.
 *
 * Input: port; flags and ids from the driver; number of cuts, and the length of each piece; the
 * rest is the frame. All packets of a burst are equal, so that every position of a burst is tested.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "classify/burst.h"
#include "fuzz.h"
#include "simple.h"

#define FRAME_MAX 256
#define CUTS_MAX 7
#define BURST 5

static const char rules[] = "default: other\n"
			    "budgets:\n"
			    "- {name: v1, match: [{vlan: 1}]}\n"
			    "- {name: v100, match: [{vlan: 100}, {vlan: 4094}]}\n"
			    "- {name: s8, match: [{source: 10.0.0.0/8}]}\n"
			    "- {name: s16, match: [{source: 10.1.0.0/16}, {source: 10.1.2.3/32}]}\n"
			    "- {name: d24, match: [{destination: 192.168.7.0/24}]}\n"
			    "- {name: d0, match: [{destination: 128.0.0.0/1}]}\n"
			    "- {name: six, match: [{source: '2001:db8::/32'}, "
			    "{destination: '::1/128'}]}\n"
			    "- {name: arp, match: [{ethertype: arp}]}\n"
			    "- {name: p3, match: [{port: 3}]}\n"
			    "- {name: other}\n";

static struct rte_mempool *pool;
static struct budget *budget;
static struct classifier *classifier;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char error[256];

	(void)argc;
	(void)argv;
	/* The tables of prefixes take 64 MiB each. */
	if (fuzz_eal_start("-m330") < 0)
		return -1;
	pool = rte_pktmbuf_pool_create("packets", 511, 0, 0, 0, SOCKET_ID_ANY);
	budget = budget_parse("rules", rules, strlen(rules), error, sizeof(error));
	CLAIM(pool != NULL && budget != NULL);
	classifier = classifier_create(budget, SOCKET_ID_ANY, error, sizeof(error));
	CLAIM(classifier != NULL);
	return 0;
}

/* A packet, and the offload flags of the driver. */
struct sample {
	uint8_t frame[FRAME_MAX];
	uint16_t length;
	uint16_t cuts[CUTS_MAX];
	uint16_t nb_cuts;
	uint64_t flags;
	uint16_t tci;
	uint16_t tci_outer;
	uint16_t port;
};

static struct sample
read_sample(struct fuzz_input *in)
{
	static const uint64_t stripped[] = {
		0,
		RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED,
		RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_QINQ_STRIPPED,
		RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ |
			RTE_MBUF_F_RX_QINQ_STRIPPED,
	};
	struct sample s = {.port = fuzz_byte(in)};
	uint16_t i;

	s.flags = stripped[fuzz_byte(in) % RTE_DIM(stripped)];
	s.tci = (uint16_t)fuzz_number(in, 2);
	s.tci_outer = (uint16_t)fuzz_number(in, 2);
	s.nb_cuts = fuzz_byte(in) % (CUTS_MAX + 1);
	for (i = 0; i < s.nb_cuts; i++)
		s.cuts[i] = fuzz_byte(in);
	s.length = (uint16_t)RTE_MIN(in->left, (size_t)FRAME_MAX);
	memcpy(s.frame, in->bytes, s.length);
	return s;
}

static void
free_buffer(void *buffer, void *shared)
{
	free(buffer);
	free(shared);
}

static struct rte_mbuf *
segment_of(const uint8_t *bytes, uint16_t length)
{
	struct rte_mbuf_ext_shared_info *shared = malloc(sizeof(*shared));
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	void *buffer = malloc(length);

	CLAIM(shared != NULL && m != NULL && buffer != NULL);
	memcpy(buffer, bytes, length);
	shared->free_cb = free_buffer;
	shared->fcb_opaque = shared;
	rte_mbuf_ext_refcnt_set(shared, 1);
	rte_pktmbuf_attach_extbuf(m, buffer, RTE_BAD_IOVA, length, shared);
	m->data_len = length;
	m->pkt_len = length;
	return m;
}

static struct rte_mbuf *
packet_of(const struct sample *s)
{
	struct rte_mbuf *head = NULL, *m;
	uint16_t i, at = 0, part;

	for (i = 0; i <= s->nb_cuts; i++) {
		part = s->length - at;
		if (i < s->nb_cuts)
			part = RTE_MIN(part, s->cuts[i]);
		m = segment_of(s->frame + at, part);
		at += part;
		if (head == NULL)
			head = m;
		else
			CLAIM(rte_pktmbuf_chain(head, m) == 0);
	}
	head->ol_flags |= s->flags;
	head->vlan_tci = s->tci;
	head->vlan_tci_outer = s->tci_outer;
	return head;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input in = {.bytes = bytes, .left = size};
	struct sample s = read_sample(&in);
	struct rte_mbuf *pkts[BURST];
	const struct simple_packet p = {
		.bytes = s.frame,
		.length = s.length,
		.flags = s.flags,
		.tci = s.tci,
		.tci_outer = s.tci_outer,
		.port = s.port,
	};
	uint32_t nodes[BURST], kinds[PACKET_KINDS] = {0}, i;
	enum packet_kind kind;

	for (i = 0; i < BURST; i++) {
		pkts[i] = packet_of(&s);
		nodes[i] = UINT32_MAX;
	}
	classify_burst(classifier, pkts, BURST, s.port, nodes, kinds);
	for (i = 0; i < BURST; i++)
		CLAIM(nodes[i] == simple_classify(budget, &p, &kind));
	CLAIM(kinds[kind] == BURST);
	rte_pktmbuf_free_bulk(pkts, BURST);
	CLAIM(rte_mempool_in_use_count(pool) == 0);
	return 0;
}
