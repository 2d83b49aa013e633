/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_meter.h>

#include "baselines/backend_loops.h"

/**
 * @file
 * The token bucket of rte_meter (srTCM, color blind), which DPDK offers to admit packets. A charge
 * is a check of n bytes. A meter cannot return tokens, so an uncharge advances the time until n
 * tokens have arrived, for all buckets.
 *
 * Simplified in favor of the meter: it is given the time and does not read the TSC, and a pair has
 * one check instead of a charge and an uncharge.
 */

/** Tokens of a bucket that has no limit. */
#define METER_UNITS 1000000u

struct meters {
	struct rte_meter_srtcm_profile profile;
	uint64_t now;
	uint64_t size;
	alignas(RTE_CACHE_LINE_SIZE) struct rte_meter_srtcm meter[];
};

static inline int
meter_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct meters *m = ctx;

	return unlikely(rte_meter_srtcm_color_blind_check(&m->meter[(uint32_t)c], &m->profile,
							  m->now, (uint32_t)n) != RTE_COLOR_GREEN)
		       ? -1
		       : 0;
}

static inline int
meter_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct meters *m = ctx;

	(void)c;
	m->now += n * m->profile.cir_period;
	return 0;
}

BACKEND_SINGLE_LOOPS(meter, meter_charge, meter_uncharge)

static void *
meter_create(const struct backend_tree *tree)
{
	size_t size = sizeof(struct meters) + tree->counters * sizeof(struct rte_meter_srtcm);
	struct meters *m = aligned_alloc(RTE_CACHE_LINE_SIZE, RTE_CACHE_LINE_ROUNDUP(size));
	/* One token per microsecond, so a period is one or more ticks of the TSC. */
	struct rte_meter_srtcm_params params = {
		.cir = 1000000,
		.cbs = RTE_MIN(tree->max, (uint64_t)METER_UNITS),
	};
	uint32_t i;

	if (m == NULL || rte_meter_srtcm_profile_config(&m->profile, &params) != 0) {
		warnx("meter: cannot create %u buckets", tree->counters);
		free(m);
		return NULL;
	}
	for (i = 0; i < tree->counters; i++)
		rte_meter_srtcm_config(&m->meter[i], &m->profile);
	m->size = params.cbs;
	/* The other buckets were configured a little later than the first bucket. */
	m->now = m->meter[tree->counters - 1].time;
	return m;
}

static uint64_t
meter_counter(void *self, uint32_t i)
{
	(void)self;
	return i;
}

/* Missing tokens of the bucket, if tokens arrived now. */
static uint64_t
meter_granted(void *self, uint64_t c)
{
	const struct meters *m = self;
	const struct rte_meter_srtcm *meter = &m->meter[(uint32_t)c];
	uint64_t periods = (m->now - meter->time) / m->profile.cir_period;
	uint64_t tokens = meter->tc + periods * m->profile.cir_bytes_per_period;

	return m->size - RTE_MIN(tokens, m->size);
}

const struct backend backend_meter = {
	.name = "meter",
	.create = meter_create,
	.destroy = free,
	.join = backend_join_shared,
	.leave = backend_leave_shared,
	.counter = meter_counter,
	.charge = meter_charge,
	.uncharge = meter_uncharge,
	.granted = meter_granted,
	.loop = {BACKEND_LOOP_TABLE(meter)},
};
