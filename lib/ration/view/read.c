/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Read the granted units of a counter: usage minus the stock of all lcores.
 */

#include <errno.h>

#include "lcore/member.h"
#include "shm/zone.h"
#include "tree/counter.h"
#include "view/inspect.h"

/* A reading is tried so many times, until no other member walks the tree meanwhile. */
#define READ_TRIES 4

/* What one pass has read of a member. */
struct seen {
	bool other; /* It is an online member of another thread: its stock may change. */
	uint32_t seq; /* ration_lcore::seq before its stock entries were read. */
	uint64_t stock; /* Units in stock of the counter and all counters below it. */
	uint64_t slack; /* The most that this stock can differ before the next walk. */
};

/* Whether a member is online and of another thread. */
static bool
is_other(const struct ration_domain *d, uint32_t member_id)
{
	const struct member *m = &d->members[member_id];

	/* Acquire: pairs with the release by which a member goes offline or unregisters. */
	return MEMBER_STATE(ration_load(&m->state, acquire)) == MEMBER_ONLINE &&
	       !ration_member_is_mine(m);
}

/* Read the stock of one lcore in the counter `top` and all counters below it. */
static void
read_member(const struct ration_domain *d, const struct ration_area *of,
	    const struct ration_lineage *top, struct seen *seen)
{
	uint32_t i, index, stock, cap;
	uint64_t bits;

	seen->seq = ration_load(&of->lc->seq, acquire);
	for (i = 0; i < of->nb_stocks / 64; i++) {
		bits = ration_load(&of->active[i], relaxed);
		for (; bits != 0; bits &= bits - 1) {
			index = i * 64 + (uint32_t)__builtin_ctzll(bits);
			if (index >= d->max_counters || !ration_is_in_subtree(d, index, top))
				continue;
			/* Acquire: the entry is read before seq is read again. */
			stock = ration_load(&of->stocks[index].units, acquire);
			cap = ration_limit_cap(ration_load(&of->stocks[index].limit, acquire));
			seen->stock += stock;
			/* Hits move it between 0 and the cap; only a walk changes the cap. */
			seen->slack += RTE_MAX(stock, (uint32_t)ration_sub_sat(cap, stock));
		}
	}
}

/* The most that the stock of a member can have been another one when usage was read. */
static uint64_t
error_of(const struct ration_domain *d, uint32_t member_id, const struct seen *seen,
	 uint64_t stock_bound, bool *walked)
{
	struct ration_area area;

	/* A member that was not online before may have come online during the pass. */
	if (!seen->other && !is_other(d, member_id))
		return 0;
	if (ration_area_find(d, member_id, &area) <= 0)
		return 0;
	if (!(seen->seq & 1) && ration_load(&area.lc->seq, acquire) == seen->seq)
		return RTE_MIN(seen->slack, stock_bound);
	*walked = true;
	return stock_bound;
}

/* The largest stock that a member can have of a counter and its subtree. */
static uint64_t
stock_bound_of(const struct ration_domain *d, const struct counter *c)
{
	return RTE_MIN(ration_load(&c->stock_bound, relaxed), d->stock_share);
}

/* One pass. @return false if another member walked the tree meanwhile */
static bool
read_pass(const struct ration_domain *d, const struct counter *c, const struct ration_lineage *top,
	  struct ration_reading *reading)
{
	uint64_t stock_bound = stock_bound_of(d, c);
	struct seen seen[RATION_MEMBERS_MAX] = {0};
	struct ration_area area;
	bool walked = false;
	uint32_t i;

	reading->stock = 0;
	reading->error = 0;
	for (i = 0; i < d->max_members; i++) {
		if (ration_area_find(d, i, &area) <= 0)
			continue;
		seen[i].other = is_other(d, i);
		read_member(d, &area, top, &seen[i]);
		reading->stock += seen[i].stock;
	}
	reading->usage = ration_load(&c->usage, seq_cst);
	for (i = 0; i < d->max_members; i++)
		reading->error += error_of(d, i, &seen[i], stock_bound, &walked);
	return !walked;
}

int
ration_read_sum(const struct ration_domain *d, ration_counter_t handle,
		struct ration_reading *reading)
{
	struct ration_lineage lineage;
	uint32_t tries = 0;
	struct counter *c;
	int rc;

	if (reading == NULL)
		return -EINVAL;
	rc = ration_inspect(d, handle, &c, &lineage);
	if (rc != 0)
		return rc;
	while (!read_pass(d, c, &lineage, reading) && ++tries < READ_TRIES)
		;
	/* The stocks may have been read at different instants, so their sum may exceed usage. */
	reading->stock = RTE_MIN(reading->stock, reading->usage);
	reading->granted = reading->usage - reading->stock;
	/* The true value is between 0 and usage. */
	reading->error = RTE_MIN(reading->error, RTE_MAX(reading->granted, reading->stock));
	return 0;
}

int
ration_read(const struct ration_domain *d, ration_counter_t handle, struct ration_reading *reading)
{
	struct counter *c = ration_resolve(d, handle);

	if (reading == NULL)
		return -EINVAL;
	if (c == NULL)
		return -ESTALE;
	reading->usage = ration_load(&c->usage, relaxed);
	reading->stock = 0;
	reading->granted = reading->usage;
	/* Usage covers all stock. */
	reading->error = RTE_MIN(ration_nb_online(d) * stock_bound_of(d, c), reading->usage);
	return 0;
}
