/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PRICE_LINES_H_
#define PRICE_LINES_H_

/**
 * @file
 * Cache lines, as a machine with caches of infinite size and a CPU for each lcore would move them.
 * One thread plays all lcores.
 */

#include <stdint.h>

/** Largest number of lcores. */
#define PRICE_LCORES 128

struct price {
	uint64_t rmws; /**< Read-modify-writes of lines that more than one lcore has used. */
	uint64_t
		transfers; /**< Reads and writes of lines that another lcore has written or read. */
};

/** Forget all lines. */
void price_reset(void);

/** The lcore that runs from now on, below PRICE_LCORES. */
void price_run_as(uint32_t lcore);

/** What was counted since price_reset(). */
struct price price_so_far(void);

#endif /* PRICE_LINES_H_ */
