/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include "tree/counter.h"

/*
 * The control lock makes the load and the exchange one step. seq_cst: pairs with the
 * read-modify-write by which a walk starts. Either the walk sees the flags, or a grace period that
 * follows sees the walk. Models n_handshakes: DYING; e_destroy: LATESEQ.
 */
void
ration_counter_change_flags(struct counter *c, uint32_t set, uint32_t clear)
{
	uint32_t flags = ration_load(&c->flags, relaxed);

	ration_exchange(&c->flags, (flags | set) & ~clear, seq_cst);
}

void
ration_counter_set_cap_max(struct ration_domain *d, struct counter *c, uint32_t bound)
{
	uint64_t more = (uint64_t)bound - ration_load(&c->cap_max, relaxed);
	uint32_t i;

	ration_store(&c->cap_max, bound, relaxed);
	/* If the bound shrinks, `more` has wrapped, and so does the sum. */
	for (i = 0; i <= c->depth; i++)
		ration_fetch_add(&ration_level(d, c, i)->stock_bound, more, relaxed);
}

uint32_t
ration_counter_cap(const struct counter *c, uint32_t batch, uint32_t batch_max)
{
	if (ration_load(&c->flags, relaxed) & COUNTER_STOCKLESS || batch == 0)
		return 0;
	return 2 * RTE_MAX(batch, batch_max);
}

static uint32_t
cap_now(const struct counter *c)
{
	return ration_counter_cap(c, ration_load(&c->batch, relaxed),
				  ration_load(&c->batch_max, relaxed));
}

void
ration_counter_enable_stock(struct ration_domain *d, struct counter *c)
{
	if (c->depth == 0 || !(ration_load(&c->flags, relaxed) & COUNTER_STOCKLESS))
		return;
	ration_counter_change_flags(c, 0, COUNTER_STOCKLESS);
	ration_counter_set_cap_max(d, c, cap_now(c));
}

void
ration_counter_publish(struct ration_domain *d, uint32_t index, const struct counter *parent,
		       const struct ration_counter_params *p)
{
	struct counter *c = ration_counter_at(d, index);
	uint32_t flags = COUNTER_IN_USE | p->flags;

	ration_store(&c->usage, 0, relaxed);
	ration_store(&c->usage_local, 0, relaxed);
	ration_store(&c->walkers, 0, relaxed);
	ration_store(&c->walkers_before, 0, relaxed);
	ration_store(&c->walks, 0, relaxed);
	ration_store(&c->watermark, 0, relaxed);
	ration_store(&c->failures, 0, relaxed);
	ration_store(&c->forced, 0, relaxed);
	ration_store(&c->rejected, 0, relaxed);
	ration_store(&c->refused, 0, relaxed);
	ration_store(&c->ledger, 0, relaxed);
	ration_store(&c->stock_bound, 0, relaxed);
	ration_store(&c->cap_max, 0, relaxed);
	ration_store(&c->over_max_ok, 0, relaxed);
	ration_store(&c->max, p->max, relaxed);
	ration_store(&c->batch, p->batch, relaxed);
	ration_store(&c->batch_max, p->batch_max, relaxed);
	c->depth = 0;
	c->parent = RATION_INDEX_NONE;
	c->parent_depth = 0;
	if (parent == NULL) {
		flags |= COUNTER_STOCKLESS;
	} else {
		c->depth = parent->depth + 1;
		memcpy(c->ancestors, parent->ancestors, sizeof(c->ancestors));
		c->ancestors[parent->depth] = ration_index_of(d, parent);
		c->parent = ration_index_of(d, parent);
		c->parent_depth = parent->depth;
	}
	/* Release: pairs with the acquire in ration_resolve(). */
	ration_store(&c->flags, flags, release);
	ration_counter_set_cap_max(d, c, cap_now(c));
}
