/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MEASURE_LATENCY_H_
#define MEASURE_LATENCY_H_

/**
 * @file
 * A log-linear histogram of times, after Gil Tene's HdrHistogram. It has 32 buckets for each power
 * of two, therefore values are exact to 3.2 %. Its size is fixed: recording does not allocate.
 */

#include <stdint.h>

#include <rte_bitops.h>
#include <rte_common.h>

#include "measure/counts.h"

/** Binary logarithm of the number of buckets for each power of two. */
#define LATENCY_SUB_BITS 5
/** Binary logarithm of the first time beyond the histogram, more than an hour in ticks. */
#define LATENCY_MAX_BITS 44
/** Number of buckets. */
#define LATENCY_BUCKETS ((LATENCY_MAX_BITS - LATENCY_SUB_BITS + 1) << LATENCY_SUB_BITS)

/** Times of one tenant on one lcore, in TSC ticks. Empty if all members are 0. */
struct latency {
	RATION_ATOMIC(uint64_t) max;
	RATION_ATOMIC(uint64_t) counts[LATENCY_BUCKETS];
};

/** Times of one tenant on all lcores, in TSC ticks. Empty if all members are 0. */
struct latency_sum {
	uint64_t max;
	uint64_t total; /**< Number of times. */
	uint64_t counts[LATENCY_BUCKETS];
};

/** Return the bucket of a time. Times below 64 ticks have a bucket of their own. */
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

/** Record a time. Only the lcore that owns the histogram. */
static inline void
latency_record(struct latency *l, uint64_t ticks)
{
	/* Before count_add(), which is a release: a reader that sees the count sees this max. */
	if (ticks > ration_load(&l->max, relaxed))
		ration_store(&l->max, ticks, relaxed);
	count_add(&l->counts[latency_bucket(ticks)], 1);
}

/** Add the times of one lcore to a sum. Any thread. */
void latency_add(struct latency *l, struct latency_sum *sum);

/**
 * Return a quantile in TSC ticks: the largest time of its bucket, but at most `max`. 0 if the
 * histogram is empty.
 *
 * @param share
 *   Share of the times that are not above the result, for example 0.99.
 */
uint64_t latency_quantile(const struct latency_sum *sum, double share);

#endif /* MEASURE_LATENCY_H_ */
