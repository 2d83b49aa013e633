/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_REQUESTS_H_
#define RATION_LCORE_REQUESTS_H_

/**
 * @file
 * Requests for stock that one lcore leaves for another. See requests.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Have an lcore look at the round, and at a counter by its index. Never waits. */
void ration_call(struct ration_lcore *lc, uint32_t index);

/** Ask all lcores, after a refusal, to give back what they hide below a counter. Never waits. */
void ration_want(struct ration_lcore *lc, const struct counter *failed);

#endif /* RATION_LCORE_REQUESTS_H_ */
