/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdint.h>
#include <time.h>

#include <rte_cycles.h>

#include "clock.h"

/* An error of 1 us in reading both clocks is then 50 parts in a million. */
#define CALIBRATION_NS 20000000

static uint64_t begin_tsc;
static struct timespec begin_time;
static double tsc_hz;

static int64_t
elapsed_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (int64_t)(now.tv_sec - begin_time.tv_sec) * 1000000000 + now.tv_nsec -
	       begin_time.tv_nsec;
}

void
clock_calibrate_begin(void)
{
	clock_gettime(CLOCK_MONOTONIC_RAW, &begin_time);
	begin_tsc = rte_rdtsc();
}

void
clock_calibrate_end(void)
{
	struct timespec rest = {0};
	int64_t ns;

	while ((ns = elapsed_ns()) < CALIBRATION_NS) {
		rest.tv_nsec = CALIBRATION_NS - ns;
		nanosleep(&rest, NULL);
	}
	tsc_hz = (double)(rte_rdtsc() - begin_tsc) * 1e9 / (double)ns;
}

double
clock_tsc_hz(void)
{
	return tsc_hz;
}
