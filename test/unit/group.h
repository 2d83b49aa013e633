/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_GROUP_H_
#define TEST_GROUP_H_

/**
 * @file
 * A few members of one thread that use the same counters, for tests whose numbers are exact.
 */

#include "fixture.h"

#define GROUP_MEMBERS 4

struct group {
	struct ration_domain *d;
	ration_counter_t root;
	struct ration_lcore *lc[GROUP_MEMBERS];
};

void open_group(struct group *g);

/** Nothing may be granted. */
void close_group(struct group *g);

/** Units in a stock entry. */
uint32_t units_of(const struct ration_lcore *lc, ration_counter_t c);

/** Cap of a stock entry, 0 if it is unused. */
uint32_t cap_of(const struct ration_lcore *lc, ration_counter_t c);

/** Charge and uncharge; the call must succeed. */
void charge(struct ration_lcore *lc, ration_counter_t c, uint64_t n);
void uncharge(struct ration_lcore *lc, ration_counter_t c, uint64_t n);

/** Charge a burst of up to 128 packets of one unit, and return what was granted. @return number */
uint32_t use_packets(struct ration_lcore *lc, ration_counter_t c, uint16_t nb);

#endif /* TEST_GROUP_H_ */
