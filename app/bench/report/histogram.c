/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>
#include <string.h>

#include "report/histogram.h"

void
histogram_clear(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
}

void
histogram_add(struct histogram *h, const struct histogram *other)
{
	uint32_t i;

	if (other->total > 0 && (h->total == 0 || other->min < h->min))
		h->min = other->min;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		h->counts[i] += other->counts[i];
	h->total += other->total;
	if (other->max > h->max)
		h->max = other->max;
}

static uint32_t
bucket_shift(uint32_t bucket)
{
	return bucket < HISTOGRAM_EXACT ? 0 : bucket / HISTOGRAM_HALF - 1;
}

uint64_t
histogram_bucket_top(uint32_t bucket)
{
	uint32_t shift = bucket_shift(bucket);
	uint64_t part = bucket - shift * HISTOGRAM_HALF;

	return ((part + 1) << shift) - 1;
}

/* Value that represents a bucket. No value was larger than the maximum. */
static double
bucket_middle(const struct histogram *h, uint32_t bucket)
{
	uint64_t top = histogram_bucket_top(bucket);
	uint64_t bottom = top + 1 - (UINT64_C(1) << bucket_shift(bucket));

	return ((double)bottom + (double)(top < h->max ? top : h->max)) / 2;
}

uint64_t
histogram_percentile(const struct histogram *h, double percent)
{
	uint64_t wanted = (uint64_t)(percent / 100 * (double)h->total + 0.5), seen = 0, top;
	uint32_t i;

	if (wanted == 0)
		wanted = 1;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->counts[i];
		if (seen < wanted)
			continue;
		top = histogram_bucket_top(i);
		return top < h->max ? top : h->max;
	}
	return h->max;
}

uint64_t
histogram_above(const struct histogram *h, uint64_t value, double *sum)
{
	uint64_t nb = 0;
	uint32_t i;

	*sum = 0;
	for (i = histogram_bucket(value) + 1; i < HISTOGRAM_BUCKETS; i++) {
		nb += h->counts[i];
		*sum += (double)h->counts[i] * bucket_middle(h, i);
	}
	return nb;
}

double
histogram_mean(const struct histogram *h, double *deviation)
{
	double sum = 0, squares = 0, mean, distance;
	uint32_t i;

	*deviation = 0;
	if (h->total == 0)
		return 0;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (h->counts[i] > 0)
			sum += (double)h->counts[i] * bucket_middle(h, i);
	}
	mean = sum / (double)h->total;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (h->counts[i] == 0)
			continue;
		distance = bucket_middle(h, i) - mean;
		squares += (double)h->counts[i] * distance * distance;
	}
	*deviation = sqrt(squares / (double)h->total);
	return mean;
}
