/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <math.h>

#include "report/hgrm.h"

/* Number of percentiles written per halving of the distance to 100. */
#define TICKS_PER_HALF 5

/*
 * Next percentile to be written. The step is halved each time half of the remaining distance is
 * done.
 */
static double
next_percentile(double percentile)
{
	double halvings = floor(log2(100 / (100 - percentile))) + 1;

	return percentile + 100 / (TICKS_PER_HALF * exp2(halvings));
}

static double
written_value(const struct histogram *h, uint32_t bucket, double per_unit)
{
	uint64_t top = histogram_bucket_top(bucket);

	return (double)(top < h->max ? top : h->max) / per_unit;
}

static void
write_lines(const struct histogram *h, double per_unit, FILE *f)
{
	double percentile = 0;
	uint64_t seen = 0;
	uint32_t i;

	for (i = 0; i < HISTOGRAM_BUCKETS && seen < h->total; i++) {
		if (h->counts[i] == 0)
			continue;
		seen += h->counts[i];
		while (percentile <= 100.0 * (double)seen / (double)h->total) {
			fprintf(f, "%12.3f %2.12f %10" PRIu64 " %14.2f\n",
				written_value(h, i, per_unit), percentile / 100, seen,
				1 / (1 - percentile / 100));
			percentile = next_percentile(percentile);
			/* Write one line for the last bucket, then the largest value itself. */
			if (seen == h->total)
				break;
		}
	}
	fprintf(f, "%12.3f %2.12f %10" PRIu64 "\n", (double)h->max / per_unit, 1.0, h->total);
}

void
hgrm_write(const struct histogram *h, double per_unit, FILE *f)
{
	double deviation, mean = histogram_mean(h, &deviation);

	fprintf(f, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
		"1/(1-Percentile)");
	write_lines(h, per_unit, f);
	fprintf(f, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean / per_unit,
		deviation / per_unit);
	fprintf(f, "#[Max     = %12.3f, Total count    = %12" PRIu64 "]\n",
		(double)h->max / per_unit, h->total);
	fprintf(f, "#[Buckets = %12u, SubBuckets     = %12u]\n", HISTOGRAM_DOUBLINGS + 1,
		HISTOGRAM_EXACT);
}
