/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Parsing of headers: tags in the packet or stripped from it, runts, malformed headers, split
 * segments. All tests use the same rules: VLAN 9 is assigned to "vlan", other packets that are
 * parsed as IPv4 or IPv6 to "ip", malformed frames to "bad" and the rest to "other".
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_ether.h>

#include "packets.h"

#define SOURCE "10.0.0.1"
#define DESTINATION "192.0.2.1"
#define OFFSET_VERSION 0
#define OFFSET_TOTAL 2

static struct budget *b;
static struct classifier *cls;

static int
make_rules(void **state)
{
	RTE_SET_USED(state);
	cls = classifier_of("default: other\n"
			    "malformed: bad\n"
			    "budgets:\n"
			    "- {name: vlan, match: [vlan: 9]}\n"
			    "- name: ip\n"
			    "  match:\n"
			    "  - source: 10.0.0.1/32\n"
			    "  - source: 2001:db8::1/128\n"
			    "- {name: other}\n"
			    "- {name: bad}\n",
			    &b);
	return 0;
}

static int
free_rules(void **state)
{
	RTE_SET_USED(state);
	classifier_free(cls);
	budget_free(b);
	return 0;
}

static void
goes(const struct frame *f, const char *path)
{
	assert_goes(cls, b, packet_of(f), 0, path);
}

static void
goes_as(const struct frame *f, const char *path, enum packet_kind kind)
{
	assert_goes_as(cls, b, packet_of(f), 0, path, kind);
}

/* Returns a frame with up to three tags. A TPID of 0 means no tag. */
static struct frame
tagged(uint16_t tpid0, uint16_t tci0, uint16_t tpid1, uint16_t tci1, uint16_t tpid2, uint16_t tci2)
{
	struct frame f = frame_ether();

	if (tpid0 != 0)
		frame_add_tag(&f, tpid0, tci0);
	if (tpid1 != 0)
		frame_add_tag(&f, tpid1, tci1);
	if (tpid2 != 0)
		frame_add_tag(&f, tpid2, tci2);
	frame_add_ipv4(&f, SOURCE, DESTINATION);
	return f;
}

/* A frame with `nb` tags of one type and id. */
static struct frame
tagged_often(unsigned int nb, uint16_t tpid, uint16_t tci)
{
	struct frame f = frame_ether();

	while (nb-- > 0)
		frame_add_tag(&f, tpid, tci);
	frame_add_ipv4(&f, SOURCE, DESTINATION);
	return f;
}

static void
ipv4_is_found_after_tags_of_all_types_and_depths(void **state)
{
	static const uint16_t types[] = {0x8100, 0x88a8, 0x9100, 0x9200, 0x9300};
	unsigned int nb;
	size_t i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(types); i++) {
		for (nb = 0; nb <= 8; nb++) {
			struct frame other = tagged_often(nb, types[i], 1);
			struct frame nine = tagged_often(nb, types[i], 9);

			goes_as(&other, "ip", PACKET_IPV4);
			goes_as(&nine, nb > 0 ? "vlan" : "ip", PACKET_IPV4);
		}
	}
}

static void
more_than_eight_tags_are_malformed(void **state)
{
	struct frame nine = tagged_often(9, 0x8100, 1);
	struct frame known = tagged_often(9, 0x9200, 9);
	struct frame eight = tagged_often(8, 0x8100, 1);
	struct rte_mbuf *m;

	RTE_SET_USED(state);
	goes_as(&nine, "bad", PACKET_TAGS);
	/* The VLAN decides although the rest is not understood. */
	goes_as(&known, "vlan", PACKET_TAGS);
	/* A stripped tag counts. */
	m = packet_of(&eight);
	m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	m->vlan_tci = 1;
	assert_goes_as(cls, b, m, 0, "bad", PACKET_TAGS);
}

static void
the_outermost_tag_decides(void **state)
{
	struct frame outer = tagged(0x88a8, 9, 0x8100, 1, 0, 0);
	struct frame three = tagged(0x88a8, 9, 0x8100, 1, 0x8100, 1);
	struct frame inner = tagged(0x88a8, 1, 0x8100, 9, 0, 0);
	struct frame priority = tagged(0x8100, 0xe000, 0, 0, 0, 0);
	struct frame priority_first = tagged(0x88a8, 0xe000, 0x8100, 9, 0x8100, 1);
	struct frame priority_twice = tagged(0x8100, 0xe000, 0x9100, 0, 0x8100, 9);
	struct frame with_priority = tagged(0x8100, 0xf000 | 9, 0, 0, 0, 0);

	RTE_SET_USED(state);
	goes(&outer, "vlan");
	goes(&three, "vlan");
	goes(&inner, "ip");
	goes(&priority, "ip");
	goes(&priority_first, "vlan");
	goes(&priority_twice, "vlan");
	goes(&with_priority, "vlan");
}

static const struct {
	uint64_t flags;
	uint16_t tci;
	uint16_t tci_outer;
	uint16_t nb_tags; /* Tags in the packet, with id 9. */
	const char *path;
} stripped[] = {
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, 9, 0, 0, "vlan"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, 0xf009, 0, 0, "vlan"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, 1, 9, 0, "ip"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, 0, 0, 0, "ip"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, 1, 0, 1, "ip"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, 1, 0, 2, "ip"},
	/* A stripped priority tag is skipped like one in the packet. */
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, 0xe000, 0, 1, "vlan"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_VLAN_STRIPPED |
		 RTE_MBUF_F_RX_QINQ_STRIPPED,
	 9, 0xe000, 0, "vlan"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_VLAN_STRIPPED |
		 RTE_MBUF_F_RX_QINQ_STRIPPED,
	 1, 9, 0, "vlan"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_VLAN_STRIPPED |
		 RTE_MBUF_F_RX_QINQ_STRIPPED,
	 9, 1, 0, "ip"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_VLAN_STRIPPED |
		 RTE_MBUF_F_RX_QINQ_STRIPPED,
	 9, 1, 1, "ip"},
	/* Only the outer tag is stripped. */
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_QINQ_STRIPPED, 9, 1, 1, "ip"},
	{RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_QINQ | RTE_MBUF_F_RX_QINQ_STRIPPED, 1, 9, 1, "vlan"},
	/* The tag is reported, but still in the packet; fields without a flag are ignored. */
	{RTE_MBUF_F_RX_VLAN, 1, 0, 1, "vlan"},
	{0, 9, 9, 0, "ip"},
};

static void
stripped_tags_count_like_tags_in_the_packet(void **state)
{
	size_t i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(stripped); i++) {
		struct frame f = tagged(stripped[i].nb_tags > 0 ? 0x8100 : 0, 9,
					stripped[i].nb_tags > 1 ? 0x8100 : 0, 9, 0, 0);
		struct rte_mbuf *m = packet_of(&f);

		m->ol_flags |= stripped[i].flags;
		m->vlan_tci = stripped[i].tci;
		m->vlan_tci_outer = stripped[i].tci_outer;
		assert_goes(cls, b, m, 0, stripped[i].path);
	}
}

/* A stripped tag is valid for any length of the packet. */
static void
a_runt_keeps_its_stripped_tag(void **state)
{
	struct frame f = frame_ipv4(SOURCE, DESTINATION);

	RTE_SET_USED(state);
	for (f.length = 0; f.length < IPV4_OFFSET + 20; f.length++) {
		struct rte_mbuf *m = packet_of(&f);

		m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
		m->vlan_tci = 9;
		assert_goes(cls, b, m, 0, "vlan");
	}
}

static void
a_frame_that_ends_in_its_headers_is_malformed(void **state)
{
	struct frame plain = frame_ipv4(SOURCE, DESTINATION);
	struct frame two = tagged(0x88a8, 1, 0x8100, 1, 0, 0);
	struct frame nine = tagged(0x88a8, 9, 0x8100, 1, 0, 0);
	uint16_t whole;

	RTE_SET_USED(state);
	for (plain.length = 0; plain.length < IPV4_OFFSET + 20; plain.length++)
		goes_as(&plain, "bad", PACKET_SHORT);
	for (two.length = 0; two.length < IPV4_OFFSET + 8 + 20; two.length++)
		goes_as(&two, "bad", PACKET_SHORT);
	/* A tag counts if it is complete, including the EtherType after it. */
	whole = nine.length;
	for (nine.length = 0; nine.length <= whole; nine.length++)
		goes(&nine, nine.length < IPV4_OFFSET + 4 ? "bad" : "vlan");
}

/* As after a snap length or in a small mbuf: only the 20 bytes of the header are needed. */
static void
the_addresses_of_a_cut_packet_decide(void **state)
{
	struct frame plain = frame_ipv4(SOURCE, DESTINATION);
	struct frame two = tagged(0x88a8, 1, 0x8100, 1, 0, 0);
	uint16_t cut;

	RTE_SET_USED(state);
	for (cut = 1; cut <= 8; cut++) {
		plain.length--;
		two.length--;
		goes_as(&plain, "ip", PACKET_LENGTH);
		goes_as(&two, "ip", PACKET_LENGTH);
	}
	goes_as(&plain, "ip", PACKET_LENGTH);
	plain.length--;
	goes_as(&plain, "bad", PACKET_SHORT);
}

static void
version_and_header_length_must_be_right(void **state)
{
	unsigned int version_ihl;

	RTE_SET_USED(state);
	for (version_ihl = 0; version_ihl < 256; version_ihl++) {
		struct frame f = frame_ipv4(SOURCE, DESTINATION);
		struct frame tag = tagged(0x8100, 1, 0, 0, 0, 0);
		unsigned int ihl = version_ihl & 15;
		bool sound = version_ihl >> 4 == 4 && ihl >= 5;
		/* The packet has 28 bytes: 5 to 7 words. */
		enum packet_kind kind = !sound	   ? PACKET_HEADER
					: ihl <= 7 ? PACKET_IPV4
						   : PACKET_LENGTH;

		f.bytes[IPV4_OFFSET + OFFSET_VERSION] = (uint8_t)version_ihl;
		tag.bytes[IPV4_OFFSET + 4 + OFFSET_VERSION] = (uint8_t)version_ihl;
		goes_as(&f, sound ? "ip" : "bad", kind);
		goes_as(&tag, sound ? "ip" : "bad", kind);
	}
}

/* One wrong field must not take a packet out of the budget of its tenant. */
static void
a_wrong_total_length_changes_nothing_but_the_kind(void **state)
{
	unsigned int total;

	RTE_SET_USED(state);
	for (total = 0; total <= UINT16_MAX; total += total < 100 ? 1 : 3333) {
		struct frame f = frame_ipv4(SOURCE, DESTINATION);

		f.bytes[IPV4_OFFSET + OFFSET_TOTAL] = (uint8_t)(total >> 8);
		f.bytes[IPV4_OFFSET + OFFSET_TOTAL + 1] = (uint8_t)total;
		goes_as(&f, "ip", total >= 20 && total <= 28 ? PACKET_IPV4 : PACKET_LENGTH);
	}
}

static struct frame
ipv6_tagged(unsigned int nb_tags)
{
	struct frame f = frame_ether();

	while (nb_tags-- > 0)
		frame_add_tag(&f, 0x8100, 1);
	frame_add_ipv6(&f, "2001:db8::1", "2001:db8::2");
	return f;
}

static void
ipv6_is_found_like_ipv4(void **state)
{
	unsigned int nb, version, length;

	RTE_SET_USED(state);
	for (nb = 0; nb <= 8; nb++) {
		struct frame f = ipv6_tagged(nb);

		goes_as(&f, "ip", PACKET_IPV6);
		f.length -= 8;
		goes_as(&f, "ip", PACKET_LENGTH);
		f.length--;
		goes_as(&f, "bad", PACKET_SHORT);
	}
	for (version = 0; version < 16; version++) {
		struct frame f = ipv6_tagged(0);

		f.bytes[IPV4_OFFSET] = (uint8_t)(version << 4);
		goes_as(&f, version == 6 ? "ip" : "bad",
			version == 6 ? PACKET_IPV6 : PACKET_HEADER);
	}
	for (length = 0; length <= UINT16_MAX; length += length < 20 ? 1 : 3333) {
		struct frame f = ipv6_tagged(0);

		f.bytes[IPV4_OFFSET + 4] = (uint8_t)(length >> 8);
		f.bytes[IPV4_OFFSET + 5] = (uint8_t)length;
		goes_as(&f, "ip", length <= 8 ? PACKET_IPV6 : PACKET_LENGTH);
	}
}

static void
padding_after_the_packet_is_allowed(void **state)
{
	struct frame f = frame_ipv4(SOURCE, DESTINATION);

	RTE_SET_USED(state);
	f.length = 60;
	goes(&f, "ip");
}

static void
other_protocols_are_not_ipv4(void **state)
{
	static const uint16_t types[] = {0x0806, 0x0008, 0x002e, 0x8847, 0x0000, 0xffff};
	size_t i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(types); i++) {
		struct frame f = frame_ipv4(SOURCE, DESTINATION);

		f.bytes[12] = (uint8_t)(types[i] >> 8);
		f.bytes[13] = (uint8_t)types[i];
		goes_as(&f, "other", PACKET_OTHER);
	}
}

static void
segments_may_be_split_anywhere(void **state)
{
	struct frame f = tagged(0x88a8, 1, 0x8100, 1, 0, 0),
		     plain = frame_ipv4(SOURCE, DESTINATION);
	uint16_t cuts[3];

	RTE_SET_USED(state);
	for (cuts[0] = 0; cuts[0] <= f.length; cuts[0]++) {
		assert_goes(cls, b, packet_in_segments(f.bytes, f.length, cuts, 1), 0, "ip");
		assert_goes(cls, b, packet_in_segments(plain.bytes, plain.length, cuts, 1), 0,
			    "ip");
		for (cuts[1] = 0; cuts[1] < 8; cuts[1]++) {
			cuts[2] = 1;
			assert_goes(cls, b, packet_in_segments(f.bytes, f.length, cuts, 3), 0,
				    "ip");
		}
	}
}

static void
segments_may_be_one_byte_long_or_empty(void **state)
{
	struct frame f = tagged(0x88a8, 9, 0x8100, 1, 0, 0),
		     plain = frame_ipv4(SOURCE, DESTINATION);
	uint16_t cuts[2 * FRAME_MAX], i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(cuts); i++)
		cuts[i] = i % 2;
	assert_goes(cls, b, packet_in_segments(f.bytes, f.length, cuts, RTE_DIM(cuts)), 0, "vlan");
	assert_goes(cls, b, packet_in_segments(plain.bytes, plain.length, cuts, RTE_DIM(cuts)), 0,
		    "ip");
}

static void
segments_that_are_too_short_are_malformed(void **state)
{
	struct frame f = frame_ipv4(SOURCE, DESTINATION), six = ipv6_tagged(1);
	uint16_t cut, length;

	RTE_SET_USED(state);
	for (length = 0; length < IPV4_OFFSET + 20; length++)
		for (cut = 0; cut <= length; cut++)
			assert_goes_as(cls, b, packet_in_segments(f.bytes, length, &cut, 1), 0,
				       "bad", PACKET_SHORT);
	for (cut = 0; cut <= six.length; cut++)
		assert_goes_as(cls, b, packet_in_segments(six.bytes, six.length, &cut, 1), 0, "ip",
			       PACKET_IPV6);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_is_found_after_tags_of_all_types_and_depths),
		cmocka_unit_test(more_than_eight_tags_are_malformed),
		cmocka_unit_test(the_outermost_tag_decides),
		cmocka_unit_test(stripped_tags_count_like_tags_in_the_packet),
		cmocka_unit_test(a_runt_keeps_its_stripped_tag),
		cmocka_unit_test(a_frame_that_ends_in_its_headers_is_malformed),
		cmocka_unit_test(the_addresses_of_a_cut_packet_decide),
		cmocka_unit_test(version_and_header_length_must_be_right),
		cmocka_unit_test(a_wrong_total_length_changes_nothing_but_the_kind),
		cmocka_unit_test(ipv6_is_found_like_ipv4),
		cmocka_unit_test(padding_after_the_packet_is_allowed),
		cmocka_unit_test(other_protocols_are_not_ipv4),
		cmocka_unit_test(segments_may_be_split_anywhere),
		cmocka_unit_test(segments_may_be_one_byte_long_or_empty),
		cmocka_unit_test(segments_that_are_too_short_are_malformed),
	};
	int failed;

	RTE_SET_USED(argc);
	packets_start(argv[0], "ration-classify-headers", "200");
	failed = cmocka_run_group_tests_name("classifier headers", tests, make_rules, free_rules);
	rte_eal_cleanup();
	return failed;
}
