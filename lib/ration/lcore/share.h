/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_SHARE_H_
#define RATION_LCORE_SHARE_H_

/**
 * @file
 * How many units an lcore may keep in stock near a limit. See share.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Units of c that the members which use it now may each keep in stock, although its limit, or one
 * above it, is near. UINT64_MAX if no limit is near. Within a walk of lc.
 */
uint64_t ration_share_units(const struct ration_lcore *lc, struct counter *c);

/** Note that lc has charged or uncharged c in the tree while a limit was near. Within the walk. */
void ration_share_note(const struct ration_lcore *lc, struct counter *c);

#endif /* RATION_LCORE_SHARE_H_ */
