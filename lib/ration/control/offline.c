/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Offline counters, and releasing counters. Under the control lock.
 *
 * With RATION_DESTROY_KEEP_UNITS, a counter with granted units goes offline, as an offline cgroup
 * in the kernel. It has no name and no stock, and refuses charges, but it stays linked in the tree,
 * so its units stay charged to its ancestors until the last one is uncharged through the old
 * handle. Later control calls find that usage is 0, and release the counter after a grace period:
 * E5 to E7 of destroy.c.
 */

#include "control/lock.h"
#include "control/offline.h"
#include "drain/grace.h"
#include "lcore/ledger.h"
#include "shm/process.h"
#include "shm/tree_lock.h"
#include "tree/counter.h"
#include "tree/index.h"
#include "tree/links.h"
#include "tree/names.h"

/* Number of offline counters that one control call checks. */
#define OFFLINE_AT_A_TIME 8

/* Free the name of a counter. */
static void
remove_name(struct ration_domain *d, struct counter *c)
{
	const char *name = ration_node_at(d, ration_index_of(d, c))->name;
	struct local *l = ration_local(d);

	ration_tree_lock(d);
	ration_paths_remove(l->paths, ration_parent_index(c), name);
	ration_tree_unlock(d);
}

static void
release(struct ration_domain *d, struct counter *c)
{
	uint32_t index = ration_index_of(d, c), parent = ration_parent_index(c);
	uint32_t gen = ration_load(&c->gen, relaxed) + 1;

	/*
	 * The tree lock keeps drain/repair.c from reading the ledgers while they are cleared one by
	 * one: their sum is wrong meanwhile.
	 */
	ration_tree_lock(d);
	ration_ledgers_clear(d, index);
	ration_counter_set_cap_max(d, c, 0);
	ration_unlink_child(d, parent, index);
	ration_store(&c->flags, 0, release);
	ration_store(&c->gen, gen == 0 ? 1 : gen, release);
	ration_return_index(d, index);
	ration_tree_unlock(d);
	if (ration_node_at(d, parent)->nb_children == 0)
		ration_counter_enable_stock(d, ration_counter_at(d, parent));
}

bool
ration_counter_is_offline(const struct counter *c)
{
	return ration_load(&c->flags, relaxed) & RATION_COUNTER_OFFLINE;
}

/* Append a counter to the list of offline counters. */
static void
append_offline(struct ration_domain *d, uint32_t index)
{
	ration_node_at(d, index)->next_offline = RATION_INDEX_NONE;
	if (d->last_offline != RATION_INDEX_NONE)
		ration_node_at(d, d->last_offline)->next_offline = index;
	else
		d->first_offline = index;
	d->last_offline = index;
	d->nb_offline++;
}

static uint32_t
remove_first_offline(struct ration_domain *d)
{
	uint32_t index = d->first_offline;

	d->first_offline = ration_node_at(d, index)->next_offline;
	if (d->first_offline == RATION_INDEX_NONE)
		d->last_offline = RATION_INDEX_NONE;
	d->nb_offline--;
	return index;
}

/* Release an offline counter if all its units are uncharged. It has no stock to drain. */
static bool
try_release(struct ration_domain *d, uint32_t index)
{
	struct counter *c = ration_counter_at(d, index);

	if (ration_node_at(d, index)->nb_children > 0 || ration_load(&c->usage, seq_cst) != 0)
		return false;
	/* Model e_destroy: OFFLINEGRACE. */
	if (ration_grace(d, ration_deadline(d), NULL) != 0)
		return false;
	release(d, c);
	return true;
}

void
ration_offline_release(struct ration_domain *d, bool all)
{
	uint32_t nb = all ? d->nb_offline : RTE_MIN(d->nb_offline, (uint32_t)OFFLINE_AT_A_TIME);
	uint32_t index;

	for (; nb > 0; nb--) {
		index = remove_first_offline(d);
		if (!try_release(d, index))
			append_offline(d, index);
	}
}

bool
ration_only_offline_below(const struct ration_domain *d, uint32_t index)
{
	uint32_t child = ration_node_at(d, index)->first_child;

	for (; child != RATION_INDEX_NONE; child = ration_node_at(d, child)->next) {
		if (!ration_counter_is_offline(ration_counter_at(d, child)))
			return false;
	}
	return true;
}

void
ration_counter_take_offline(struct ration_domain *d, struct counter *c)
{
	remove_name(d, c);
	ration_counter_change_flags(c, RATION_COUNTER_OFFLINE, 0);
	append_offline(d, ration_index_of(d, c));
}

void
ration_counter_release(struct ration_domain *d, struct counter *c)
{
	remove_name(d, c);
	release(d, c);
}
