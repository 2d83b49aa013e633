/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdint.h>
#include <time.h>

#include <rte_cycles.h>

#include "measure/clock.h"

/* An error of 1 us when both clocks are read causes a relative error of 50 ppm. */
#define CALIBRATION_NS 20000000

static uint64_t start_tsc;
static struct timespec start_time;
static double tsc_hz;

double
clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int64_t
elapsed_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (int64_t)(now.tv_sec - start_time.tv_sec) * 1000000000 + now.tv_nsec -
	       start_time.tv_nsec;
}

void
clock_calibrate_start(void)
{
	clock_gettime(CLOCK_MONOTONIC_RAW, &start_time);
	start_tsc = rte_rdtsc();
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
	tsc_hz = (double)(rte_rdtsc() - start_tsc) * 1e9 / (double)ns;
}

double
clock_tsc_hz(void)
{
	return tsc_hz;
}
