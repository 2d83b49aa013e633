/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_STOCK_H_
#define RATION_LCORE_STOCK_H_

/**
 * @file
 * The slow path of a charge, for calls that want its parts. Refill, force and trim are declared in ration_charge.h.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * One try to charge: nothing is counted, nobody is asked. *failed: after -EDQUOT the lowest level
 * that lacks room. @return as ration_try_charge()
 */
int ration_attempt(struct ration_lcore *lc, ration_counter_t c, uint64_t n, uint32_t *failed);

/** Count a refused charge to c at the level that lacked room. */
void ration_refuse(struct ration_lcore *lc, ration_counter_t c, uint32_t failed);

#endif /* RATION_LCORE_STOCK_H_ */
