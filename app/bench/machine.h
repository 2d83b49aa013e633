/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_H_
#define BENCH_MACHINE_H_

/**
 * @file
 * On what was measured: all that a reader needs to judge a figure and that can be read.
 */

#include <jansson.h>

/**
 * Describe the machine. What cannot be read is null. After rte_eal_init().
 *
 * @param ticks_per_ns
 *   TSC, measured.
 * @return
 *   An object, or NULL if there is no memory.
 */
json_t *machine_json(double ticks_per_ns);

#endif /* BENCH_MACHINE_H_ */
