/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_REPAIR_H_
#define RATION_DRAIN_REPAIR_H_

/**
 * @file
 * Mending usage after a death. See repair.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Mend what a dead lcore was in the middle of. @return 0 or -ETIMEDOUT: nothing is changed */
int ration_repair(struct ration_lcore *lc, uint64_t deadline);

#endif /* RATION_DRAIN_REPAIR_H_ */
