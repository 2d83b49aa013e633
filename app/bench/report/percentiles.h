/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PERCENTILES_H_
#define BENCH_PERCENTILES_H_

/**
 * @file
 * The tail of a histogram, as parameters of a row.
 */

#include <jansson.h>

#include "report/histogram.h"

/**
 * A percentile needs this many values above it. With fewer it would be nearly the largest value.
 */
#define PERCENTILES_BEYOND 10

/**
 * Add the smallest value, p50, p99, p99.9, p99.99, p99.999, the largest value and the number of
 * values. A percentile above the median is left out if too few values are above it.
 */
void percentiles_add(json_t *params, const struct histogram *h, double per_unit);

#endif /* BENCH_PERCENTILES_H_ */
