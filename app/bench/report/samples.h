/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SAMPLES_H_
#define BENCH_SAMPLES_H_

/**
 * @file
 * A set of measured values and what is published of it.
 */

#include <stdbool.h>
#include <stdint.h>

/** So many samples must lie beyond a percentile, or it is the chance of a few. */
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

/** Add a value. Ends the program if there is no memory. */
void samples_add(struct samples *s, double value);

/** Sort the values and summarise them; all zero if there are none. */
struct summary samples_summary(struct samples *s);

/** Median of the values from one to before another, as they came. NAN if there are none. */
double samples_median_of(const struct samples *s, uint32_t from, uint32_t to);

/** So many percent of the values are not above this one. After samples_summary(); 0: no values. */
double samples_percentile(const struct samples *s, double percent);

/** Are there enough samples beyond a percentile to tell it? */
bool samples_tell_percentile(const struct samples *s, double percent);

/** Forget the values, keep the memory. */
void samples_clear(struct samples *s);

void samples_free(struct samples *s);

#endif /* BENCH_SAMPLES_H_ */
