/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * A counter of which units are granted can be destroyed too, if the caller wants so. It becomes a
 * ghost, as an offline cgroup in the kernel: no name, no charges, no stock, but its place in the
 * tree, so that its units stay with its ancestors until the last of them is uncharged. Control
 * calls that come later bury it then. Everything here runs under the control lock.
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

/* Ghosts that one control call looks at. */
#define GHOSTS_AT_A_TIME 8

/* Take the name from a counter, so that another can have it. */
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
bury(struct ration_domain *d, struct counter *c)
{
	uint32_t index = ration_index_of(d, c), parent = ration_parent_index(c);
	uint32_t gen = ration_load(&c->gen, relaxed) + 1;

	/*
	 * With the lock: while they are cleared one by one they do not add up, and who mends after
	 * a death, with the lock too, must not believe them.
	 */
	ration_tree_lock(d);
	ration_ledgers_clear(d, index);
	ration_set_cap_bound(d, c, 0);
	ration_unlink_child(d, parent, index);
	ration_store(&c->flags, 0, release);
	ration_store(&c->gen, gen == 0 ? 1 : gen, release);
	ration_return_index(d, index);
	ration_tree_unlock(d);
	if (ration_node_at(d, parent)->nb_children == 0)
		ration_enable_stock(d, ration_counter_at(d, parent));
}

bool
ration_is_ghost(const struct counter *c)
{
	return ration_load(&c->flags, relaxed) & RATION_COUNTER_DESTROYED;
}

/* Enter a ghost at the end of the list. */
static void
remember_ghost(struct ration_domain *d, uint32_t index)
{
	ration_node_at(d, index)->next_ghost = RATION_INDEX_NONE;
	if (d->last_ghost != RATION_INDEX_NONE)
		ration_node_at(d, d->last_ghost)->next_ghost = index;
	else
		d->first_ghost = index;
	d->last_ghost = index;
	d->nb_ghosts++;
}

static uint32_t
forget_first_ghost(struct ration_domain *d)
{
	uint32_t index = d->first_ghost;

	d->first_ghost = ration_node_at(d, index)->next_ghost;
	if (d->first_ghost == RATION_INDEX_NONE)
		d->last_ghost = RATION_INDEX_NONE;
	d->nb_ghosts--;
	return index;
}

/* Bury a ghost if its units have come back. Its stock is disabled since it became one. */
static bool
try_bury(struct ration_domain *d, uint32_t index)
{
	struct counter *c = ration_counter_at(d, index);

	if (ration_node_at(d, index)->nb_children > 0 || ration_load(&c->usage, seq_cst) != 0)
		return false;
	/* Model e_destroy: GHOSTGRACE. */
	if (ration_grace(d, ration_deadline(d), NULL) != 0)
		return false;
	bury(d, c);
	return true;
}

void
ration_bury_ghosts(struct ration_domain *d, bool all)
{
	uint32_t nb = all ? d->nb_ghosts : RTE_MIN(d->nb_ghosts, (uint32_t)GHOSTS_AT_A_TIME);
	uint32_t index;

	for (; nb > 0; nb--) {
		index = forget_first_ghost(d);
		if (!try_bury(d, index))
			remember_ghost(d, index);
	}
}

bool
ration_only_ghosts_below(const struct ration_domain *d, uint32_t index)
{
	uint32_t child = ration_node_at(d, index)->first_child;

	for (; child != RATION_INDEX_NONE; child = ration_node_at(d, child)->next) {
		if (!ration_is_ghost(ration_counter_at(d, child)))
			return false;
	}
	return true;
}

void
ration_make_ghost(struct ration_domain *d, struct counter *c)
{
	remove_name(d, c);
	ration_change_flags(c, RATION_COUNTER_DESTROYED, 0);
	remember_ghost(d, ration_index_of(d, c));
}

void
ration_bury(struct ration_domain *d, struct counter *c)
{
	remove_name(d, c);
	bury(d, c);
}
