/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_GRACE_H_
#define RATION_DRAIN_GRACE_H_

/**
 * @file
 * Grace periods: wait until all walks that are in flight have ended. See grace.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Wait until every walk that was in flight has ended. The caller is not within a walk, and its
 * mailboxes are served meanwhile. If a walk does not end, *stuck, unless NULL, is set to the index
 * of the member, or to RATION_INDEX_NONE for a walk through the shared area.
 * @param deadline TSC cycles
 * @return 0 or -ETIMEDOUT
 */
int ration_grace(struct ration_domain *d, uint64_t deadline, uint32_t *stuck);

/**
 * Wait for a grace period of the QSBR variable of ration_domain_set_qsbr(), if there is one.
 * Primary process only. The caller is not an online reader of it.
 * @param deadline TSC cycles
 * @return 0 or -ETIMEDOUT
 */
int ration_grace_readers(struct ration_domain *d, uint64_t deadline);

#endif /* RATION_DRAIN_GRACE_H_ */
