/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_H_
#define BENCH_MACHINE_H_

/**
 * @file
 * On what was measured: all that a reader needs to judge a figure and that can be read.
 */

#include <stdint.h>

#include <jansson.h>

/** What the tests themselves change. */
struct machine_before {
	double load; /**< Average of a minute; negative: unknown. */
	int64_t steal_ticks; /**< Of the lcores' CPUs; negative: unknown. */
};

/** Look at it before they run. After rte_eal_init(). */
void machine_look_before(struct machine_before *before);

/**
 * Describe the machine. What cannot be read is null. When the tests have run.
 *
 * @param ticks_per_ns
 *   TSC, measured.
 * @param before
 *   What it was before.
 * @return
 *   An object, or NULL if there is no memory.
 */
json_t *machine_json(double ticks_per_ns, const struct machine_before *before);

#endif /* BENCH_MACHINE_H_ */
