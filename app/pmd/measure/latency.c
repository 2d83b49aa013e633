/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>

#include "measure/latency.h"

void
latency_add(struct latency *l, struct latency_sum *sum)
{
	uint64_t n, max;
	uint32_t i;

	for (i = 0; i < LATENCY_BUCKETS; i++) {
		/* Pairs with the release in count_add(): `max` below covers these counts. */
		n = ration_load(&l->counts[i], acquire);
		sum->counts[i] += n;
		sum->total += n;
	}
	max = ration_load(&l->max, relaxed);
	sum->max = RTE_MAX(sum->max, max);
}

/* Returns the largest time of a bucket. */
static uint64_t
bucket_max(uint32_t bucket)
{
	uint32_t shift;

	if (bucket < 1 << LATENCY_SUB_BITS)
		return bucket;
	shift = (bucket >> LATENCY_SUB_BITS) - 1;
	return ((uint64_t)(bucket - (shift << LATENCY_SUB_BITS) + 1) << shift) - 1;
}

uint64_t
latency_quantile(const struct latency_sum *sum, double share)
{
	uint64_t rank = (uint64_t)ceil(share * (double)sum->total);
	uint64_t seen = 0;
	uint32_t i;

	for (i = 0; i < LATENCY_BUCKETS; i++) {
		seen += sum->counts[i];
		if (seen >= rank && seen > 0)
			return RTE_MIN(bucket_max(i), sum->max);
	}
	return sum->max;
}
