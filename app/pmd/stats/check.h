/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef STATS_CHECK_H_
#define STATS_CHECK_H_

/**
 * @file
 * The checks at the end of a run: the usage of every counter is 0 again (promise P2), the domain is
 * consistent, and every received packet has a verdict.
 */

#include <stdint.h>

#include <ration.h>

#include "stats/stats.h"

/**
 * Drain the domain, then check that the usage of every counter is 0 and that the domain is
 * consistent. Main lcore only, after all forwarding loops have ended.
 *
 * @return
 *   Number of violations. Each violation is one line on stderr.
 */
uint64_t check_counters(struct ration_domain *d);

/**
 * Check that every received packet was delivered, refused or lost.
 *
 * @return
 *   Number of tenants with packets that are missing. Each of them is one line on stderr.
 */
uint64_t check_packets(const struct stats *s);

#endif /* STATS_CHECK_H_ */
