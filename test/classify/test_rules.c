/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Which rule decides for a valid packet. */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_ether.h>

#include "packets.h"

/* The budget and the classifier of the current test. */
static struct budget *b;
static struct classifier *cls;

static void
use_rules(const char *yaml)
{
	cls = classifier_of(yaml, &b);
}

static int
done(void **state)
{
	RTE_SET_USED(state);
	classifier_free(cls);
	budget_free(b);
	cls = NULL;
	b = NULL;
	return 0;
}

static void
ipv4_goes(const char *source, const char *destination, uint16_t port, const char *path)
{
	struct frame f = frame_ipv4(source, destination);

	assert_goes(cls, b, packet_of(&f), port, path);
}

static void
tagged_goes(uint16_t id, const char *source, const char *destination, uint16_t port,
	    const char *path)
{
	struct frame f = frame_ether();

	frame_add_tag(&f, RTE_ETHER_TYPE_VLAN, id);
	frame_add_ipv4(&f, source, destination);
	assert_goes(cls, b, packet_of(&f), port, path);
}

static void
without_rules_all_packets_go_to_the_default(void **state)
{
	RTE_SET_USED(state);
	use_rules("default: a/b\nbudgets: [{name: a, children: [name: b]}]");
	ipv4_goes("10.0.0.1", "10.0.0.2", 0, "a/b");
	tagged_goes(7, "10.0.0.1", "10.0.0.2", UINT16_MAX, "a/b");
}

static void
without_default_packets_go_to_the_root(void **state)
{
	RTE_SET_USED(state);
	use_rules("budgets: [{name: a, match: [source: 10.0.0.0/8]}]");
	ipv4_goes("11.0.0.1", "10.0.0.2", 0, "");
}

static void
a_port_rule_matches_its_port_only(void **state)
{
	RTE_SET_USED(state);
	use_rules("default: other\n"
		  "budgets: [{name: a, match: [port: 0, port: 31]}, {name: other}]");
	ipv4_goes("10.0.0.1", "10.0.0.2", 0, "a");
	ipv4_goes("10.0.0.1", "10.0.0.2", 31, "a");
	ipv4_goes("10.0.0.1", "10.0.0.2", 1, "other");
	ipv4_goes("10.0.0.1", "10.0.0.2", RTE_MAX_ETHPORTS, "other");
	ipv4_goes("10.0.0.1", "10.0.0.2", UINT16_MAX, "other");
}

static void
a_vlan_rule_matches_its_id_only(void **state)
{
	RTE_SET_USED(state);
	use_rules("budgets: ["
		  "{name: a, match: [vlan: 1, vlan: 4094]}, {name: b, match: [vlan: 256]}]");
	tagged_goes(1, "10.0.0.1", "10.0.0.2", 0, "a");
	tagged_goes(4094, "10.0.0.1", "10.0.0.2", 0, "a");
	tagged_goes(256, "10.0.0.1", "10.0.0.2", 0, "b");
	tagged_goes(0, "10.0.0.1", "10.0.0.2", 0, "");
	tagged_goes(2, "10.0.0.1", "10.0.0.2", 0, "");
	tagged_goes(4095, "10.0.0.1", "10.0.0.2", 0, "");
	ipv4_goes("10.0.0.1", "10.0.0.2", 0, "");
}

static void
a_vlan_rule_also_matches_packets_without_ipv4(void **state)
{
	struct frame arp = frame_ether();

	RTE_SET_USED(state);
	use_rules("budgets: [{name: a, match: [vlan: 9]}]");
	frame_add_tag(&arp, RTE_ETHER_TYPE_VLAN, 9);
	frame_add_16(&arp, RTE_ETHER_TYPE_ARP);
	arp.length += 28;
	assert_goes(cls, b, packet_of(&arp), 0, "a");
}

/* Each packet matches one rule less than the previous one. */
static void
precedence_is_vlan_source_destination_port(void **state)
{
	RTE_SET_USED(state);
	use_rules("default: other\n"
		  "budgets:\n"
		  "- {name: port, match: [port: 3]}\n"
		  "- {name: destination, match: [destination: 10.2.0.0/24]}\n"
		  "- {name: source, match: [source: 10.1.0.0/16]}\n"
		  "- {name: vlan, match: [vlan: 5]}\n"
		  "- {name: other}\n");
	tagged_goes(5, "10.1.0.1", "10.2.0.1", 3, "vlan");
	tagged_goes(6, "10.1.0.1", "10.2.0.1", 3, "source");
	ipv4_goes("10.1.0.1", "10.2.0.1", 3, "source");
	ipv4_goes("10.9.0.1", "10.2.0.1", 3, "destination");
	ipv4_goes("10.9.0.1", "10.9.0.1", 3, "port");
	ipv4_goes("10.9.0.1", "10.9.0.1", 4, "other");
	/* Source and destination are swapped. */
	ipv4_goes("10.2.0.1", "10.1.0.1", 3, "port");
}

static void
ipv6_goes(const char *source, const char *destination, uint16_t port, const char *path)
{
	struct frame f = frame_ether();

	frame_add_ipv6(&f, source, destination);
	assert_goes_as(cls, b, packet_of(&f), port, path, PACKET_IPV6);
}

static void
ipv6_prefixes_are_apart_from_those_of_ipv4(void **state)
{
	RTE_SET_USED(state);
	use_rules("default: other\n"
		  "budgets:\n"
		  "- {name: p32, match: [source: '2001:db8::/32']}\n"
		  "- {name: p128, match: [source: '2001:db8::1/128']}\n"
		  "- {name: p20, match: [source: '2001:d00::/24']}\n"
		  "- {name: p65, match: [source: '2001:db8:0:1:8000::/65']}\n"
		  "- {name: any4, match: [source: 0.0.0.0/0]}\n"
		  "- {name: d0, match: [destination: '::/0']}\n"
		  "- {name: port, match: [port: 1]}\n"
		  "- {name: other}\n");
	ipv6_goes("2001:db8::1", "::1", 0, "p128");
	ipv6_goes("2001:db8::2", "::1", 0, "p32");
	ipv6_goes("2001:db8:0:1:8000::7", "::1", 0, "p65");
	ipv6_goes("2001:db8:0:1:7fff::7", "::1", 0, "p32");
	ipv6_goes("2001:db9::", "::1", 0, "p20");
	ipv6_goes("2001:e00::", "::1", 0, "d0");
	ipv6_goes("2001:e00::", "2001:db8::1", 1, "d0");
	ipv4_goes("10.0.0.1", "10.0.0.1", 1, "any4");
}

/* The rule stands between addresses and ports, and counts for what follows the tags. */
static void
an_ethertype_rule_matches_what_no_address_rule_does(void **state)
{
	struct frame arp = frame_ether(), lldp = frame_ether(), llc = frame_ether();
	struct frame broken = frame_ipv4("10.9.0.1", "10.0.0.1");

	RTE_SET_USED(state);
	use_rules("default: other\n"
		  "malformed: bad\n"
		  "budgets:\n"
		  "- {name: ten, match: [source: 10.0.0.0/16]}\n"
		  "- {name: arp, match: [ethertype: arp]}\n"
		  "- {name: v4, match: [ethertype: 0x0800]}\n"
		  "- {name: v6, match: [ethertype: ipv6]}\n"
		  "- {name: port, match: [port: 1]}\n"
		  "- {name: bad}\n"
		  "- {name: other}\n");
	frame_add_tag(&arp, RTE_ETHER_TYPE_QINQ, 7);
	frame_add_tag(&arp, RTE_ETHER_TYPE_VLAN, 0);
	frame_add_16(&arp, RTE_ETHER_TYPE_ARP);
	frame_add_16(&lldp, RTE_ETHER_TYPE_LLDP);
	frame_add_16(&llc, 60);
	assert_goes_as(cls, b, packet_of(&arp), 1, "arp", PACKET_OTHER);
	assert_goes_as(cls, b, packet_of(&lldp), 0, "other", PACKET_OTHER);
	assert_goes_as(cls, b, packet_of(&lldp), 1, "port", PACKET_OTHER);
	assert_goes_as(cls, b, packet_of(&llc), 0, "other", PACKET_OTHER);
	ipv4_goes("10.0.0.1", "10.0.0.1", 1, "ten");
	ipv4_goes("10.9.0.1", "10.0.0.1", 1, "v4");
	ipv6_goes("2001:db8::1", "::1", 1, "v6");
	/* What is broken is no packet of its EtherType: only VLAN and port count. */
	broken.bytes[IPV4_OFFSET] = 0x65;
	assert_goes_as(cls, b, packet_of(&broken), 0, "bad", PACKET_HEADER);
	assert_goes_as(cls, b, packet_of(&broken), 1, "port", PACKET_HEADER);
}

static void
malformed_frames_do_not_go_to_the_default(void **state)
{
	struct frame broken = frame_ipv4("10.0.0.1", "10.0.0.1");

	RTE_SET_USED(state);
	broken.bytes[IPV4_OFFSET] = 0x44;
	use_rules("default: other\nbudgets: [{name: a, match: [vlan: 3]}, {name: other}]");
	assert_goes_as(cls, b, packet_of(&broken), 0, "malformed", PACKET_HEADER);
	done(NULL);
	/* The key alone is a reason to read headers. */
	use_rules("default: other\nmalformed: a\nbudgets: [{name: a}, {name: other}]");
	assert_goes_as(cls, b, packet_of(&broken), 0, "a", PACKET_HEADER);
	ipv4_goes("10.0.0.1", "10.0.0.1", 0, "other");
	done(NULL);
	/* Without rules for headers, none is read. */
	use_rules("default: other\nbudgets: [{name: a, match: [port: 3]}, {name: other}]");
	assert_goes(cls, b, packet_of(&broken), 0, "other");
}

static void
the_longest_prefix_decides(void **state)
{
	RTE_SET_USED(state);
	use_rules("budgets:\n"
		  "- {name: p8, match: [source: 10.0.0.0/8]}\n"
		  "- {name: p32, match: [source: 10.1.2.3/32]}\n"
		  "- {name: p16, match: [source: 10.1.0.0/16]}\n"
		  "- {name: p25, match: [source: 10.1.2.0/25]}\n"
		  "- {name: p24, match: [source: 10.1.2.0/24]}\n"
		  "- {name: p1, match: [source: 128.0.0.0/1]}\n"
		  "- {name: d32, match: [destination: 10.9.9.9/32]}\n"
		  "- {name: d8, match: [destination: 10.0.0.0/8]}\n");
	ipv4_goes("10.1.2.3", "1.1.1.1", 0, "p32");
	ipv4_goes("10.1.2.2", "1.1.1.1", 0, "p25");
	ipv4_goes("10.1.2.127", "1.1.1.1", 0, "p25");
	ipv4_goes("10.1.2.128", "1.1.1.1", 0, "p24");
	ipv4_goes("10.1.3.3", "1.1.1.1", 0, "p16");
	ipv4_goes("10.255.255.255", "1.1.1.1", 0, "p8");
	ipv4_goes("128.0.0.0", "1.1.1.1", 0, "p1");
	ipv4_goes("255.255.255.255", "1.1.1.1", 0, "p1");
	ipv4_goes("11.0.0.0", "10.9.9.9", 0, "d32");
	ipv4_goes("11.0.0.0", "10.9.9.8", 0, "d8");
	/* A short source prefix takes precedence over a long destination prefix. */
	ipv4_goes("10.0.0.1", "10.9.9.9", 0, "p8");
	ipv4_goes("127.255.255.255", "1.1.1.1", 0, "");
}

static void
length_0_matches_ipv4_without_longer_prefix(void **state)
{
	struct frame ipv6 = frame_ether();

	RTE_SET_USED(state);
	use_rules("budgets:\n"
		  "- {name: any, match: [source: 0.0.0.0/0]}\n"
		  "- {name: ten, match: [source: 10.0.0.0/8]}\n"
		  "- {name: unreachable, match: [destination: 10.0.0.0/8]}\n"
		  "- {name: port, match: [port: 1]}\n");
	ipv4_goes("10.1.2.3", "10.0.0.1", 1, "ten");
	ipv4_goes("0.0.0.0", "10.0.0.1", 1, "any");
	ipv4_goes("255.255.255.255", "10.0.0.1", 1, "any");
	frame_add_16(&ipv6, RTE_ETHER_TYPE_IPV6);
	ipv6.length += 40;
	assert_goes(cls, b, packet_of(&ipv6), 1, "port");
}

static void
length_0_alone_needs_no_table(void **state)
{
	RTE_SET_USED(state);
	use_rules("budgets:\n"
		  "- {name: any, match: [destination: 0.0.0.0/0]}\n"
		  "- {name: ten, match: [source: 10.0.0.0/8]}\n");
	ipv4_goes("10.1.2.3", "10.0.0.1", 0, "ten");
	ipv4_goes("11.1.2.3", "10.0.0.1", 0, "any");
}

/*
 * Node indexes of more than 16 bits, and prefixes longer than /24. With rte_lpm, which compares
 * each prefix with all others of its length, this takes minutes.
 */
static void
many_rules_find_their_nodes(void **state)
{
	const uint32_t nb = 200000;
	uint32_t i;
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	RTE_SET_USED(state);
	assert_non_null(f);
	fprintf(f, "budgets:\n");
	for (i = 0; i < nb; i++)
		fprintf(f, "- {name: n%u, match: [source: %u.%u.%u.%s]}\n", i, i >> 16,
			i >> 8 & 255, i & 255, i % 16 == 0 ? "128/25" : "0/24");
	assert_int_equal(fclose(f), 0);
	use_rules(text);
	free(text);
	for (i = 0; i < nb; i += 61) {
		char source[32], path[32];

		snprintf(source, sizeof(source), "%u.%u.%u.129", i >> 16, i >> 8 & 255, i & 255);
		snprintf(path, sizeof(path), "n%u", i);
		ipv4_goes(source, "10.0.0.1", 0, path);
	}
}

static void
a_burst_keeps_its_order(void **state)
{
	static const char *const sources[] = {"10.0.0.1", "10.1.0.1", "10.2.0.1", "10.3.0.1"};
	static const char *const paths[] = {"a", "b", "d", "other"};
	static const uint16_t sizes[] = {0, 1, 4, 63, 64, 65, 128, 200};
	struct rte_mbuf *pkts[200];
	uint32_t nodes[201], kinds[PACKET_KINDS] = {0};
	size_t s;
	uint16_t i;

	RTE_SET_USED(state);
	use_rules("default: other\n"
		  "budgets:\n"
		  "- {name: a, match: [source: 10.0.0.0/16]}\n"
		  "- {name: b, match: [source: 10.1.0.0/16]}\n"
		  "- {name: d, match: [destination: 10.2.0.1/32]}\n"
		  "- {name: other}\n");
	for (s = 0; s < RTE_DIM(sizes); s++) {
		for (i = 0; i < sizes[s]; i++) {
			struct frame f = frame_ipv4(sources[i * 7 % 4], sources[i * 7 % 4]);

			pkts[i] = packet_of(&f);
		}
		memset(nodes, 0xff, sizeof(nodes));
		classify_burst(cls, pkts, sizes[s], 0, nodes, kinds);
		for (i = 0; i < sizes[s]; i++)
			assert_string_equal(b->nodes[nodes[i]].path, paths[i * 7 % 4]);
		assert_int_equal(nodes[sizes[s]], UINT32_MAX);
		rte_pktmbuf_free_bulk(pkts, sizes[s]);
	}
}

static void
too_little_memory_is_reported_as_one_line(void **state)
{
	struct classifier *second;
	char error[256];

	RTE_SET_USED(state);
	use_rules("budgets: [{name: a, match: [source: 10.0.0.0/8, destination: 10.0.0.0/8]}]");
	second = classifier_create(b, SOCKET_ID_ANY, error, sizeof(error));
	assert_null(second);
	assert_string_equal(error, "cannot create the table of destination prefixes (64 MiB "
				   "for IPv4, as much for IPv6: raise -m): Cannot allocate memory");
	ipv4_goes("10.0.0.1", "10.0.0.1", 0, "a");
}

static void
two_classifiers_can_exist_at_the_same_time(void **state)
{
	struct budget *other_budget;
	struct classifier *other;
	struct frame f = frame_ipv4("10.0.0.1", "10.0.0.1");

	RTE_SET_USED(state);
	use_rules("budgets: [{name: a, match: [source: 10.0.0.0/8]}]");
	other = classifier_of("budgets: [{name: b, match: [source: 10.0.0.0/8]}]", &other_budget);
	ipv4_goes("10.0.0.1", "10.0.0.1", 0, "a");
	assert_goes(other, other_budget, packet_of(&f), 0, "b");
	classifier_free(other);
	budget_free(other_budget);
	ipv4_goes("10.0.0.1", "10.0.0.1", 0, "a");
	classifier_free(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(without_rules_all_packets_go_to_the_default, done),
		cmocka_unit_test_teardown(without_default_packets_go_to_the_root, done),
		cmocka_unit_test_teardown(a_port_rule_matches_its_port_only, done),
		cmocka_unit_test_teardown(a_vlan_rule_matches_its_id_only, done),
		cmocka_unit_test_teardown(a_vlan_rule_also_matches_packets_without_ipv4, done),
		cmocka_unit_test_teardown(precedence_is_vlan_source_destination_port, done),
		cmocka_unit_test_teardown(the_longest_prefix_decides, done),
		cmocka_unit_test_teardown(ipv6_prefixes_are_apart_from_those_of_ipv4, done),
		cmocka_unit_test_teardown(an_ethertype_rule_matches_what_no_address_rule_does,
					  done),
		cmocka_unit_test_teardown(malformed_frames_do_not_go_to_the_default, done),
		cmocka_unit_test_teardown(length_0_matches_ipv4_without_longer_prefix, done),
		cmocka_unit_test_teardown(length_0_alone_needs_no_table, done),
		cmocka_unit_test_teardown(many_rules_find_their_nodes, done),
		cmocka_unit_test_teardown(a_burst_keeps_its_order, done),
		cmocka_unit_test_teardown(too_little_memory_is_reported_as_one_line, done),
		cmocka_unit_test_teardown(two_classifiers_can_exist_at_the_same_time, done),
	};
	int failed;

	RTE_SET_USED(argc);
	/* Enough for both IPv4 tables of one classifier, but not of two. */
	packets_start(argv[0], "ration-classify-rules", "200");
	failed = cmocka_run_group_tests_name("classifier rules", tests, NULL, NULL);
	rte_eal_cleanup();
	return failed;
}
