/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_VICTIM_H_
#define TEST_VICTIM_H_

/**
 * @file
 * A process that charges, uncharges and drains without end, until it is killed. What it has been
 * granted it writes into memory that it shares with whoever will kill it, and what it is about to
 * do: so the killer knows what is lost without asking the library.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "prng.h"

#define VICTIM_COUNTERS 5
/** The batch of all counters: a stock has twice that at the most. */
#define VICTIM_BATCH 16

/** What a victim is in the middle of. */
enum deed {
	DEED_NONE, /**< Nothing that concerns units. */
	DEED_CHARGE,
	DEED_UNCHARGE,
	DEED_ALL, /**< Any stock may be on its way back. */
};

/** {deed, counter, units} in one word, so that it is written at once. */
#define DEED(deed, which, n)                                                                       \
	((uint64_t)(deed) << 56 | (uint64_t)(which) << 32 | (uint64_t)(uint32_t)(n))
#define DEED_OF(word) ((enum deed)((word) >> 56))
#define DEED_WHICH(word) ((uint32_t)((word) >> 32) & 0xffffff)
#define DEED_UNITS(word) ((uint32_t)(word))

/** What a victim shares with its killer. */
struct victim_book {
	RATION_ATOMIC(uint32_t) slot_id; /**< Its place, plus 1; 0 while it has none. */
	RATION_ATOMIC(uint32_t) paused; /**< The pause for which it stands still, and polls. */
	RATION_ATOMIC(uint32_t) wrong; /**< Calls that gave what they must not. */
	RATION_ATOMIC(uint64_t) turns;
	RATION_ATOMIC(uint64_t) deed;
	RATION_ATOMIC(uint64_t) granted[VICTIM_COUNTERS];
};

/** What all of them are told. */
struct victim_orders {
	/** Odd: stand still. */
	RATION_ATOMIC(uint32_t) pause;
	ration_counter_t c[VICTIM_COUNTERS];
};

/** Be a victim: never returns. */
void victim_live(struct ration_domain *d, struct victim_orders *orders, struct victim_book *book,
		 uint64_t seed) __rte_noreturn;

#endif /* TEST_VICTIM_H_ */
