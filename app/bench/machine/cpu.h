/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_CPU_H_
#define BENCH_MACHINE_CPU_H_

/**
 * @file
 * Properties of CPUs. If all CPUs of the lcores have the same value, the value is reported once,
 * otherwise as an object with one member per CPU.
 */

#include <stdint.h>

#include <jansson.h>

/**
 * One entry per CPU of the machine: package, core, and the CPUs that share its core and its L3
 * cache.
 */
json_t *machine_topology(void);

/** Cache sizes of the lcores' CPUs. */
json_t *machine_caches(void);

/** Frequency governor of the lcores' CPUs. */
json_t *machine_governor(void);

/** C-states of the lcores' CPUs, including disabled ones. */
json_t *machine_idle(void);

/** Time that the hypervisor has taken from the lcores' CPUs, in ticks; negative: unknown. */
int64_t machine_steal_ticks(void);

#endif /* BENCH_MACHINE_CPU_H_ */
