/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SAMPLES_H_
#define BENCH_SAMPLES_H_

/**
 * @file
 * A set of samples and its summary.
 */

#include <stdbool.h>
#include <stdint.h>

/** A percentile needs this many samples above it, or it depends on a few random ones. */
#define SAMPLES_BEYOND 10u

struct samples {
	double *values;
	uint32_t nb;
	uint32_t size;
};

struct summary {
	double min;
	double median;
	double max;
	uint32_t samples;
};

/** Add a value. Exits the program if there is no memory. */
void samples_add(struct samples *s, double value);

/** Sort the values and summarize them; all fields are 0 if there are none. */
struct summary samples_summary(struct samples *s);

/** Median of values[from] to values[to - 1], in recorded order. NAN if there are none. */
double samples_median_of(const struct samples *s, uint32_t from, uint32_t to);

/**
 * The value that `percent` % of the values do not exceed. Call samples_summary() before. 0: no
 * values.
 */
double samples_percentile(const struct samples *s, double percent);

/** Are there enough samples above a percentile to report it? */
bool samples_support_percentile(const struct samples *s, double percent);

/** Remove the values, keep the memory. */
void samples_clear(struct samples *s);

void samples_free(struct samples *s);

#endif /* BENCH_SAMPLES_H_ */
