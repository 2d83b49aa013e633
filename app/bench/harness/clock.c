/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <time.h>

#include <rte_cycles.h>

#include "harness/clock.h"
#include "report/samples.h"

struct instant {
	uint64_t tsc;
	uint64_t ns;
};

#define INSTANT_TRIES 32
#define RESOLUTION_TRIES 10000

/* Read both clocks together. The reading with the shortest time in between is the best one. */
static struct instant
instant_now(void)
{
	struct instant best = {0};
	uint64_t before, after, width = UINT64_MAX;
	struct timespec ts;
	int i;

	for (i = 0; i < INSTANT_TRIES; i++) {
		before = rte_rdtsc_precise();
		clock_gettime(CLOCK_MONOTONIC, &ts);
		after = rte_rdtsc_precise();
		if (after - before >= width)
			continue;
		width = after - before;
		best.tsc = before + width / 2;
		best.ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	}
	return best;
}

double
clock_calibrate(uint32_t ms)
{
	struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L};
	struct instant start = instant_now(), end;

	nanosleep(&pause, NULL);
	end = instant_now();
	return (double)(end.tsc - start.tsc) / (double)(end.ns - start.ns);
}

double
clock_resolution(void)
{
	struct samples steps = {0};
	uint64_t last = rte_rdtsc(), now;
	double median;
	int i;

	for (i = 0; i < RESOLUTION_TRIES; i++, last = now) {
		now = rte_rdtsc();
		if (now > last)
			samples_add(&steps, (double)(now - last));
	}
	median = samples_summary(&steps).median;
	samples_free(&steps);
	return median;
}
