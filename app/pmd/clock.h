/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLOCK_H_
#define CLOCK_H_

/**
 * @file
 * TSC ticks per second, measured: rte_get_tsc_hz() is rounded to 10 MHz.
 */

/** Begin to measure. Call it early: the longer it runs, the better. */
void clock_calibrate_begin(void);

/** End measuring; waits only if less than 20 ms have passed. */
void clock_calibrate_end(void);

/** TSC ticks per second. */
double clock_tsc_hz(void);

#endif /* CLOCK_H_ */
