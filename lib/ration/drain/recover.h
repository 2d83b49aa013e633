/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_RECOVER_H_
#define RATION_DRAIN_RECOVER_H_

/**
 * @file
 * Recovering the stock of dead lcores. See recover.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/**
 * If the owner of a member has died, repair usage, return all its stock, and set the member DEAD.
 * Primary process only, any thread, not within a walk.
 * @param deadline TSC cycles
 * @param[out] units units returned by this call
 * @return true if the member is DEAD now; false if it is alive, taken, or not repaired in time
 */
bool ration_member_recover(struct ration_domain *d, struct member *m, uint64_t deadline,
			   uint64_t *units);

#endif /* RATION_DRAIN_RECOVER_H_ */
