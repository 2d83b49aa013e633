/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Random rules and random packets: the classifier must agree with a simple implementation of the
 * rules in classify/burst.h. The test prints its seed; pass the seed as argument to repeat a run.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_eal.h>

#include "packets.h"

#define ROUNDS 20
#define BURSTS 100
#define BURST 100
#define RULES_MAX 300
#define NODES 50

static uint64_t random_state = 1;

/* xorshift64: the same numbers on every machine. */
static uint32_t
random_32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32);
}

static uint32_t
below(uint32_t limit)
{
	return random_32() % limit;
}

/* Use few different bytes, so that prefixes of every length match. */
static uint32_t
random_address(void)
{
	uint32_t i, address = 0;

	for (i = 0; i < 4; i++)
		address = address << 8 | (below(8) ? below(3) : below(256));
	return address;
}

static uint32_t
mask_of(uint8_t length)
{
	return length == 0 ? 0 : UINT32_MAX << (32 - length);
}

static int
has_rule(const struct budget *b, const struct budget_rule *r)
{
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++)
		if (b->rules[i].match == r->match && b->rules[i].prefix == r->prefix &&
		    b->rules[i].length == r->length && b->rules[i].id == r->id)
			return 1;
	return 0;
}

static void
add_random_rule(struct budget *b)
{
	struct budget_rule r = {.match = (enum budget_match)below(4), .node = below(NODES)};

	if (r.match == BUDGET_VLAN) {
		r.id = (uint16_t)(1 + below(20));
	} else if (r.match == BUDGET_PORT) {
		r.id = (uint16_t)below(4);
	} else {
		r.length = (uint8_t)below(33);
		r.prefix = random_address() & mask_of(r.length);
	}
	if (!has_rule(b, &r))
		b->rules[b->nb_rules++] = r;
}

/* A packet: its frame and the members of its mbuf. */
struct sample {
	struct frame f;
	uint64_t flags;
	uint16_t tci;
};

static struct sample
random_sample(void)
{
	static const uint16_t tpids[] = {0x8100, 0x88a8, 0x9100};
	uint32_t source = random_address(), destination = random_address();
	struct sample s = {.f = frame_ether(), .tci = (uint16_t)below(25)};
	uint32_t nb;
	char a[32], d[32];

	if (below(4) == 0)
		s.flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	for (nb = below(2) ? 0 : below(4); nb > 0; nb--)
		frame_add_tag(&s.f, tpids[below(8) ? below(2) : 2], (uint16_t)below(25));
	snprintf(a, sizeof(a), "%u.%u.%u.%u", source >> 24, source >> 16 & 255, source >> 8 & 255,
		 source & 255);
	snprintf(d, sizeof(d), "%u.%u.%u.%u", destination >> 24, destination >> 16 & 255,
		 destination >> 8 & 255, destination & 255);
	frame_add_ipv4(&s.f, a, d);
	if (below(4) == 0)
		s.f.bytes[12 + below(20)] ^= (uint8_t)(1 << below(8));
	if (below(8) == 0)
		s.f.length = (uint16_t)below(s.f.length + 1u);
	return s;
}

static struct rte_mbuf *
packet_of_sample(const struct sample *s)
{
	uint16_t cuts[3], nb = below(2) ? 0 : (uint16_t)below(4), i;
	struct rte_mbuf *m;

	for (i = 0; i < nb; i++)
		cuts[i] = (uint16_t)below(24);
	m = packet_in_segments(s->f.bytes, s->f.length, cuts, nb);
	m->ol_flags |= s->flags;
	m->vlan_tci = s->tci;
	return m;
}

static uint32_t
read_16(const struct frame *f, uint32_t at)
{
	return (uint32_t)f->bytes[at] << 8 | f->bytes[at + 1];
}

static uint32_t
read_32(const struct frame *f, uint32_t at)
{
	return read_16(f, at) << 16 | read_16(f, at + 2);
}

/* Returns the node of the longest prefix, or UINT32_MAX. */
static uint32_t
expected_by_address(const struct budget *b, enum budget_match match, uint32_t address)
{
	const struct budget_rule *best = NULL;
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++) {
		const struct budget_rule *r = &b->rules[i];

		if (r->match == match && (address & mask_of(r->length)) == r->prefix &&
		    (best == NULL || r->length > best->length))
			best = r;
	}
	return best != NULL ? best->node : UINT32_MAX;
}

static uint32_t
expected_by_id(const struct budget *b, enum budget_match match, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++)
		if (b->rules[i].match == match && b->rules[i].id == id)
			return b->rules[i].node;
	return UINT32_MAX;
}

/* Returns the offset of the IPv4 header, or 0. Sets `vlan` to the outermost VLAN id. */
static uint32_t
find_ipv4(const struct sample *s, uint32_t *vlan)
{
	uint32_t at = 12, tags = s->flags != 0, length;
	const struct frame *f = &s->f;

	*vlan = tags ? s->tci : 0;
	while (at + 6 <= f->length && (read_16(f, at) == 0x8100 || read_16(f, at) == 0x88a8)) {
		if (++tags > 2)
			return 0;
		if (tags == 1)
			*vlan = read_16(f, at + 2) & 4095;
		at += 4;
	}
	if (at + 2 + 20 > f->length || read_16(f, at) != 0x0800)
		return 0;
	at += 2;
	length = (f->bytes[at] & 15) * 4u;
	if (f->bytes[at] >> 4 != 4 || length < 20 || read_16(f, at + 2) < length ||
	    read_16(f, at + 2) > (uint32_t)f->length - at)
		return 0;
	return at;
}

static uint32_t
expected(const struct budget *b, const struct sample *s, uint16_t port)
{
	uint32_t vlan, node, at = find_ipv4(s, &vlan);

	node = expected_by_id(b, BUDGET_VLAN, vlan);
	if (node == UINT32_MAX && at > 0)
		node = expected_by_address(b, BUDGET_SOURCE, read_32(&s->f, at + 12));
	if (node == UINT32_MAX && at > 0)
		node = expected_by_address(b, BUDGET_DESTINATION, read_32(&s->f, at + 16));
	if (node == UINT32_MAX)
		node = expected_by_id(b, BUDGET_PORT, port);
	return node != UINT32_MAX ? node : b->default_node;
}

static void
compare_burst(const struct classifier *cls, const struct budget *b, uint8_t *seen)
{
	uint16_t port = (uint16_t)below(6), nb = (uint16_t)below(BURST + 1), i;
	struct sample samples[BURST];
	struct rte_mbuf *pkts[BURST];
	uint32_t nodes[BURST];

	for (i = 0; i < nb; i++) {
		samples[i] = random_sample();
		pkts[i] = packet_of_sample(&samples[i]);
	}
	classify_burst(cls, pkts, nb, port, nodes);
	for (i = 0; i < nb; i++) {
		assert_int_equal(nodes[i], expected(b, &samples[i], port));
		seen[nodes[i]] = 1;
	}
	rte_pktmbuf_free_bulk(pkts, nb);
}

static void
classifier_agrees_with_simple_implementation(void **state)
{
	struct budget_rule rules[RULES_MAX];
	uint8_t seen[NODES + 1] = {0};
	uint32_t round, i;
	char error[256];

	RTE_SET_USED(state);
	for (round = 0; round < ROUNDS; round++) {
		struct budget b = {.default_node = NODES, .nb_nodes = NODES + 1, .rules = rules};
		struct classifier *cls;

		for (i = below(RULES_MAX + 1); i > 0; i--)
			add_random_rule(&b);
		cls = classifier_create(&b, SOCKET_ID_ANY, error, sizeof(error));
		if (cls == NULL)
			fail_msg("%s", error);
		for (i = 0; i < BURSTS; i++)
			compare_burst(cls, &b, seen);
		classifier_free(cls);
	}
	for (i = 0; i < RTE_DIM(seen); i++)
		assert_true(seen[i]);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classifier_agrees_with_simple_implementation),
	};
	int failed;

	if (argc > 1)
		random_state = strtoull(argv[1], NULL, 0) | 1;
	printf("seed %ju\n", (uintmax_t)random_state);
	packets_start(argv[0], "ration-classify-random");
	failed = cmocka_run_group_tests_name("classifier at random", tests, NULL, NULL);
	rte_eal_cleanup();
	return failed;
}
