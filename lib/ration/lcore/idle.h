/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_IDLE_H_
#define RATION_LCORE_IDLE_H_

/**
 * @file
 * Returning stock that its lcore does not use. See idle.c.
 */

#include "shm/layout.h"

/** At a slow quiescent point: look for idle stock, and say when the next one is. Owner only. */
void ration_idle(struct ration_lcore *lc);

/** Start the search for idle stock, when a member registers or comes back online. Owner only. */
void ration_idle_start(struct ration_lcore *lc);

#endif /* RATION_LCORE_IDLE_H_ */
