/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CHECK_H_
#define CHECK_H_

/**
 * @file
 * What must be true at the end: every counter is back to zero (P2), the domain is consistent, and
 * no packet is unaccounted for.
 */

#include <stdint.h>

#include <ration.h>

#include "stats.h"

/**
 * Take all stock back, then look at every counter. Main lcore only, when all loops have ended.
 *
 * @return
 *   Violations; each is described on stderr.
 */
uint64_t check_counters(struct ration_domain *d);

/** Look for packets that came in and were neither delivered nor dropped. @return violations */
uint64_t check_packets(const struct stats *s);

#endif /* CHECK_H_ */
