/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The batch of a stock entry.
 *
 * With one batch for all, either a busy lcore walks the tree often, or each of many idle ones hides
 * much. So a counter can have two, `batch` and `batch_max`, and each stock entry has a batch of its
 * own between them: half its cap, so it takes no memory.
 *
 * B1: an entry starts with `batch`.
 * B2: a refill or a trim of an entry that has stock doubles its batch, up to `batch_max`.
 * B3: the first charge or uncharge after the hand of the search for idle stock (idle.c) has come to
 *     the entry halves it, down to `batch`.
 * B4: a watched entry (watch.c) has `batch`: another lcore was refused.
 * B5: where stock_max bounds all stock of an lcore, a batch above `batch` leaves half of the free
 *     room to other counters (stock.c).
 *
 * So the batch of an entry stays large while its lcore uses up more than the batch in each pass of
 * the hand, half of ration_domain_params::idle_us, and what an lcore hides is about what it needs
 * in that time. A margin that is not large enough for the batches of all members makes it smaller,
 * as any batch (stock.c).
 */

#include "lcore/batch.h"
#include "lcore/watch.h"

uint32_t
ration_batch_units(const struct ration_lcore *lc, const struct counter *c, enum batch_change change)
{
	uint32_t index = ration_index_of(ration_domain_of(lc), c);
	uint32_t cap = ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));
	uint32_t least = ration_load(&c->batch, relaxed), now = cap / 2;
	uint32_t most = RTE_MAX(ration_load(&c->batch_max, relaxed), least);

	if (likely(most == least) || least == 0 || cap == 0)
		return least;
	if (ration_watch_of(lc, index) != NULL)
		return least;
	if (change == BATCH_MORE)
		now *= 2;
	else if (change == BATCH_LESS)
		now /= 2;
	return RTE_MIN(RTE_MAX(now, least), most);
}
