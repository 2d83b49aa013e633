/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_BATCH_H_
#define RATION_LCORE_BATCH_H_

/**
 * @file
 * The batch of a stock entry, which grows while its lcore walks the tree often.
 */

#include "shm/layout.h"

/** What becomes of the batch of a stock entry. */
enum batch_change {
	BATCH_SAME,
	BATCH_MORE, /**< The entry needs another walk. */
	BATCH_LESS, /**< The hand has come to the entry, see idle.c. */
};

/** Units that lc takes ahead of c now, if the limits are far. 0: nothing may be in stock. */
uint32_t ration_batch_units(const struct ration_lcore *lc, const struct counter *c,
			    enum batch_change change);

#endif /* RATION_LCORE_BATCH_H_ */
