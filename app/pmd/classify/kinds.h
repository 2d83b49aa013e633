/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLASSIFY_KINDS_H_
#define CLASSIFY_KINDS_H_

/** @file The kinds of frames that classification tells apart. */

/** Most VLAN tags of a frame. */
#define CLASSIFY_TAGS_MAX 8

/** What a frame was found to be. */
enum packet_kind {
	PACKET_IPV4,
	PACKET_IPV6,
	PACKET_OTHER, /**< Another EtherType, or an IEEE 802.3 length. */
	PACKET_LENGTH, /**< IPv4 or IPv6 whose length field does not fit the frame. */
	PACKET_SHORT, /**< Malformed: it ends before the end of its headers. */
	PACKET_TAGS, /**< Malformed: more than CLASSIFY_TAGS_MAX VLAN tags. */
	PACKET_HEADER, /**< Malformed: version or header length of IP is wrong. */
	PACKET_KINDS,
};

/** The first kind of malformed frames: all after it are malformed, too. */
#define PACKET_MALFORMED PACKET_SHORT

/** Names of the kinds for reports. */
extern const char *const packet_kind_names[PACKET_KINDS];

#endif /* CLASSIFY_KINDS_H_ */
