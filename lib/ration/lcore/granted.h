/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_GRANTED_H_
#define RATION_LCORE_GRANTED_H_

/**
 * @file
 * The granted units of each counter, counted at each checked call of this process. So an uncharge
 * of more units than this process was granted is found although it fits into the stock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Add n units, after they were charged. The handle is not stale. Any thread. */
void ration_granted_add(const struct ration_domain *d, ration_counter_t c, uint64_t n);

/**
 * Subtract n units, before they are uncharged. The handle is not stale. Any thread.
 *
 * @return
 *   false if it is certain that fewer units are granted; nothing is changed then
 */
bool ration_granted_take(const struct ration_domain *d, ration_counter_t c, uint64_t n);

#endif /* RATION_LCORE_GRANTED_H_ */
