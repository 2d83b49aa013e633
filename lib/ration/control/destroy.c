/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Destroying a counter, and all counters below it if asked to, under the control lock.
 *
 * E1: mark the counter and all counters below it DYING: no charges, no precharge.
 * E2: drain it, and with it all counters below it.
 * E3: wait for the readers of the application, then for a grace period. A walk that started before
 *     E1 may still have put units into stock.
 * E4: drain it again: these units return, and those of lcores that answered E2 in the middle of a
 *     walk.
 * E5: read usage, which covers that of all counters below. If it is not 0, clear the marks and
 *     return -EBUSY.
 * E6: a second grace period: an uncharge that has reduced usage to 0 still reads the ancestors.
 * E7: release the counters, children first (offline.c).
 *
 * So a subtree takes as many waits as one counter, and is destroyed as a whole or not at all.
 *
 * Model e_destroy; see "Destroying a counter" in doc/guide/internals/protocols.rst.
 */

#include <errno.h>

#include <rte_errno.h>

#include "control/lock.h"
#include "control/offline.h"
#include "drain/grace.h"
#include "shm/eal.h"
#include "shm/params.h"
#include "tree/counter.h"
#include "tree/links.h"
#include "tree/path.h"

/* Set and clear flags of a counter and of all counters below it, except offline ones. */
static void
change_flags_below(struct ration_domain *d, const struct counter *top, uint32_t set, uint32_t clear)
{
	uint32_t from = ration_index_of(d, top), i = ration_subtree_first(d, from);

	for (; i != RATION_INDEX_NONE; i = ration_subtree_next(d, i, from)) {
		if (!ration_counter_is_offline(ration_counter_at(d, i)))
			ration_counter_change_flags(ration_counter_at(d, i), set, clear);
	}
}

/*
 * E1 to E6. Mutants of the model that omit E1, E2, E3 and E6: NODYING, NODRAIN, NOGRACE,
 * FREEATZERO.
 */
static int
retire(struct ration_domain *d, struct counter *c)
{
	ration_counter_t handle = ration_handle(d, ration_index_of(d, c));

	change_flags_below(d, c, COUNTER_DYING, 0);
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

/* Check that a counter may be destroyed. @return 0 or negative errno */
static int
check_destroy(struct ration_domain *d, const struct counter *c, ration_counter_t handle,
	      uint32_t flags)
{
	if (c == NULL || ration_counter_is_offline(c))
		return -ESTALE;
	if (c->depth == 0)
		return -EPERM;
	if (ration_node_at(d, (uint32_t)handle)->nb_children == 0 ||
	    (flags & RATION_DESTROY_RECURSIVE))
		return 0;
	return (flags & RATION_DESTROY_KEEP_UNITS) && ration_only_offline_below(d, (uint32_t)handle)
		       ? 0
		       : -EBUSY;
}

/* Return true if an offline counter is below c. It has units, or waits for a grace period. */
static bool
has_offline_below(const struct ration_domain *d, const struct counter *c)
{
	uint32_t from = ration_index_of(d, c), i = ration_subtree_first(d, from);

	for (; i != RATION_INDEX_NONE; i = ration_subtree_next(d, i, from)) {
		if (ration_counter_is_offline(ration_counter_at(d, i)))
			return true;
	}
	return false;
}

/*
 * E5 and E6 for each counter of a subtree in which units are granted. No charges are possible, so
 * usage that is 0 stays 0.
 */
static void
mark_empty_below(struct ration_domain *d, const struct counter *top)
{
	uint32_t from = ration_index_of(d, top), i = ration_subtree_first(d, from);
	struct counter *c;

	for (; i != RATION_INDEX_NONE; i = ration_subtree_next(d, i, from)) {
		c = ration_counter_at(d, i);
		if (!ration_counter_is_offline(c) && ration_load(&c->usage, seq_cst) == 0)
			ration_counter_change_flags(c, COUNTER_EMPTY, 0);
	}
	/* Without the grace period, none may be released now. */
	if (ration_grace(d, ration_deadline(d), NULL) != 0)
		change_flags_below(d, top, 0, COUNTER_EMPTY);
}

/* E7: release the marked counters of a subtree, or all of them; take the others offline. */
static void
release_below(struct ration_domain *d, const struct counter *top, bool all)
{
	uint32_t from = ration_index_of(d, top), i = ration_subtree_first(d, from), next;
	struct counter *c;

	for (; i != RATION_INDEX_NONE; i = next) {
		next = ration_subtree_next(d, i, from);
		c = ration_counter_at(d, i);
		if (ration_counter_is_offline(c))
			continue;
		/* An offline child still needs its parent. */
		if ((all || (ration_load(&c->flags, relaxed) & COUNTER_EMPTY)) &&
		    ration_node_at(d, i)->nb_children == 0) {
			ration_counter_release(d, c);
			continue;
		}
		ration_counter_change_flags(c, 0, COUNTER_EMPTY);
		ration_counter_take_offline(d, c);
	}
}

static int
destroy(struct ration_domain *d, ration_counter_t handle, uint32_t flags)
{
	bool recursive = flags & RATION_DESTROY_RECURSIVE;
	struct counter *c;
	int rc;

	ration_offline_release(d, false);
	c = ration_resolve(d, handle);
	rc = check_destroy(d, c, handle, flags);
	if (rc != 0)
		return rc;
	rc = retire(d, c);
	/* Offline counters below have no units any more: release them. */
	if (rc == 0 && recursive && has_offline_below(d, c))
		ration_offline_release(d, true);
	/* An offline child without units is not released yet, and still needs its parent. */
	if (rc == 0 && has_offline_below(d, c))
		rc = -EBUSY;
	if (rc == -EBUSY && (flags & RATION_DESTROY_KEEP_UNITS)) {
		if (recursive)
			mark_empty_below(d, c);
		release_below(d, c, false);
		return 0;
	}
	if (rc != 0) {
		change_flags_below(d, c, 0, COUNTER_DYING);
		return rc;
	}
	release_below(d, c, true);
	return 0;
}

int
ration_counter_destroy(struct ration_domain *d, ration_counter_t c, uint32_t flags)
{
	const uint32_t allowed = RATION_DESTROY_KEEP_UNITS | RATION_DESTROY_RECURSIVE;
	char path[RATION_PATH_SIZE];
	int rc;

	if (flags & ~allowed) {
		const struct params_of of = {d->name, "destroy of", ration_path_text(d, c, path)};

		ration_flags_fit(&of, flags, allowed);
		return -EINVAL;
	}
	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	rc = destroy(d, c, flags);
	ration_control_unlock(d);
	return rc;
}
