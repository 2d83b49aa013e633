/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_HISTOGRAM_H_
#define BENCH_HISTOGRAM_H_

/**
 * @file
 * A histogram of millions of values in little memory, with an error of at most 1 %. The width of
 * the buckets doubles; each doubling has the same number of buckets. After HdrHistogram by Gil Tene
 * (two significant digits).
 */

#include <stdint.h>

/** Values below this are exact. Each doubling above it has half as many buckets. */
#define HISTOGRAM_EXACT 256u
#define HISTOGRAM_HALF (HISTOGRAM_EXACT / 2)
/** Number of doublings. A larger value counts as the largest one. In ticks, this covers days. */
#define HISTOGRAM_DOUBLINGS 40u
#define HISTOGRAM_BUCKETS (HISTOGRAM_EXACT + HISTOGRAM_DOUBLINGS * HISTOGRAM_HALF)

struct histogram {
	uint64_t total; /**< Number of recorded values. */
	uint64_t min; /**< The smallest value, exactly; 0 if there is none. */
	uint64_t max; /**< The largest value, exactly. */
	uint64_t counts[HISTOGRAM_BUCKETS];
};

/** Bucket of a value. */
static inline uint32_t
histogram_bucket(uint64_t value)
{
	/* Number of bits to shift until the value is below HISTOGRAM_EXACT. */
	uint32_t shift = (uint32_t)(63 - __builtin_clzll(value | (HISTOGRAM_EXACT - 1))) + 1 - 8;

	if (shift > HISTOGRAM_DOUBLINGS)
		return HISTOGRAM_BUCKETS - 1;
	return shift * HISTOGRAM_HALF + (uint32_t)(value >> shift);
}

/** Record a value. Costs a few instructions and one or two cache lines. */
static inline void
histogram_record(struct histogram *h, uint64_t value)
{
	h->counts[histogram_bucket(value)]++;
	if (value < h->min || h->total == 0)
		h->min = value;
	h->total++;
	if (value > h->max)
		h->max = value;
}

/** Remove all values. */
void histogram_clear(struct histogram *h);

/** Add the values of another histogram. */
void histogram_add(struct histogram *h, const struct histogram *other);

/** Largest value of a bucket. */
uint64_t histogram_bucket_top(uint32_t bucket);

/** The value that `percent` % of the values do not exceed; 0 if there are no values. */
uint64_t histogram_percentile(const struct histogram *h, double percent);

/** Number of values in buckets above that of `value`, and their sum. */
uint64_t histogram_above(const struct histogram *h, uint64_t value, double *sum);

/** Mean and standard deviation. */
double histogram_mean(const struct histogram *h, double *deviation);

#endif /* BENCH_HISTOGRAM_H_ */
