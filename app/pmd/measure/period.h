/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MEASURE_PERIOD_H_
#define MEASURE_PERIOD_H_

/**
 * @file
 * The times at which something periodic is due.
 */

#include <math.h>
#include <stdint.h>

/**
 * Advance the time of the next event beyond the current time, by whole periods.
 *
 * @param next
 *   Time at which the current event was due, in seconds; at most `now`.
 * @param period
 *   Seconds, more than 0.
 * @param now
 *   Current time in seconds.
 * @return
 *   Number of events that were due in between, which are skipped.
 */
static inline uint64_t
period_advance(double *next, double period, double now)
{
	double passed = floor((now - *next) / period);

	*next += (passed + 1) * period;
	return (uint64_t)passed;
}

#endif /* MEASURE_PERIOD_H_ */
