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

/* Stock of one lcore in the counter `top` and all counters below it, in units. */
static uint64_t
lcore_stock(const struct ration_domain *d, const struct ration_area *of,
	    const struct ration_lineage *top)
{
	uint64_t units = 0, bits;
	uint32_t i, index;

	for (i = 0; i < of->nb_stocks / 64; i++) {
		bits = ration_load(&of->active[i], relaxed);
		for (; bits != 0; bits &= bits - 1) {
			index = i * 64 + (uint32_t)__builtin_ctzll(bits);
			if (index < d->max_counters && ration_is_in_subtree(d, index, top))
				units += ration_load(&of->stocks[index].units, relaxed);
		}
	}
	return units;
}

/* Number of online members of other threads. Their stock may change at any time. */
static uint32_t
count_others(const struct ration_domain *d)
{
	uint32_t nb_members = RTE_MIN(ration_load(&d->nb_members, acquire), d->max_members);
	uint32_t others = 0, i;
	const struct member *m;

	for (i = 0; i < nb_members; i++) {
		m = &d->members[i];
		/* Acquire: pairs with the release by which a member goes offline or unregisters. */
		if (MEMBER_STATE(ration_load(&m->state, acquire)) == MEMBER_ONLINE)
			others += !ration_member_is_mine(m);
	}
	return others;
}

int
ration_read_sum(const struct ration_domain *d, ration_counter_t handle,
		struct ration_reading *reading)
{
	struct ration_area stocks;
	struct ration_lineage lineage;
	uint32_t others, i;
	struct counter *c;
	int rc;

	if (reading == NULL)
		return -EINVAL;
	rc = ration_inspect(d, handle, &c, &lineage);
	if (rc != 0)
		return rc;
	others = count_others(d);
	reading->stock = 0;
	for (i = 0; i < d->max_members; i++) {
		if (ration_area_find(d, i, &stocks) > 0)
			reading->stock += lcore_stock(d, &stocks, &lineage);
	}
	reading->usage = ration_load(&c->usage, seq_cst);
	/* Count again: a member may have gone online during the sum. */
	others = RTE_MAX(others, count_others(d));
	/* The stocks may have been read at different instants, so their sum may exceed usage. */
	reading->stock = RTE_MIN(reading->stock, reading->usage);
	reading->granted = reading->usage - reading->stock;
	reading->error = others * ration_load(&c->stock_bound, relaxed);
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
	reading->error = ration_nb_online(d) * ration_load(&c->stock_bound, relaxed);
	return 0;
}
