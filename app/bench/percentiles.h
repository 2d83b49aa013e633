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

#include "histogram.h"

/** Add p50, p99, p99.9, p99.99, p99.999, the largest and the number of values. */
void percentiles_add(json_t *params, const struct histogram *h, double per_unit);

#endif /* BENCH_PERCENTILES_H_ */
