/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_REFUSAL_H_
#define RATION_LCORE_REFUSAL_H_

/**
 * @file
 * What follows a refused charge: it is counted, and hidden units are requested.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Count nb refused charges of c, because `failed` lacks room. Both exist. Within a walk of lc. */
void ration_refusal_count(struct ration_lcore *lc, struct counter *c, struct counter *failed,
			  uint32_t nb);

/**
 * The same, and request that other members return their stock of `failed` and its subtree: once for
 * each counter and quiescent interval of lc at most, so that a refusal like the one before writes
 * nothing that other lcores read or write (promise P9).
 */
void ration_refusal(struct ration_lcore *lc, struct counter *c, struct counter *failed,
		    uint32_t nb);

#endif /* RATION_LCORE_REFUSAL_H_ */
