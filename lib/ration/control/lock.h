/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CONTROL_LOCK_H_
#define RATION_CONTROL_LOCK_H_

/**
 * @file
 * Room control: the control lock, and creating and destroying domains, counters and members. No
 * other room calls it.
 *
 * A call that creates, changes or destroys a counter, or reaps members, holds the control lock of
 * the domain from start to end, drains included. Primary process only, not within a walk.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Take the control lock, and serve the mailboxes of the calling thread while waiting: the holder
 * may drain one of its members.
 */
void ration_control_lock(struct ration_domain *d);

/** Release the control lock. */
void ration_control_unlock(struct ration_domain *d);

/** Return the deadline, in TSC cycles, of a wait that starts now. */
uint64_t ration_deadline(const struct ration_domain *d);

#endif /* RATION_CONTROL_LOCK_H_ */
