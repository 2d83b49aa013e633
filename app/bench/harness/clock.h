/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_CLOCK_H_
#define BENCH_CLOCK_H_

/**
 * @file
 * The time stamp counter as a clock. rte_get_tsc_hz() is rounded (0.15 % off on some machines),
 * so the counter is measured against CLOCK_MONOTONIC here.
 */

#include <stdint.h>

/** TSC ticks per nanosecond, measured for so many milliseconds. */
double clock_calibrate(uint32_t ms);

/** Ticks between two readings of the TSC in a row, at the median: nothing shorter can be timed. */
double clock_resolution(void);

#endif /* BENCH_CLOCK_H_ */
