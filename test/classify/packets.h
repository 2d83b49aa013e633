/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PACKETS_H_
#define PACKETS_H_

/**
 * @file
 * Packets for tests of the classifier. Each segment of an mbuf lies in a malloc()ed buffer of
 * exactly its size, so that AddressSanitizer sees every byte that is read beyond a packet's data.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "classify/burst.h"

#define FRAME_MAX 128

/** Offset of the IPv4 header in an untagged frame. */
#define IPV4_OFFSET 14

/** Bytes of a packet, written from the front. */
struct frame {
	uint8_t bytes[FRAME_MAX];
	uint16_t length;
};

/** Start EAL under that file prefix, with a pool of mbufs; exits if that fails. */
void packets_start(char *program, const char *prefix);

/** Addresses of a frame. */
struct frame frame_ether(void);

/** Append 16 bits in network byte order, such as an EtherType. */
void frame_add_16(struct frame *f, uint16_t value);

/** Append a tag: TPID and TCI. */
void frame_add_tag(struct frame *f, uint16_t tpid, uint16_t tci);

/** Append EtherType, IPv4 header with these addresses ("a.b.c.d") and 8 bytes of payload. */
void frame_add_ipv4(struct frame *f, const char *source, const char *destination);

/** Untagged IPv4. */
struct frame frame_ipv4(const char *source, const char *destination);

/** An mbuf with these bytes in segments of `lengths`, the last of which takes the rest. */
struct rte_mbuf *packet_in_segments(const uint8_t *bytes, uint16_t length, const uint16_t *lengths,
				    uint16_t nb_lengths);

/** An mbuf with the frame in one segment. */
struct rte_mbuf *packet_of(const struct frame *f);

/** The classifier of a budget in YAML; fails the test if there is none. */
struct classifier *classifier_of(const char *yaml, struct budget **b);

/** Classify one packet, free it, and fail the test unless it goes to the node of that path. */
void assert_goes(const struct classifier *cls, const struct budget *b, struct rte_mbuf *m,
		 uint16_t port, const char *path);

#endif /* PACKETS_H_ */
