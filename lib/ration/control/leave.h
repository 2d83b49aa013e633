/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CONTROL_LEAVE_H_
#define RATION_CONTROL_LEAVE_H_

/**
 * @file
 * Members that keep a domain from being freed.
 */

#include <stdint.h>

#include "shm/layout.h"

/**
 * Unregister the members whose threads are EAL workers in WAIT: such a thread executes no code of
 * the application that could do it. Main lcore only; from other threads nothing is done.
 */
void ration_workers_unregister(struct ration_domain *d);

/** Return the number of members that are still registered, and log each of the first few. */
uint32_t ration_members_left(const struct ration_domain *d);

#endif /* RATION_CONTROL_LEAVE_H_ */
