/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_STOCK_H_
#define RATION_LCORE_STOCK_H_

/**
 * @file
 * Parts of a charge on the slow path. ration_charge.h declares refill, force and trim.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Try to charge once, without counting a refusal and without return requests. After -EDQUOT,
 * *failed is the index of the lowest level that lacks room. Owner of lc only.
 * @return as ration_try_charge()
 */
int ration_attempt(struct ration_lcore *lc, ration_counter_t c, uint64_t n, uint32_t *failed);

/** Count a refused charge to c, at the level with index `failed`. Owner of lc only. */
void ration_refuse(struct ration_lcore *lc, ration_counter_t c, uint32_t failed);

#endif /* RATION_LCORE_STOCK_H_ */
