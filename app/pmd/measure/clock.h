/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MEASURE_CLOCK_H_
#define MEASURE_CLOCK_H_

/**
 * @file
 * The time, and the measured frequency of the TSC. rte_get_tsc_hz() is not exact enough: it is
 * rounded to 10 MHz.
 *
 * All functions but clock_seconds(): main lcore only.
 */

/** Return the time in seconds since some time in the past, never 0. Any thread. */
double clock_seconds(void);

/** Start the measurement. A longer measurement is more exact, therefore call this early. */
void clock_calibrate_start(void);

/** End the measurement. Sleeps if less than 20 ms have passed since its start. */
void clock_calibrate_end(void);

/** Return the TSC frequency in Hz. Valid after clock_calibrate_end(). */
double clock_tsc_hz(void);

#endif /* MEASURE_CLOCK_H_ */
