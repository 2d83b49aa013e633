/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CONTROL_LOCK_H_
#define RATION_CONTROL_LOCK_H_

/**
 * @file
 * Room control: owns the control lock, and the life cycles of domains, counters and members.
 * It is never called by another room.
 *
 * The control lock is held over a whole create, destroy or set_max, drains included.
 */

#include <stdint.h>

#include "shm/layout.h"

/** Take the control lock; serve the caller's mailboxes meanwhile, so that its holder is not stuck.
 */
void ration_control_lock(struct ration_domain *d);

void ration_control_unlock(struct ration_domain *d);

/** When a control call that begins now gives up. */
uint64_t ration_deadline(const struct ration_domain *d);

#endif /* RATION_CONTROL_LOCK_H_ */
