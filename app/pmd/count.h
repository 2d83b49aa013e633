/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef COUNT_H_
#define COUNT_H_

/**
 * @file
 * Counters that one lcore writes and others read.
 */

#include <stdint.h>

#include <ration_compat.h>

/** A figure in packets and in bytes. */
struct tally {
	RATION_ATOMIC(uint64_t) packets;
	RATION_ATOMIC(uint64_t) bytes;
};

/** The same, read at some moment. */
struct amount {
	uint64_t packets;
	uint64_t bytes;
};

/**
 * Add to a counter of which the caller is the only writer: no locked instruction is needed. The
 * store is a release (free on x86) so that a reader that has seen a packet leave, see
 * tally_read(), has also seen it come.
 */
static inline void
count(RATION_ATOMIC(uint64_t) *counter, uint64_t n)
{
	ration_store(counter, ration_load(counter, relaxed) + n, release);
}

/** Add one lcore's figure. The acquire pairs with the release in count(). */
static inline void
tally_read(struct tally *t, struct amount *sum)
{
	sum->packets += ration_load(&t->packets, acquire);
	sum->bytes += ration_load(&t->bytes, acquire);
}

#endif /* COUNT_H_ */
