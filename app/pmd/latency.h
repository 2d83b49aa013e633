/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef LATENCY_H_
#define LATENCY_H_

/**
 * @file
 * A log-linear histogram of times, after Gil Tene's HdrHistogram: 32 buckets for each power of two,
 * so that every value is known to 3.2 %. Of fixed size; recording allocates nothing.
 */

#include <stdint.h>

#include <rte_bitops.h>
#include <rte_common.h>

#include "count.h"

/** 2 to this power buckets for each power of two. */
#define LATENCY_SUB_BITS 5
/** Times of 2 to this power ticks and more are all alike: more than an hour. */
#define LATENCY_MAX_BITS 44
#define LATENCY_BUCKETS ((LATENCY_MAX_BITS - LATENCY_SUB_BITS + 1) << LATENCY_SUB_BITS)

/** Times of one tenant on one lcore, in TSC ticks. All zero is empty. */
struct latency {
	RATION_ATOMIC(uint64_t) max;
	RATION_ATOMIC(uint64_t) counts[LATENCY_BUCKETS];
};

/** Times of one tenant, all lcores together. All zero is empty. */
struct latency_sum {
	uint64_t max;
	uint64_t total;
	uint64_t counts[LATENCY_BUCKETS];
};

/** Bucket of a time. Times below 64 have one each. */
static inline uint32_t
latency_bucket(uint64_t ticks)
{
	uint32_t shift;

	if (ticks >= UINT64_C(1) << LATENCY_MAX_BITS)
		return LATENCY_BUCKETS - 1;
	if (ticks < UINT64_C(1) << LATENCY_SUB_BITS)
		return (uint32_t)ticks;
	shift = (uint32_t)rte_fls_u64(ticks) - LATENCY_SUB_BITS - 1;
	return (shift << LATENCY_SUB_BITS) + (uint32_t)(ticks >> shift);
}

/** Count a time. Owner only. */
static inline void
latency_record(struct latency *l, uint64_t ticks)
{
	/* First, so that who sees the packet counted sees its time: count() is a release. */
	if (ticks > ration_load(&l->max, relaxed))
		ration_store(&l->max, ticks, relaxed);
	count(&l->counts[latency_bucket(ticks)], 1);
}

/** Add one lcore's times to a sum. Any thread. */
void latency_add(struct latency *l, struct latency_sum *sum);

/**
 * The time within which a share of the packets, such as 0.99, were through, in ticks: the upper end
 * of the bucket, but not above the largest time. 0 without packets.
 */
uint64_t latency_quantile(const struct latency_sum *sum, double share);

#endif /* LATENCY_H_ */
