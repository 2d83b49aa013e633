/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The end of a counter. Control path: everything here runs under the domain's control lock.
 *
 * A counter of which units are granted can be destroyed too, if the caller wants so. It becomes a
 * ghost, as an offline cgroup in the kernel: no name, no charges, no stock, but its place in the
 * tree, so that its units stay with its ancestors until the last of them is uncharged. Control
 * calls that come later bury it then.
 */

#include <errno.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "path.h"
#include "ration_pvt.h"

/* Ghosts that one control call looks at. */
#define GHOSTS_AT_A_TIME 8

/*
 * Disable, drain, wait, drain again, see that nothing is left, wait again. Each step is needed
 * (model e_destroy): a walk that began before the mark may still put units into stock, and an
 * uncharge that has released the counter still reads its ancestors. Mutants that leave a step out,
 * in the order of the steps: NODYING, NODRAIN, NOGRACE, FREEATZERO; the second drain is for lcores
 * that answer in the middle of an operation.
 */
static int
retire(struct ration_domain *d, struct counter *c)
{
	ration_counter_t handle = ration_handle(d, ration_index_of(d, c));

	ration_change_flags(c, COUNTER_DYING, 0);
	if (ration_drain(d, handle, d->timeout_us, NULL) != 0)
		return -ETIMEDOUT;
	if (ration_grace_readers(d, ration_deadline(d)) != 0 ||
	    ration_grace(d, ration_deadline(d), NULL) != 0)
		return -ETIMEDOUT;
	if (ration_drain(d, handle, d->timeout_us, NULL) != 0)
		return -ETIMEDOUT;
	if (ration_load(&c->usage, seq_cst) != 0)
		return -EBUSY;
	return ration_grace(d, ration_deadline(d), NULL);
}

/* The entries of all lcores add up to 0, but those of one need not: units travel between lcores. */
static void
clear_ledgers(struct ration_domain *d, uint32_t index)
{
	struct ration_lcore *lc;
	uint32_t i;

	for (i = 0; i < d->max_lcores; i++) {
		lc = ration_block(d, &d->members[i]);
		if (lc != NULL)
			ration_store(&ration_ledger(lc)[index], 0, relaxed);
	}
}

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

/* Nobody uses the counter any more: make its index free, its handles stale. */
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
	clear_ledgers(d, index);
	ration_set_cap_bound(d, c, 0);
	ration_unlink_child(d, parent, index);
	ration_store(&c->flags, 0, release);
	ration_store(&c->gen, gen == 0 ? 1 : gen, release);
	ration_return_index(d, index);
	ration_tree_unlock(d);
	if (ration_node_at(d, parent)->nb_children == 0)
		ration_enable_stock(d, ration_counter_at(d, parent));
}

/* ------------------------------------------------------------------ ghosts */

static bool
is_ghost(const struct counter *c)
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

/* Whether all children of a counter are ghosts. */
static bool
only_ghosts_below(const struct ration_domain *d, uint32_t index)
{
	uint32_t child = ration_node_at(d, index)->first_child;

	for (; child != RATION_INDEX_NONE; child = ration_node_at(d, child)->next) {
		if (!is_ghost(ration_counter_at(d, child)))
			return false;
	}
	return true;
}

/* ----------------------------------------------------------------- destroy */

/* Whether the handle's counter can be destroyed at all. */
static int
check_destroy(struct ration_domain *d, const struct counter *c, ration_counter_t handle,
	      uint32_t flags)
{
	if (c == NULL || is_ghost(c))
		return -ESTALE;
	if (c->depth == 0)
		return -EPERM;
	if (ration_node_at(d, (uint32_t)handle)->nb_children == 0)
		return 0;
	return (flags & RATION_DESTROY_KEEP_UNITS) && only_ghosts_below(d, (uint32_t)handle)
		       ? 0
		       : -EBUSY;
}

static int
destroy(struct ration_domain *d, ration_counter_t handle, uint32_t flags)
{
	struct counter *c;
	int rc;

	ration_bury_ghosts(d, false);
	c = ration_resolve(d, handle);
	rc = check_destroy(d, c, handle, flags);
	if (rc != 0)
		return rc;
	rc = retire(d, c);
	/* A ghost below it that has no units any more is there all the same. */
	if (rc == 0 && ration_node_at(d, (uint32_t)handle)->nb_children > 0)
		rc = -EBUSY;
	if (rc == -EBUSY && (flags & RATION_DESTROY_KEEP_UNITS)) {
		remove_name(d, c);
		ration_change_flags(c, RATION_COUNTER_DESTROYED, 0);
		remember_ghost(d, (uint32_t)handle);
		return 0;
	}
	if (rc != 0) {
		ration_change_flags(c, 0, COUNTER_DYING);
		return rc;
	}
	remove_name(d, c);
	bury(d, c);
	return 0;
}

int
ration_counter_destroy(struct ration_domain *d, ration_counter_t c, uint32_t flags)
{
	int rc;

	if (flags & ~RATION_DESTROY_KEEP_UNITS)
		return -EINVAL;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	rc = destroy(d, c, flags);
	ration_control_unlock(d);
	return rc;
}
