/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_DRAIN_H_
#define RATION_DRAIN_DRAIN_H_

/**
 * @file
 * Room drain: all waits for an answer of another lcore, and the member states TAKEN and DEAD.
 * It never creates or destroys anything, and never takes the control lock.
 *
 * Steps of a drain: init, open, run, close. The gate is set from open to close.
 */

#include <stdint.h>

#include "drain/report.h"

/** Prepare a drain that times out after timeout_us microseconds. */
void ration_drain_init(struct drain *dr, struct ration_domain *d, uint32_t timeout_us);

/**
 * Open a round, which sets the gate for `target` and its subtree.
 * @return 0, or -EAGAIN if RATION_DRAINERS_MAX drains were running until the timeout
 */
int ration_drain_open(struct drain *dr, uint32_t target);

/** Send a request to each member, then wait for all answers. @return 0 or -ETIMEDOUT */
int ration_drain_run(struct drain *dr);

/** Leave the round, which clears the gate of the target. */
void ration_drain_close(struct drain *dr);

#endif /* RATION_DRAIN_DRAIN_H_ */
