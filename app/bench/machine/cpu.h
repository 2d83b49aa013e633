/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_CPU_H_
#define BENCH_MACHINE_CPU_H_

/**
 * @file
 * What is said of CPUs. Of those that lcores may run on each has its say: where all say the same
 * it is said once, else it is an object with a member for each of them.
 */

#include <stdint.h>

#include <jansson.h>

/** An entry for each CPU of the machine: package, core, and who shares its core and last cache. */
json_t *machine_topology(void);

/** Sizes of the caches of the lcores' CPUs. */
json_t *machine_caches(void);

/** Frequency governor of the lcores' CPUs. */
json_t *machine_governor(void);

/** C-states of the lcores' CPUs, and those that are switched off. */
json_t *machine_idle(void);

/** Time that the hypervisor took from the lcores' CPUs so far, in ticks; negative: unknown. */
int64_t machine_steal_ticks(void);

#endif /* BENCH_MACHINE_CPU_H_ */
