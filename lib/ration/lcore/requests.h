/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_REQUESTS_H_
#define RATION_LCORE_REQUESTS_H_

/**
 * @file
 * The mailbox of an lcore. Refused charges and drains write return requests to it. See requests.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** Bit of ration_lcore::pending: read requests[] and the round. */
#define RATION_PENDING_REQUESTS (1u << 0)
/** Bit of ration_lcore::pending: a drain found requests[] full, so return all stock. */
#define RATION_PENDING_EVERYTHING (1u << 1)

/** Request the stock of an lcore for a counter and its subtree, for a drain. Never waits. */
void ration_request_drain(struct ration_lcore *lc, uint32_t index);

/**
 * After a refusal of c, request the stock of some online members for `failed` and its subtree: what
 * they do not use, or with `all` also what is in use. Never waits. `nth` is the number of earlier
 * calls for `failed` by this lcore: each continues with the members after those of the call before.
 */
void ration_request_return(struct ration_lcore *lc, const struct counter *c,
			   const struct counter *failed, bool all, uint64_t nth);

/** Fill a drain set from the round and the mailbox of lc, and empty the mailbox. Owner only. */
void ration_requests_take(struct ration_lcore *lc, struct drain_set *set);

#endif /* RATION_LCORE_REQUESTS_H_ */
