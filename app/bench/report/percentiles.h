/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PERCENTILES_H_
#define BENCH_PERCENTILES_H_

/**
 * @file
 * The tail of a histogram beside a row.
 */

#include <jansson.h>

#include "report/histogram.h"

/** So many values must lie beyond a percentile, or it would be another word for the largest one. */
#define PERCENTILES_BEYOND 10

/**
 * Add the smallest, p50, p99, p99.9, p99.99, p99.999, the largest and the number of values. A
 * percentile above the median that has too few values beyond it is left out.
 */
void percentiles_add(json_t *params, const struct histogram *h, double per_unit);

#endif /* BENCH_PERCENTILES_H_ */
