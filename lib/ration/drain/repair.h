/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_REPAIR_H_
#define RATION_DRAIN_REPAIR_H_

/**
 * @file
 * Repairing usage after the death of an lcore. See repair.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Complete or undo the walk in which a dead lcore was interrupted. The caller holds the tree lock
 * and has the member in TAKEN.
 * @param deadline TSC cycles
 * @return 0; -ETIMEDOUT, and the call can be repeated; -EPROTO if shared memory is corrupted
 */
int ration_repair(struct ration_lcore *lc, uint64_t deadline);

#endif /* RATION_DRAIN_REPAIR_H_ */
