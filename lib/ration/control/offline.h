/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CONTROL_OFFLINE_H_
#define RATION_CONTROL_OFFLINE_H_

/**
 * @file
 * Offline counters, and releasing counters. See offline.c. All functions need the control lock.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Release offline counters without granted units. Checks the first few, or all. May wait. */
void ration_offline_release(struct ration_domain *d, bool all);

/** Return true if a counter is offline. */
bool ration_counter_is_offline(const struct counter *c);

/** Return true if all children of a counter are offline. */
bool ration_only_offline_below(const struct ration_domain *d, uint32_t index);

/** Take a counter with disabled stock offline. Its name is free afterwards. */
void ration_counter_take_offline(struct ration_domain *d, struct counter *c);

/**
 * Release a counter without units: free its name and index, and make its handles stale. No walk may
 * use the counter any more.
 */
void ration_counter_release(struct ration_domain *d, struct counter *c);

#endif /* RATION_CONTROL_OFFLINE_H_ */
