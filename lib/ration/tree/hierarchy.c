/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The walk up and down the tree: limits, and nothing else.
 *
 * Charges go from the root to the counter, returns from the counter to the root, so that at every
 * instant usage(parent) >= sum of usage(children), and usage >= granted + stock. Each level is a
 * compare-and-swap that never lets usage pass max (promise P1): adding first and cancelling when it
 * was too much, as the kernel does, would make smaller charges fail meanwhile. Model a_feed_gate:
 * LEAFFIRST, ADDCANCEL.
 */

#include <errno.h>

#include "tree/counter.h"
#include "tree/hierarchy.h"
#include "tree/usage_local.h"

static bool
has_room(const struct counter *c, uint64_t n)
{
	uint64_t max = ration_load(&c->max, relaxed);

	return ration_fits(ration_load(&c->usage, relaxed), n, max);
}

uint64_t
ration_hier_margin(const struct ration_domain *d, struct counter *c)
{
	uint64_t margin = RATION_UNLIMITED, max, left;
	struct counter *l;
	uint32_t i;

	for (i = 0; i <= c->depth; i++) {
		l = ration_level(d, c, i);
		max = ration_load(&l->max, relaxed);
		left = ration_sub_sat(max, ration_load(&l->usage, relaxed));
		margin = RTE_MIN(margin, left);
	}
	return margin;
}

/* Add n to usage if it stays within limit. @return false: there is no room. */
static bool
add_bounded(struct counter *c, uint64_t n, uint64_t *usage)
{
	uint64_t old = ration_load(&c->usage, relaxed);
	uint64_t max;

	do {
		max = ration_load(&c->max, relaxed);
		if (!ration_fits(old, n, max))
			return false;
		/* seq_cst: pairs with the exchange of max in ration_counter_set_max(). */
	} while (!ration_cas(&c->usage, &old, old + n, seq_cst));
	*usage = old + n;
	/*
	 * The limit may have been lowered since it was read. Either this load sees the new limit or
	 * the setter, who stores it before it reads usage, sees the units just added. Models
	 * g_set_max: NOREREAD, NOBUMP; n_handshakes: LIMIT.
	 */
	if (unlikely(*usage > ration_load(&c->max, seq_cst))) {
		ration_fetch_sub(&c->usage, n, seq_cst);
		ration_fetch_add(&c->rollbacks, 1, seq_cst);
		return false;
	}
	return true;
}

static void
raise_watermark(struct counter *c, uint64_t usage)
{
	uint64_t old = ration_load(&c->watermark, relaxed);

	while (usage > old && !ration_cas(&c->watermark, &old, usage, relaxed))
		;
}

/* Give back what a failed walk has taken, from level `depth` - 1 to the root. */
static void
walk_back(struct ration_domain *d, struct counter *c, uint32_t depth, uint64_t n)
{
	struct counter *l;

	while (depth-- > 0) {
		l = ration_level(d, c, depth);
		ration_fetch_sub(&l->usage, n, seq_cst);
		/*
		 * After the units are back: who waits for this word to be still may rely on it.
		 * Model b_phantom: COUNTFIRST.
		 */
		ration_fetch_add(&l->rollbacks, 1, seq_cst);
	}
}

/* The lowest level that lacks room for n, or NULL. */
static struct counter *
lowest_without_room(struct ration_domain *d, struct counter *c, uint64_t n)
{
	struct counter *l;
	uint32_t i;

	for (i = c->depth + 1; i-- > 0;) {
		l = ration_level(d, c, i);
		if (!has_room(l, n))
			return l;
	}
	return NULL;
}

int
ration_hier_charge(struct ration_domain *d, struct counter *c, uint64_t n, struct counter **failed)
{
	uint64_t usage[RATION_DEPTH_MAX + 1] = {0};
	struct counter *l;
	uint32_t i;

	/*
	 * Look first: a walk that cannot succeed should not hold units that others could have.
	 * Model b_phantom: DOMAIN.
	 */
	*failed = lowest_without_room(d, c, n);
	if (*failed != NULL)
		return -EDQUOT;
	for (i = 0; i <= c->depth; i++) {
		l = ration_level(d, c, i);
		if (likely(add_bounded(l, n, &usage[i])))
			continue;
		walk_back(d, c, i, n);
		*failed = l;
		return -EDQUOT;
	}
	ration_fetch_add(&c->usage_local, n, seq_cst);
	for (i = 0; i <= c->depth; i++)
		raise_watermark(ration_level(d, c, i), usage[i]);
	return 0;
}

/* Model h_forced. */
int
ration_hier_force(struct ration_domain *d, struct counter *c, uint64_t n, bool *over)
{
	struct counter *l;
	uint64_t old;
	uint32_t i;

	*over = false;
	for (i = 0; i <= c->depth; i++) {
		l = ration_level(d, c, i);
		old = ration_load(&l->usage, relaxed);
		do {
			if (!ration_fits(old, n, RATION_UNLIMITED)) {
				walk_back(d, c, i, n);
				return -EOVERFLOW;
			}
		} while (!ration_cas(&l->usage, &old, old + n, seq_cst));
		raise_watermark(l, old + n);
		if (old + n > ration_load(&l->max, relaxed)) {
			ration_fetch_add(&l->forced, 1, relaxed);
			ration_store(&l->over_max_ok, 1, relaxed);
			*over = true;
		}
	}
	ration_fetch_add(&c->usage_local, n, seq_cst);
	return 0;
}

int
ration_hier_uncharge(struct ration_domain *d, struct counter *c, uint64_t n)
{
	uint32_t i;

	if (ration_usage_local_take(c, n, false) != n)
		return -ERANGE;
	/* usage covers own, and a parent its children: nothing can wrap. */
	for (i = c->depth + 1; i-- > 0;)
		ration_fetch_sub(&ration_level(d, c, i)->usage, n, seq_cst);
	return 0;
}
