/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_REQUESTS_H_
#define RATION_LCORE_REQUESTS_H_

/**
 * @file
 * The mailbox of an lcore: return requests, by which refused charges and drains ask for its stock. See
 * requests.c.
 */

#include <stdint.h>

#include "shm/layout.h"

/** ration_lcore::pending: look at requests[] and at the round. */
#define RATION_PENDING_REQUESTS (1u << 0)
/** ration_lcore::pending: a request found no room, so everything is asked for. */
#define RATION_PENDING_EVERYTHING (1u << 1)

/** Ask an lcore for its stock below a counter, for a drain. Never waits. */
void ration_request_drain(struct ration_lcore *lc, uint32_t index);

/** Ask all lcores, after a refusal, for what they hide below a counter. Never waits. */
void ration_request_return(struct ration_lcore *lc, const struct counter *failed);

/** Add what an lcore is asked for to a view, and empty its mailbox. Owner only. */
void ration_requests_take(struct ration_lcore *lc, struct drain_set *set);

#endif /* RATION_LCORE_REQUESTS_H_ */
