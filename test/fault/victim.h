/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_VICTIM_H_
#define TEST_VICTIM_H_

/**
 * @file
 * A process that charges, uncharges and drains without end, until it is killed. It records its
 * granted units, and the next call, in memory that it shares with the killing process: so the lost
 * units are known without the library.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "prng.h"

#define VICTIM_COUNTERS 5
/** The batch of all counters: a stock has twice that at most. */
#define VICTIM_BATCH 16

/** The current call of a victim. */
enum deed {
	DEED_NONE, /**< No call that changes units. */
	DEED_CHARGE,
	DEED_UNCHARGE,
	DEED_ALL, /**< Any stock may be being returned. */
};

/** {deed, counter, units} in one word, so that it is written in one store. */
#define DEED(deed, which, n)                                                                       \
	((uint64_t)(deed) << 56 | (uint64_t)(which) << 32 | (uint64_t)(uint32_t)(n))
#define DEED_OF(word) ((enum deed)((word) >> 56))
#define DEED_WHICH(word) ((uint32_t)((word) >> 32) & 0xffffff)
#define DEED_UNITS(word) ((uint32_t)(word))

/** State that a victim shares with the killing process. */
struct victim_book {
	RATION_ATOMIC(uint32_t) member_id; /**< Its member_id plus 1; 0: not registered. */
	RATION_ATOMIC(uint32_t) paused; /**< The pause during which it stands still and polls. */
	RATION_ATOMIC(uint32_t) wrong; /**< Number of calls with an unexpected result. */
	RATION_ATOMIC(uint64_t) turns;
	RATION_ATOMIC(uint64_t) deed;
	RATION_ATOMIC(uint64_t) granted[VICTIM_COUNTERS];
};

/** Commands to all victims. */
struct victim_orders {
	/** Odd: stand still. */
	RATION_ATOMIC(uint32_t) pause;
	ration_counter_t c[VICTIM_COUNTERS];
};

/** Run as a victim; never returns. */
void victim_live(struct ration_domain *d, struct victim_orders *orders, struct victim_book *book,
		 uint64_t seed) __rte_noreturn;

#endif /* TEST_VICTIM_H_ */
