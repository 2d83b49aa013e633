/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Random rules and random packets: the classifier must agree with a simple implementation of the
 * rules in classify/burst.h. The test prints its seed; pass the seed as argument to repeat a run.
 */

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_lpm.h>

#include "packets.h"
#include "simple.h"

#define ROUNDS 20
#define BURSTS 100
#define BURST 100
#define RULES_MAX 300
#define NODES 50
#define MANY 4000

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

/* The same for IPv6. */
static void
random_address6(uint8_t *address)
{
	uint32_t i;

	for (i = 0; i < 16; i++)
		address[i] = (uint8_t)(below(16) ? below(2) : below(256));
}

static int
has_rule(const struct budget *b, const struct budget_rule *r)
{
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++)
		if (b->rules[i].match == r->match && b->rules[i].family == r->family &&
		    memcmp(b->rules[i].prefix, r->prefix, sizeof(r->prefix)) == 0 &&
		    b->rules[i].length == r->length && b->rules[i].id == r->id)
			return 1;
	return 0;
}

static void
random_prefix(struct budget_rule *r)
{
	uint32_t i, bits = 32, address = random_address();

	r->family = below(2) ? BUDGET_IPV6 : BUDGET_IPV4;
	for (i = 0; i < 4; i++)
		r->prefix[i] = (uint8_t)(address >> (24 - 8 * i));
	if (r->family == BUDGET_IPV6) {
		random_address6(r->prefix);
		bits = 128;
	}
	r->length = (uint8_t)below(bits + 1);
	for (i = r->length; i < bits; i++)
		r->prefix[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
}

static void
add_random_rule(struct budget *b)
{
	static const enum budget_match matches[] = {
		BUDGET_SOURCE, BUDGET_SOURCE, BUDGET_DESTINATION,
		BUDGET_VLAN,   BUDGET_PORT,   BUDGET_ETHERTYPE,
	};
	struct budget_rule r = {.match = matches[below(RTE_DIM(matches))], .node = below(NODES)};
	static const uint16_t types[] = {0x0800, 0x86dd, 0x0806, 0x9400};

	if (r.match == BUDGET_VLAN)
		r.id = (uint16_t)(1 + below(20));
	else if (r.match == BUDGET_PORT)
		r.id = (uint16_t)below(4);
	else if (r.match == BUDGET_ETHERTYPE)
		r.id = types[below(RTE_DIM(types))];
	else
		random_prefix(&r);
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
	static const uint16_t tpids[] = {0x8100, 0x88a8, 0x9100, 0x9200, 0x9300, 0x9400};
	uint32_t source = random_address(), destination = random_address();
	struct sample s = {.f = frame_ether(), .tci = (uint16_t)below(25)};
	uint32_t nb;
	char a[64], d[64];

	if (below(4) == 0)
		s.flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	for (nb = below(2) ? 0 : below(below(4) ? 4 : 11); nb > 0; nb--)
		frame_add_tag(&s.f, tpids[below(16) ? below(5) : 5],
			      (uint16_t)(below(3) ? below(25) : 0));
	if (below(2)) {
		uint8_t bytes[16];

		random_address6(bytes);
		inet_ntop(AF_INET6, bytes, a, sizeof(a));
		random_address6(bytes);
		inet_ntop(AF_INET6, bytes, d, sizeof(d));
		frame_add_ipv6(&s.f, a, d);
		goto damage;
	}
	snprintf(a, sizeof(a), "%u.%u.%u.%u", source >> 24, source >> 16 & 255, source >> 8 & 255,
		 source & 255);
	snprintf(d, sizeof(d), "%u.%u.%u.%u", destination >> 24, destination >> 16 & 255,
		 destination >> 8 & 255, destination & 255);
	frame_add_ipv4(&s.f, a, d);
damage:
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

static void
compare_burst(const struct classifier *cls, const struct budget *b, uint8_t *seen)
{
	uint16_t port = (uint16_t)below(6), nb = (uint16_t)below(BURST + 1), i;
	struct sample samples[BURST];
	struct rte_mbuf *pkts[BURST];
	uint32_t nodes[BURST], kinds[PACKET_KINDS] = {0};
	enum packet_kind kind;

	for (i = 0; i < nb; i++) {
		samples[i] = random_sample();
		pkts[i] = packet_of_sample(&samples[i]);
	}
	classify_burst(cls, pkts, nb, port, nodes, kinds);
	for (i = 0; i < nb; i++) {
		const struct simple_packet p = {
			.bytes = samples[i].f.bytes,
			.length = samples[i].f.length,
			.flags = samples[i].flags,
			.tci = samples[i].tci,
			.port = port,
		};

		assert_int_equal(nodes[i], simple_classify(b, &p, &kind));
		kinds[kind]--;
		seen[nodes[i]] = 1;
	}
	/* Each kind was counted as often as it came; nothing is counted if no header is read. */
	for (i = 0; i < PACKET_KINDS && cls->parse_headers; i++)
		assert_int_equal(kinds[i], 0);
	rte_pktmbuf_free_bulk(pkts, nb);
}

static void
classifier_agrees_with_simple_implementation(void **state)
{
	struct budget_rule rules[RULES_MAX];
	uint8_t seen[NODES + 2] = {0};
	uint32_t round, i;
	char error[256];

	RTE_SET_USED(state);
	for (round = 0; round < ROUNDS; round++) {
		struct budget b = {
			.default_node = NODES,
			.malformed_node = NODES + 1,
			.nb_nodes = NODES + 2,
			.rules = rules,
		};
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

/* rte_lpm held the IPv4 prefixes before. IPv6 needs many second-level tables: all must fit. */
static void
many_prefixes_agree_with_rte_lpm(void **state)
{
	struct rte_lpm_config config = {.max_rules = MANY, .number_tbl8s = MANY};
	struct budget_rule *rules = calloc(MANY, sizeof(*rules));
	struct budget b = {.default_node = MANY, .nb_nodes = MANY, .rules = rules};
	struct classifier_prefixes p;
	struct rte_lpm *lpm = rte_lpm_create("old", SOCKET_ID_ANY, &config);
	uint32_t i, address[CLASSIFIER_LOOKUP_MAX], found[CLASSIFIER_LOOKUP_MAX], next, n;

	RTE_SET_USED(state);
	assert_non_null(rules);
	assert_non_null(lpm);
	for (i = 0; i < MANY; i++) {
		struct budget_rule rule = {.match = BUDGET_SOURCE, .node = i};

		random_prefix(&rule);
		if (rule.length == 0)
			continue;
		rules[b.nb_rules++] = rule;
		address[0] = (uint32_t)rule.prefix[0] << 24 | (uint32_t)rule.prefix[1] << 16 |
			     (uint32_t)rule.prefix[2] << 8 | rule.prefix[3];
		/* Of equal prefixes the last one counts, in both. */
		if (rule.family == BUDGET_IPV4)
			assert_int_equal(rte_lpm_add(lpm, address[0], rule.length, i), 0);
	}
	assert_int_equal(classifier_prefixes_create(&p, &b, BUDGET_SOURCE, SOCKET_ID_ANY), 0);
	for (n = 0; n < MANY; n++) {
		for (i = 0; i < CLASSIFIER_LOOKUP_MAX; i++)
			address[i] = random_address();
		classifier_prefixes_find4(&p, address, CLASSIFIER_LOOKUP_MAX, found);
		for (i = 0; i < CLASSIFIER_LOOKUP_MAX; i++) {
			if (rte_lpm_lookup(lpm, address[i], &next) != 0)
				next = CLASSIFIER_NONE;
			assert_int_equal(found[i], next);
		}
	}
	classifier_prefixes_free(&p);
	rte_lpm_free(lpm);
	free(rules);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classifier_agrees_with_simple_implementation),
		cmocka_unit_test(many_prefixes_agree_with_rte_lpm),
	};
	int failed;

	if (argc > 1)
		random_state = strtoull(argv[1], NULL, 0) | 1;
	printf("seed %ju\n", (uintmax_t)random_state);
	packets_start(argv[0], "ration-classify-random", "300");
	failed = cmocka_run_group_tests_name("classifier at random", tests, NULL, NULL);
	rte_eal_cleanup();
	return failed;
}
