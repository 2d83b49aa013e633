/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_DRAIN_MANY_H_
#define BENCH_DRAIN_MANY_H_

#include "harness/bench.h"

/**
 * Drain 1 to 65,536 counters with stock on 1 to all polling lcores, and measure how long the
 * requester waits (with percentiles) and how long an owner pauses.
 * Ends soon after `end`, see budget.h.
 *
 * @return
 *   0, or -1 after a message
 */
int drain_many(struct bench *b, uint64_t end);

#endif /* BENCH_DRAIN_MANY_H_ */
