/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_ENGINES_H_
#define RATION_DRAIN_ENGINES_H_

/**
 * @file
 * The ways to drain a member: by the caller itself, mailbox, remote launch, take-over.
 */

#include <stdbool.h>
#include <stdint.h>

#include "drain/report.h"

/** Return true if m is a worker of this process in WAIT, and the caller is the main lcore. */
bool ration_engine_can_launch(const struct member *m, uint32_t lcore_id);

/** If a thread is registered as member_id, add a row and send a request. Never waits. */
void ration_engine_request(struct drain *dr, uint32_t member_id);

/** Check the answer of a member, and choose another way if its state has changed. Never waits. */
void ration_engine_check(struct drain *dr, struct ration_drain_row *row);

/** Wait for a launched worker, without timeout: the launched function does not block. */
void ration_engine_wait_launched(struct drain *dr, struct ration_drain_row *row);

#endif /* RATION_DRAIN_ENGINES_H_ */
