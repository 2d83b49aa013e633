/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_H_
#define BENCH_MACHINE_H_

/**
 * @file
 * Description of the machine: all that helps to judge a figure and can be read.
 */

#include <stdint.h>

#include <jansson.h>

/** State that the tests themselves change. */
struct machine_before {
	double load; /**< One-minute average; negative: unknown. */
	int64_t steal_ticks; /**< Of the lcores' CPUs; negative: unknown. */
};

/** Record the state before the tests run. Call it after rte_eal_init(). */
void machine_record_before(struct machine_before *before);

/**
 * Describe the machine after the tests have run. A value that cannot be read is null.
 *
 * @param ticks_per_ns
 *   Measured TSC frequency.
 * @param before
 *   State before the tests.
 * @return
 *   An object, or NULL if there is no memory.
 */
json_t *machine_json(double ticks_per_ns, const struct machine_before *before);

#endif /* BENCH_MACHINE_H_ */
