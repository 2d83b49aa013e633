/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Walks of the tree: they enforce the limits.
 *
 * A charge goes from the root to the counter, an uncharge from the counter to the root. So at every
 * instant the usage of a parent is at least the sum of the usage of its children, and usage is at
 * least granted + stock.
 *
 * Each level of a charge is a compare-and-swap that does not let usage exceed max (promise P1). The
 * kernel adds first and subtracts if the sum exceeds max; in between, smaller charges that would
 * fit fail. Model a_feed_gate: LEAFFIRST, ADDCANCEL.
 *
 * More in doc/guide/internals/protocols.rst, "Walks of the tree".
 */

#include <errno.h>

#include "tree/counter.h"
#include "tree/hierarchy.h"
#include "tree/usage_local.h"

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

/* Add n to usage if the sum is at most max. @return false if there is no room */
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
	 * The limit may have been lowered since it was read. The setter stores max and then reads
	 * usage; this walk has added to usage and now reads max. All four are seq_cst, so either
	 * this load sees the new limit, or the setter sees the units. Models g_set_max: NOREREAD,
	 * NOBUMP; n_handshakes: LIMIT.
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

/* Give back the units that a failed walk has taken, from level `depth` - 1 to the root. */
static void
walk_back(struct ration_domain *d, struct counter *c, uint32_t depth, uint64_t n)
{
	struct counter *l;

	while (depth-- > 0) {
		l = ration_level(d, c, depth);
		ration_fetch_sub(&l->usage, n, seq_cst);
		/*
		 * After the units are back. ration_try_charge_sync() relies on it: if the count did
		 * not change, no failed walk held units. Model b_phantom: COUNTFIRST.
		 */
		ration_fetch_add(&l->rollbacks, 1, seq_cst);
	}
}

struct hier_room
ration_hier_look(const struct ration_domain *d, struct counter *c, uint64_t n)
{
	struct hier_room room = {.units = n};
	struct counter *l;
	uint64_t left;
	uint32_t i;

	/*
	 * From the counter up, and not beyond a level that is full: the upper levels are those of
	 * many lcores, and a tenant at its own limit should not take their lines from others.
	 */
	for (i = c->depth + 1; i-- > 0 && room.units > 0;) {
		l = ration_level(d, c, i);
		left = ration_sub_sat(ration_load(&l->max, relaxed),
				      ration_load(&l->usage, relaxed));
		if (left >= n)
			continue;
		if (room.lacks == NULL)
			room.lacks = l;
		if (left < room.units) {
			room.units = left;
			room.least = l;
		}
	}
	return room;
}

int
ration_hier_charge(struct ration_domain *d, struct counter *c, uint64_t n, struct counter **failed)
{
	uint64_t usage[RATION_DEPTH_MAX + 1] = {0};
	struct counter *l;
	uint32_t i;

	/*
	 * Read all levels first: a walk that cannot succeed should not hold units meanwhile, which
	 * makes charges of other lcores fail. Model b_phantom: DOMAIN.
	 */
	*failed = ration_hier_look(d, c, n).lacks;
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
	/* No usage can wrap: it is at least usage_local, and at least the usage of the children. */
	for (i = c->depth + 1; i-- > 0;)
		ration_fetch_sub(&ration_level(d, c, i)->usage, n, seq_cst);
	return 0;
}
