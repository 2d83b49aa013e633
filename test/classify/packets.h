/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PACKETS_H_
#define PACKETS_H_

/**
 * @file
 * Packets for tests of the classifier. Each segment of an mbuf is in a buffer from malloc() of the
 * exact size, so that AddressSanitizer detects each read beyond the data of a packet.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "classify/burst.h"

/** Largest frame in bytes. */
#define FRAME_MAX 128

/** Offset of the IPv4 header in an untagged frame. */
#define IPV4_OFFSET 14

/** A packet under construction. */
struct frame {
	uint8_t bytes[FRAME_MAX];
	uint16_t length;
};

/**
 * Start EAL with a file prefix, and create an mbuf pool. Exits on failure.
 *
 * @param memory
 *   MiB, as a number. Each table of prefixes takes 64.
 */
void packets_start(char *program, const char *prefix, const char *memory);

/** Return a frame that contains the Ethernet addresses only. */
struct frame frame_ether(void);

/** Append 16 bits in network byte order, such as an EtherType. */
void frame_add_16(struct frame *f, uint16_t value);

/** Append a VLAN tag. */
void frame_add_tag(struct frame *f, uint16_t tpid, uint16_t tci);

/** Append EtherType, an IPv4 header with the given addresses ("a.b.c.d") and 8 bytes of payload. */
void frame_add_ipv4(struct frame *f, const char *source, const char *destination);

/** The same with an IPv6 header. */
void frame_add_ipv6(struct frame *f, const char *source, const char *destination);

/** Return an untagged IPv4 frame. */
struct frame frame_ipv4(const char *source, const char *destination);

/** Return an mbuf whose segments have the given lengths; one more segment contains the rest. */
struct rte_mbuf *packet_in_segments(const uint8_t *bytes, uint16_t length, const uint16_t *lengths,
				    uint16_t nb_lengths);

/** Return an mbuf that contains the frame in one segment. */
struct rte_mbuf *packet_of(const struct frame *f);

/** Create the classifier of a budget in YAML. Fails the test on error. */
struct classifier *classifier_of(const char *yaml, struct budget **b);

/** Classify and free one packet. Fails the test unless its node has the given path. */
void assert_goes(const struct classifier *cls, const struct budget *b, struct rte_mbuf *m,
		 uint16_t port, const char *path);

/** The same, and the packet must be counted as this kind. */
void assert_goes_as(const struct classifier *cls, const struct budget *b, struct rte_mbuf *m,
		    uint16_t port, const char *path, enum packet_kind kind);

#endif /* PACKETS_H_ */
