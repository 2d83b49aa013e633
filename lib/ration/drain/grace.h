/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_GRACE_H_
#define RATION_DRAIN_GRACE_H_

/**
 * @file
 * Grace periods: from "nobody shall" to "nobody does". See grace.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Wait until every walk that was under way has ended. *stuck, unless NULL, is set to the place of
 * the lcore that did not, to RATION_INDEX_NONE if it was a thread without slot.
 * @return 0 or -ETIMEDOUT
 */
int ration_grace(struct ration_domain *d, uint64_t deadline, uint32_t *stuck);

/** Wait until the application's own readers have passed a quiescent state. As ration_grace(). */
int ration_grace_readers(struct ration_domain *d, uint64_t deadline);

#endif /* RATION_DRAIN_GRACE_H_ */
