/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_DRAIN_H_
#define RATION_DRAIN_DRAIN_H_

/**
 * @file
 * Room drain: owns every wait for an answer of another lcore, and the states TAKEN and GONE.
 * It never creates or destroys anything, and never takes the control lock.
 *
 * A drain as its caller sees it: begin, run, end. What happens between run and end happens inside
 * the gate.
 */

#include <stdint.h>

#include "drain/report.h"

/** Prepare a drain that gives up after so many microseconds. */
void ration_drain_init(struct drain *dr, struct ration_domain *d, uint32_t timeout_us);

/** Open the gate for a target. @return 0, or -EAGAIN if there was no place for an asker in time */
int ration_drain_open(struct drain *dr, uint32_t target);

/** Ask everybody, then wait for all. @return 0 or -ETIMEDOUT */
int ration_drain_run(struct drain *dr);

/** Close the gate. */
void ration_drain_close(struct drain *dr);

#endif /* RATION_DRAIN_DRAIN_H_ */
