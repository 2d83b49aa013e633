/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_REFUSED_H_
#define RATION_LCORE_REFUSED_H_

/**
 * @file
 * The number of refused charges of each counter, counted where they were asked for. See refused.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Refused charges of a counter on all lcores. */
struct refusals {
	uint64_t charges; /**< Refused charges of the counter itself. */
	uint64_t failures; /**< Charges of it or below it, refused because it lacked room. */
};

/**
 * Count nb refused charges of the counter with index `charged`, refused because the counter with
 * index `failed` lacked room. Both exist. Within a walk of lc.
 * @return the entry of `failed`, or NULL if lc has none for it
 */
struct refused *ration_refused_add(struct ration_lcore *lc, uint32_t charged, uint32_t failed,
				   uint32_t nb);

/**
 * Refused charges of the counter of a handle, on all lcores. Any process; the function finds each
 * lcore area by its memzone.
 */
struct refusals ration_refused_sum(const struct ration_domain *d, ration_counter_t handle);

#endif /* RATION_LCORE_REFUSED_H_ */
