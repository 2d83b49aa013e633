/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_CLOCK_H_
#define RATION_SHM_CLOCK_H_

/**
 * @file
 * Conversion of microseconds to TSC cycles.
 */

#include <stdint.h>

#include <rte_cycles.h>

/** Number of TSC cycles in `us` microseconds. */
static inline uint64_t
ration_us_to_cycles(uint64_t us)
{
	return rte_get_tsc_hz() / 1000000 * us;
}

/** TSC value that will be reached in `us` microseconds: a deadline. */
static inline uint64_t
ration_cycles_in(uint64_t us)
{
	return rte_get_tsc_cycles() + ration_us_to_cycles(us);
}

#endif /* RATION_SHM_CLOCK_H_ */
