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

/** What a slow path has decided on the charges of a counter. */
struct decision {
	uint32_t nb_refused;
	uint64_t refused; /**< Units of the smallest charge that was refused. */
	uint64_t granted; /**< Units of the largest one that was granted, or 0. */
};

/**
 * Count refused charges, and request that other members return their stock of `failed` and its
 * subtree: once for each counter and quiescent interval of lc at most, so that a refusal like the
 * one before writes nothing that other lcores read or write (promise P9). If no charge as large was
 * granted lately, the request is for what is in use, too.
 */
void ration_refusal(struct ration_lcore *lc, struct counter *c, struct counter *failed,
		    const struct decision *decision);

#endif /* RATION_LCORE_REFUSAL_H_ */
