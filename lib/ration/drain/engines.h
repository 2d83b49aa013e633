/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_ENGINES_H_
#define RATION_DRAIN_ENGINES_H_

/**
 * @file
 * How a member is drained, by what it is doing: itself, mailbox, remote launch, take-over.
 */

#include <stdint.h>

#include "drain/report.h"

/** Make a member's row and send it the request. */
void ration_engine_ask(struct drain *dr, uint32_t member_id);

/** See how far a member is. */
void ration_engine_check(struct drain *dr, struct ration_drain_row *row);

/** Wait for a worker that was launched: it waits for nobody, so this ends. */
void ration_engine_wait_launched(struct drain *dr, struct ration_drain_row *row);

#endif /* RATION_DRAIN_ENGINES_H_ */
