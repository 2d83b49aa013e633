/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_CONTROL_OFFLINE_H_
#define RATION_CONTROL_OFFLINE_H_

/**
 * @file
 * Counters that are destroyed while units are granted, and the end of every counter. See offline.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Bury destroyed counters whose units have come back: some, or all. */
void ration_offline_release(struct ration_domain *d, bool all);

/** Whether a counter is a ghost. */
bool ration_counter_is_offline(const struct counter *c);

/** Whether all children of a counter are ghosts. */
bool ration_only_offline_below(const struct ration_domain *d, uint32_t index);

/** Make a counter whose stock is disabled a ghost: its name is free from now on. */
void ration_counter_take_offline(struct ration_domain *d, struct counter *c);

/** Nobody uses a counter any more: take its name, make its index free and its handles stale. */
void ration_counter_release(struct ration_domain *d, struct counter *c);

#endif /* RATION_CONTROL_OFFLINE_H_ */
