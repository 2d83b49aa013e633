/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Stock near a limit.
 *
 * If nothing may stay in stock near a limit, each unit walks the tree, both ways, and all lcores
 * meet at the same counters: the price of a packet grows with the number of lcores, exactly when a
 * budget is in use. So an lcore keeps a share of the limit, and returns what it does not use when
 * another lcore is refused (watch.c). The share holds at every level (promise P4):
 *
 *   share of an lcore at level l = max(l) / members that use l
 *   share of c at level l = the larger of  share of the lcore - its caps of other counters
 *                                     and  share of the lcore / (stock_bound(l) / cap_max(c))
 *
 * An lcore that has stock of one counter only uses all of its share for it. Otherwise the limit of
 * a parent is divided among the counters below it, by the largest caps that they can have. An entry
 * that got all keeps its cap until its next walk. Until then the lcore may have twice its share.
 *
 * A share of which all is used in each burst costs no walk, and for what exceeds the share, a look
 * that finds no room. An lcore takes nothing ahead here, so it hides at most what it charged and
 * got back.
 *
 * Members that use l. A share for each member that is online would leave a few busy lcores among
 * many idle ones with next to nothing. So a walk near a limit sets the bit of its member at each
 * level, and the bits are forgotten after some more walks. Plain loads and stores, on the line that
 * the walk has written anyway: a lost bit makes a share too large for a while, no more; the limits
 * are enforced by usage.
 *
 * A refused charge sets no bit: it writes nothing that others write (P9). An lcore that comes when
 * the others have all units gets some of them by its requests, in a walk (refusal.c).
 */

#include "lcore/member.h"
#include "lcore/share.h"
#include "tree/counter.h"

/* All bits are forgotten after so many walks for each member, one time later. */
#define WALKS_PER_MEMBER 8
/* Members with the same remainder share a bit. */
#define BITS 64
static uint64_t
bit_of(const struct ration_lcore *lc)
{
	return UINT64_C(1) << lc->member_id % BITS;
}

/* Number of members that walked at level l lately, lc included. */
static uint32_t
nb_walkers(const struct ration_lcore *lc, const struct counter *l)
{
	uint64_t members = bit_of(lc) | ration_load(&l->walkers, relaxed) |
			   ration_load(&l->walkers_before, relaxed);
	uint32_t nb_members = ration_load(&ration_domain_of(lc)->nb_members, relaxed);

	return (uint32_t)__builtin_popcountll(members) * ((nb_members + BITS - 1) / BITS);
}

/* The share at level l, rounded up, without what is hidden below others of its children. */
static uint64_t
share_at(const struct ration_lcore *lc, const struct counter *l)
{
	uint64_t max = ration_load(&l->max, relaxed);
	uint32_t nb = nb_walkers(lc, l);

	return max / nb + (max % nb != 0);
}

/* Caps of the other stock entries of lc: at least those below a level. */
static uint64_t
other_caps(const struct ration_lcore *lc, uint32_t index)
{
	return ration_workspace(lc)->caps -
	       ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed));
}

uint64_t
ration_share_units(const struct ration_lcore *lc, struct counter *c)
{
	const struct ration_domain *d = ration_domain_of(lc);
	uint32_t i, cap_max = RTE_MAX(ration_load(&c->cap_max, relaxed), 1u);
	uint64_t near = (uint64_t)cap_max * RTE_MAX(ration_nb_online(d), 1u); /* All stocks of c. */
	uint64_t share = UINT64_MAX, max, usage, parts, whole;
	uint64_t others = other_caps(lc, ration_index_of(d, c));
	uint32_t flags = 0;
	struct counter *l;

	for (i = 0; i <= c->depth; i++) {
		l = ration_level(d, c, i);
		flags |= ration_load(&l->flags, relaxed);
		max = ration_load(&l->max, relaxed);
		usage = ration_load(&l->usage, relaxed);
		if (ration_sub_sat(max, usage) >= near)
			continue;
		if (usage > max) /* All that comes back brings usage down to the limit. */
			return 0;
		parts = (ration_load(&l->stock_bound, relaxed) + cap_max - 1) / cap_max;
		whole = share_at(lc, l);
		share = RTE_MIN(share,
				RTE_MAX(whole / RTE_MAX(parts, 1u), ration_sub_sat(whole, others)));
	}
	return share != UINT64_MAX && flags & RATION_COUNTER_EXACT ? 0 : share;
}

static void
note_at(const struct ration_lcore *lc, struct counter *l)
{
	uint32_t walks = ration_load(&l->walks, relaxed) + 1;
	uint64_t members = ration_load(&l->walkers, relaxed);

	if (walks < WALKS_PER_MEMBER * ration_load(&ration_domain_of(lc)->nb_members, relaxed)) {
		ration_store(&l->walks, walks, relaxed);
		if (!(members & bit_of(lc)))
			ration_store(&l->walkers, members | bit_of(lc), relaxed);
		return;
	}
	ration_store(&l->walks, 0, relaxed);
	ration_store(&l->walkers_before, members, relaxed);
	ration_store(&l->walkers, bit_of(lc), relaxed);
}

void
ration_share_note(const struct ration_lcore *lc, struct counter *c)
{
	uint32_t i;

	for (i = 0; i <= c->depth; i++)
		note_at(lc, ration_level(ration_domain_of(lc), c, i));
}
