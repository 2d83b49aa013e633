/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ether.h>
#include <rte_ip.h>

#include "packets.h"

#define PAYLOAD 8

static struct rte_mempool *pool;

void
packets_start(char *program, const char *prefix, const char *memory)
{
	static char options[][40] = {"--no-huge", "--no-shconf", "--no-pci", "-l0"};
	char file_prefix[64], m[16];
	char *args[RTE_DIM(options) + 4] = {program, file_prefix, m};
	size_t i;

	snprintf(file_prefix, sizeof(file_prefix), "--file-prefix=%s", prefix);
	snprintf(m, sizeof(m), "-m%s", memory);
	for (i = 0; i < RTE_DIM(options); i++)
		args[i + 3] = options[i];
	if (rte_eal_init(RTE_DIM(args) - 1, args) >= 0)
		pool = rte_pktmbuf_pool_create("packets", 511, 0, 0, 0, SOCKET_ID_ANY);
	if (pool == NULL) {
		fprintf(stderr, "cannot start EAL: %s\n", rte_strerror(rte_errno));
		exit(1);
	}
}

struct frame
frame_ether(void)
{
	struct frame f = {
		.bytes = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2},
		.length = 2 * RTE_ETHER_ADDR_LEN,
	};

	return f;
}

void
frame_add_16(struct frame *f, uint16_t value)
{
	f->bytes[f->length++] = (uint8_t)(value >> 8);
	f->bytes[f->length++] = (uint8_t)value;
}

void
frame_add_tag(struct frame *f, uint16_t tpid, uint16_t tci)
{
	frame_add_16(f, tpid);
	frame_add_16(f, tci);
}

void
frame_add_ipv4(struct frame *f, const char *source, const char *destination)
{
	struct rte_ipv4_hdr ip = {
		.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = htons(sizeof(ip) + PAYLOAD),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = inet_addr(source),
		.dst_addr = inet_addr(destination),
	};

	frame_add_16(f, RTE_ETHER_TYPE_IPV4);
	memcpy(f->bytes + f->length, &ip, sizeof(ip));
	f->length += sizeof(ip) + PAYLOAD;
}

void
frame_add_ipv6(struct frame *f, const char *source, const char *destination)
{
	struct rte_ipv6_hdr ip = {
		.vtc_flow = htonl(0x60000000),
		.payload_len = htons(PAYLOAD),
		.proto = IPPROTO_UDP,
		.hop_limits = 64,
	};

	assert_int_equal(inet_pton(AF_INET6, source, ip.src_addr), 1);
	assert_int_equal(inet_pton(AF_INET6, destination, ip.dst_addr), 1);
	frame_add_16(f, RTE_ETHER_TYPE_IPV6);
	memcpy(f->bytes + f->length, &ip, sizeof(ip));
	f->length += sizeof(ip) + PAYLOAD;
}

struct frame
frame_ipv4(const char *source, const char *destination)
{
	struct frame f = frame_ether();

	frame_add_ipv4(&f, source, destination);
	return f;
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

	assert_non_null(shared);
	assert_non_null(m);
	assert_non_null(buffer);
	memcpy(buffer, bytes, length);
	shared->free_cb = free_buffer;
	shared->fcb_opaque = shared;
	rte_mbuf_ext_refcnt_set(shared, 1);
	rte_pktmbuf_attach_extbuf(m, buffer, RTE_BAD_IOVA, length, shared);
	m->data_len = length;
	m->pkt_len = length;
	return m;
}

struct rte_mbuf *
packet_in_segments(const uint8_t *bytes, uint16_t length, const uint16_t *lengths,
		   uint16_t nb_lengths)
{
	struct rte_mbuf *head = NULL, *m;
	uint16_t i, at = 0;

	for (i = 0; i <= nb_lengths; i++) {
		uint16_t rest = length - at;
		uint16_t part = i < nb_lengths ? RTE_MIN(lengths[i], rest) : rest;

		m = segment_of(bytes + at, part);
		at += part;
		if (head == NULL)
			head = m;
		else
			assert_int_equal(rte_pktmbuf_chain(head, m), 0);
	}
	return head;
}

struct rte_mbuf *
packet_of(const struct frame *f)
{
	return packet_in_segments(f->bytes, f->length, &f->length, 0);
}

struct classifier *
classifier_of(const char *yaml, struct budget **b)
{
	char error[512];
	struct classifier *cls;

	*b = budget_parse("test", yaml, strlen(yaml), error, sizeof(error));
	if (*b == NULL)
		fail_msg("%s", error);
	cls = classifier_create(*b, SOCKET_ID_ANY, error, sizeof(error));
	if (cls == NULL)
		fail_msg("%s", error);
	return cls;
}

void
assert_goes(const struct classifier *cls, const struct budget *b, struct rte_mbuf *m, uint16_t port,
	    const char *path)
{
	assert_goes_as(cls, b, m, port, path, PACKET_KINDS);
}

void
assert_goes_as(const struct classifier *cls, const struct budget *b, struct rte_mbuf *m,
	       uint16_t port, const char *path, enum packet_kind expected)
{
	uint32_t node = UINT32_MAX, kinds[PACKET_KINDS] = {0}, sum = 0;
	int kind;

	classify_burst(cls, &m, 1, port, &node, kinds);
	rte_pktmbuf_free(m);
	assert_true(node < b->nb_nodes);
	assert_string_equal(b->nodes[node].path, path);
	for (kind = 0; kind < PACKET_KINDS; kind++)
		sum += kinds[kind];
	assert_int_equal(sum, cls->parse_headers);
	if (expected < PACKET_KINDS)
		assert_int_equal(kinds[expected], 1);
}
