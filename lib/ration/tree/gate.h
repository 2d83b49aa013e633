/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_TREE_GATE_H_
#define RATION_TREE_GATE_H_

/**
 * @file
 * The round of drains, and the gate that is set for their targets. See gate.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/**
 * Start a drain: set the gate for a counter and all counters below it. Any process, any thread.
 *
 * @param d
 *   The domain.
 * @param target
 *   Index of the counter.
 * @param[out] round
 *   Round number that the members must acknowledge.
 * @return
 *   Number of the drainer, for ration_gate_close(); or -EAGAIN if RATION_DRAINERS_MAX drains run.
 */
int ration_gate_open(struct ration_domain *d, uint32_t target, uint32_t *round);

/** End a drain, also one of a dead process. `drainer` is the result of ration_gate_open(). */
void ration_gate_close(struct ration_domain *d, int drainer);

/** Read the round number and the targets of all running drains. */
void ration_drain_set_read(struct ration_domain *d, struct drain_set *set);

/** Whether a drain set contains a counter or one above it. */
bool ration_drain_set_covers(const struct ration_domain *d, const struct drain_set *set,
			     const struct counter *c);

/** Whether the gate is set for a counter. Each slow path must call this again. */
bool ration_gate_is_set(const struct ration_domain *d, const struct counter *c);

#endif /* RATION_TREE_GATE_H_ */
