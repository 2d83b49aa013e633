/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef SIMPLE_H_
#define SIMPLE_H_

/**
 * @file
 * A second, simple implementation of the rules in classify/burst.h, to compare with.
 */

#include <stdint.h>

#include "classify/burst.h"

/** A packet as it came in. */
struct simple_packet {
	const uint8_t *bytes;
	uint32_t length;
	uint64_t flags; /**< ol_flags of its mbuf. */
	uint16_t tci;
	uint16_t tci_outer;
	uint16_t port;
};

/** Return the node of a packet, and set `kind`. */
uint32_t simple_classify(const struct budget *b, const struct simple_packet *p,
			 enum packet_kind *kind);

#endif /* SIMPLE_H_ */
