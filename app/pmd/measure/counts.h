/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MEASURE_COUNTS_H_
#define MEASURE_COUNTS_H_

/**
 * @file
 * Statistics counters with one writer: an lcore adds to them, any thread reads them.
 */

#include <stdint.h>

#include <ration_compat.h>

/** Counters of packets and bytes. One lcore writes them. */
struct counts {
	RATION_ATOMIC(uint64_t) packets;
	RATION_ATOMIC(uint64_t) bytes;
};

/** Sums that were read from `struct counts` of one or more lcores. */
struct totals {
	uint64_t packets;
	uint64_t bytes;
};

/**
 * Add to a counter. The caller must be its only writer, therefore no locked instruction is needed.
 *
 * The store is a release, which is free on x86. It pairs with the acquire in counts_read(): a
 * reader that sees a packet counted as sent also sees it counted as received.
 *
 * @param n
 *   Number to add, in the unit of the counter.
 */
static inline void
count_add(RATION_ATOMIC(uint64_t) *counter, uint64_t n)
{
	ration_store(counter, ration_load(counter, relaxed) + n, release);
}

/** Add the counters of one lcore to `sum`. Any thread. The acquire pairs with count_add(). */
static inline void
counts_read(struct counts *counts, struct totals *sum)
{
	sum->packets += ration_load(&counts->packets, acquire);
	sum->bytes += ration_load(&counts->bytes, acquire);
}

#endif /* MEASURE_COUNTS_H_ */
