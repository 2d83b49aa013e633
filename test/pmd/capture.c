/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Writes the capture that the tests and the demo replay, and counts the packets of captures.
 *
 *   capture make FILE N [MORE]
 *                        Write N UDP packets of three tenants: gold (10.10.1.0/24), silver
 *                        (10.10.2.0/24) and greedy (10.10.3.0/24), which sends eight of ten.
 *                        Their length is 60 bytes, or 60 to 60 + MORE bytes.
 *   capture odd FILE     Write 400 frames, of every 20: 5 of IP version 5, 5 that end in the IP
 *                        header, 5 with 9 VLAN tags; of gold one with total length 0, one that
 *                        is cut after 40 bytes, and one with tags of type 0x9100 (id 0) and
 *                        0x88a8; one ARP request; one IPv6 packet from 2001:db8::1.
 *   capture count FILE   Print a line "10.10.1.0/24 PACKETS BYTES" for each tenant, and a line
 *                        "other".
 *   capture macs FILE    Print a line "DESTINATION SOURCE" for each packet.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#define TENANTS 3
#define PAYLOAD 18
#define SNAPLEN 65535
#define MORE_MAX 1400

/* The smallest Ethernet frame, so that many fit into a small file. */
#define IP_AT sizeof(struct rte_ether_hdr)
#define UDP_AT (IP_AT + sizeof(struct rte_ipv4_hdr))
#define PAYLOAD_AT (UDP_AT + sizeof(struct rte_udp_hdr))
#define FRAME (PAYLOAD_AT + PAYLOAD)

/* Of ten packets, the fourth is from gold, the eighth from silver and the others from greedy. */
static unsigned int
tenant_of(unsigned int i)
{
	return i % 10 == 3 ? 1 : i % 10 == 7 ? 2 : 3;
}

static void
fill(uint8_t *frame, unsigned int i, unsigned int more)
{
	uint8_t tenant = tenant_of(i);
	struct rte_ether_hdr eth = {
		.dst_addr = {{0x02, 0, 0, 0, 0, 0xfe}},
		.src_addr = {{0x02, 0, 0, 0, 1, tenant}},
		.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4),
	};
	struct rte_ipv4_hdr ip = {
		.version_ihl = 0x45,
		.total_length = rte_cpu_to_be_16((uint16_t)(FRAME - IP_AT + more)),
		.packet_id = rte_cpu_to_be_16((uint16_t)i),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 10, tenant, 1 + i % 250)),
		.dst_addr = RTE_BE32(RTE_IPV4(10, 20, 0, 1)),
	};
	struct rte_udp_hdr udp = {
		.src_port = rte_cpu_to_be_16((uint16_t)(1024 + i)),
		.dst_port = RTE_BE16(9),
		/* No UDP checksum: it is optional with IPv4. */
		.dgram_len = rte_cpu_to_be_16((uint16_t)(sizeof(udp) + PAYLOAD + more)),
	};

	ip.hdr_checksum = rte_ipv4_cksum(&ip);
	memset(frame, 0, FRAME + more);
	memcpy(frame, &eth, sizeof(eth));
	memcpy(frame + IP_AT, &ip, sizeof(ip));
	memcpy(frame + UDP_AT, &udp, sizeof(udp));
}

/* Move what follows the Ethernet addresses back, and put a tag there. Returns the new length. */
static unsigned int
add_tag(uint8_t *frame, unsigned int length, uint16_t type, uint16_t tci)
{
	const uint8_t tag[] = {type >> 8, type & 0xff, tci >> 8, tci & 0xff};
	size_t at = 2 * RTE_ETHER_ADDR_LEN;

	memmove(frame + at + sizeof(tag), frame + at, length - at);
	memcpy(frame + at, tag, sizeof(tag));
	return length + sizeof(tag);
}

/* Change a frame of gold. Returns the new length. */
static unsigned int
make_odd(uint8_t *frame, unsigned int i)
{
	static const uint8_t six[] = {0x60, 0, 0, 0, 0, 6, 59, 64, 0x20, 0x01, 0x0d, 0xb8};
	unsigned int n, length = FRAME;

	switch (i % 20) {
	case 0 ... 4:
		frame[IP_AT] = 0x55;
		return FRAME;
	case 5 ... 9:
		return IP_AT + sizeof(struct rte_ipv4_hdr) - 1;
	case 10 ... 14:
		for (n = 0; n < 9; n++)
			length = add_tag(frame, length, RTE_ETHER_TYPE_VLAN, 7);
		return length;
	case 15:
		memset(frame + IP_AT + 2, 0, 2);
		return FRAME;
	case 16:
		return 40;
	case 17:
		length = add_tag(frame, length, RTE_ETHER_TYPE_QINQ, 7);
		return add_tag(frame, length, RTE_ETHER_TYPE_QINQ1, 0xe000);
	case 18:
		frame[IP_AT - 1] = RTE_ETHER_TYPE_ARP & 0xff;
		return FRAME;
	default:
		frame[IP_AT - 2] = RTE_ETHER_TYPE_IPV6 >> 8;
		frame[IP_AT - 1] = RTE_ETHER_TYPE_IPV6 & 0xff;
		memset(frame + IP_AT, 0, FRAME - IP_AT);
		memcpy(frame + IP_AT, six, sizeof(six));
		frame[IP_AT + 23] = 1;
		return FRAME;
	}
}

static int
make(const char *file, unsigned int nb, unsigned int most, bool odd)
{
	struct pcap_pkthdr header = {0};
	pcap_t *format = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	pcap_dumper_t *out = format != NULL ? pcap_dump_open(format, file) : NULL;
	uint8_t frame[FRAME + MORE_MAX];
	unsigned int i, more;
	int rc;

	if (out == NULL) {
		fprintf(stderr, "capture: %s: %s\n", file,
			format != NULL ? pcap_geterr(format) : "no memory");
		return EXIT_FAILURE;
	}
	for (i = 0; i < nb; i++) {
		/* 37 is prime, therefore usually all lengths occur. */
		more = i * 37 % (most + 1);
		fill(frame, odd ? 3 : i, more);
		header.ts.tv_usec = i;
		header.caplen = header.len = odd ? make_odd(frame, i) : FRAME + more;
		pcap_dump((u_char *)out, &header, frame);
	}
	rc = pcap_dump_flush(out);
	pcap_dump_close(out);
	pcap_close(format);
	if (rc != 0)
		fprintf(stderr, "capture: %s: cannot write the file\n", file);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Returns the index of the tenant that sent a packet, or 0. */
static unsigned int
sender_of(const u_char *packet, bpf_u_int32 length)
{
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	uint32_t source;

	if (length < UDP_AT)
		return 0;
	memcpy(&eth, packet, sizeof(eth));
	memcpy(&ip, packet + IP_AT, sizeof(ip));
	source = rte_be_to_cpu_32(ip.src_addr);
	if (eth.ether_type != RTE_BE16(RTE_ETHER_TYPE_IPV4) || source >> 16 != (10 << 8 | 10) ||
	    (source >> 8 & 0xff) > TENANTS)
		return 0;
	return source >> 8 & 0xff;
}

struct sums {
	uint64_t packets[TENANTS + 1];
	uint64_t bytes[TENANTS + 1];
};

static void
add(u_char *user, const struct pcap_pkthdr *header, const u_char *packet)
{
	struct sums *sums = (struct sums *)user;
	unsigned int i = sender_of(packet, header->caplen);

	sums->packets[i]++;
	sums->bytes[i] += header->caplen;
}

static void
print_macs(u_char *user, const struct pcap_pkthdr *header, const u_char *packet)
{
	bpf_u_int32 i;

	(void)user;
	for (i = 0; i < 2 * RTE_ETHER_ADDR_LEN && i < header->caplen; i++)
		printf("%s%02x", i == 0 ? "" : i == RTE_ETHER_ADDR_LEN ? " " : ":", packet[i]);
	printf("\n");
}

static int
read_all(const char *file, pcap_handler handler, struct sums *sums)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *in = pcap_open_offline(file, error);
	int rc;

	if (in == NULL) {
		fprintf(stderr, "capture: %s\n", error);
		return EXIT_FAILURE;
	}
	rc = pcap_loop(in, -1, handler, (u_char *)sums);
	if (rc != 0)
		fprintf(stderr, "capture: %s: %s\n", file, pcap_geterr(in));
	pcap_close(in);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
count(const char *file)
{
	struct sums sums = {0};
	unsigned int i;
	int status;

	status = read_all(file, add, &sums);
	for (i = 1; i <= TENANTS; i++)
		printf("10.10.%u.0/24 %" PRIu64 " %" PRIu64 "\n", i, sums.packets[i],
		       sums.bytes[i]);
	printf("other %" PRIu64 " %" PRIu64 "\n", sums.packets[0], sums.bytes[0]);
	return status;
}

static unsigned int
number(const char *text)
{
	return (unsigned int)strtoul(text, NULL, 10);
}

int
main(int argc, char **argv)
{
	if ((argc == 4 || argc == 5) && strcmp(argv[1], "make") == 0)
		return make(argv[2], number(argv[3]),
			    argc == 5 ? RTE_MIN(number(argv[4]), MORE_MAX) : 0, false);
	if (argc == 3 && strcmp(argv[1], "odd") == 0)
		return make(argv[2], 400, 0, true);
	if (argc == 3 && strcmp(argv[1], "count") == 0)
		return count(argv[2]);
	if (argc == 3 && strcmp(argv[1], "macs") == 0)
		return read_all(argv[2], print_macs, NULL);
	fprintf(stderr, "usage: capture make FILE N [MORE], or capture odd|count|macs FILE\n");
	return EXIT_FAILURE;
}
