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

/** Count a refused charge of the counter of a handle, which exists. Within a walk of lc. */
void ration_refused_add(struct ration_lcore *lc, ration_counter_t handle);

/**
 * Number of refused charges of the counter of a handle, on all lcores. Any process; the function
 * finds each lcore area by its memzone.
 */
uint64_t ration_refused_sum(const struct ration_domain *d, ration_counter_t handle);

#endif /* RATION_LCORE_REFUSED_H_ */
