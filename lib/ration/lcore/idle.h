/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_IDLE_H_
#define RATION_LCORE_IDLE_H_

/**
 * @file
 * Stock that its lcore does not use goes back on its own. See idle.c.
 */

#include "shm/layout.h"

/** Look for stock that is not used. Owner only. */
void ration_idle(struct ration_lcore *lc);

/** Begin to look for idle stock. */
void ration_idle_start(struct ration_lcore *lc);

#endif /* RATION_LCORE_IDLE_H_ */
