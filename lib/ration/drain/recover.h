/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_RECOVER_H_
#define RATION_DRAIN_RECOVER_H_

/**
 * @file
 * Taking the stock of dead lcores back. See recover.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/**
 * If the owner of a member has died, take all its stock back. Primary process only, any thread.
 * @return whether it is gone now; *units was taken back
 */
bool ration_member_recover(struct ration_domain *d, struct member *m, uint64_t deadline,
			   uint64_t *units);

#endif /* RATION_DRAIN_RECOVER_H_ */
