/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_CLOCK_H_
#define BENCH_CLOCK_H_

/**
 * @file
 * The TSC as a clock. rte_get_tsc_hz() is rounded (0.15 % off on some machines), so the TSC is
 * measured against CLOCK_MONOTONIC.
 */

#include <stdint.h>

/** TSC ticks per nanosecond, measured for `ms` milliseconds. */
double clock_calibrate(uint32_t ms);

/** Median of the ticks between two consecutive readings of the TSC: the resolution of the timer. */
double clock_resolution(void);

#endif /* BENCH_CLOCK_H_ */
