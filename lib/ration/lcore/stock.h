/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_STOCK_H_
#define RATION_LCORE_STOCK_H_

/**
 * @file
 * Parts of a charge on the slow path. ration_charge.h declares refill, force and trim.
 */

#include <stdbool.h>
#include <stdint.h>

#include "lcore/batch.h"
#include "shm/layout.h"

/** What an lcore may keep in stock of a counter now. All 0 while nothing may be in stock. */
struct stock_bounds {
	uint32_t precharge; /**< Units that a refill takes ahead. */
	uint32_t fill; /**< Units that stay in stock after an uncharge of many units. */
	uint32_t keep; /**< Units that stay if single units make the stock larger than that. */
	uint32_t cap; /**< Largest stock. */
	bool near_limit; /**< A limit is near, so that all who use it share it. */
};

/** Find out what lc may keep of c, if `need` units are charged now. Within a walk of lc. */
struct stock_bounds ration_stock_bounds(const struct ration_lcore *lc, struct counter *c,
					uint64_t need, enum batch_change change);

/** The area to walk with: lc, or the shared area if the owner of lc may not use its stock now. */
struct ration_lcore *ration_stock_walker(struct ration_lcore *lc);

/**
 * The counter of a handle, for a charge. Its idle mark is cleared. Within a walk of lc.
 * @return 0, -ESTALE or -ENOENT
 */
int ration_stock_resolve(struct ration_lcore *lc, ration_counter_t handle, struct counter **c);

/**
 * Charge `need` units of c, which the stock lacks, and b->precharge more to the tree, and set the
 * stock entry: all units that were in it are part of the charge. Within a walk of lc.
 * @return 0, or -EDQUOT: nothing is changed, and *failed lacks room
 */
int ration_stock_charge(struct ration_lcore *lc, struct counter *c, uint64_t need,
			const struct stock_bounds *b, struct counter **failed);

/**
 * Uncharge n units as ration_uncharge() does on the slow path, but count no misuse. `lc` is the
 * result of ration_stock_walker().
 */
int ration_stock_return(struct ration_lcore *lc, ration_counter_t handle, uint64_t n);

/**
 * Return `unused` units of a stock entry to the tree, and those that exceed the cap that it may
 * have now: near a limit, the share of lc. With `only_near` it returns all if no limit is near.
 * Within a walk of lc.
 * @return units, or -ERANGE: more units are in stock than are charged, and nothing is changed
 */
int64_t ration_stock_shrink(struct ration_lcore *lc, struct counter *c, uint32_t unused,
			    bool only_near);

/**
 * Try to charge once, without counting a refusal and without return requests. After -EDQUOT,
 * *failed is the index of the lowest level that lacks room. Owner of lc only.
 * @return as ration_try_charge()
 */
int ration_attempt(struct ration_lcore *lc, ration_counter_t c, uint64_t n, uint32_t *failed);

/** Count a refused charge to c, at the level with index `failed`. Owner of lc only. */
void ration_refuse(struct ration_lcore *lc, ration_counter_t c, uint32_t failed);

#endif /* RATION_LCORE_STOCK_H_ */
