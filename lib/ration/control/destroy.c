/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Destroying a counter, under the control lock.
 *
 * E1: mark the counter DYING: no charges, no precharge.
 * E2: drain it.
 * E3: wait for the readers of the application, then for a grace period. A walk that started before
 *     E1 may still have put units into stock.
 * E4: drain it again: these units return, and those of lcores that answered E2 in the middle of a
 *     walk.
 * E5: read usage. If it is not 0, clear the mark and return -EBUSY.
 * E6: a second grace period: an uncharge that has reduced usage to 0 still reads the ancestors.
 * E7: release the counter (offline.c).
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
#include "tree/path.h"

/*
 * E1 to E6. Mutants of the model that omit E1, E2, E3 and E6: NODYING, NODRAIN, NOGRACE,
 * FREEATZERO.
 */
static int
retire(struct ration_domain *d, struct counter *c)
{
	ration_counter_t handle = ration_handle(d, ration_index_of(d, c));

	ration_counter_change_flags(c, COUNTER_DYING, 0);
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
	if (ration_node_at(d, (uint32_t)handle)->nb_children == 0)
		return 0;
	return (flags & RATION_DESTROY_KEEP_UNITS) && ration_only_offline_below(d, (uint32_t)handle)
		       ? 0
		       : -EBUSY;
}

static int
destroy(struct ration_domain *d, ration_counter_t handle, uint32_t flags)
{
	struct counter *c;
	int rc;

	ration_offline_release(d, false);
	c = ration_resolve(d, handle);
	rc = check_destroy(d, c, handle, flags);
	if (rc != 0)
		return rc;
	rc = retire(d, c);
	/* An offline child without units is not released yet, and still needs its parent. */
	if (rc == 0 && ration_node_at(d, (uint32_t)handle)->nb_children > 0)
		rc = -EBUSY;
	if (rc == -EBUSY && (flags & RATION_DESTROY_KEEP_UNITS)) {
		ration_counter_take_offline(d, c);
		return 0;
	}
	if (rc != 0) {
		ration_counter_change_flags(c, 0, COUNTER_DYING);
		return rc;
	}
	ration_counter_release(d, c);
	return 0;
}

int
ration_counter_destroy(struct ration_domain *d, ration_counter_t c, uint32_t flags)
{
	char path[RATION_PATH_SIZE];
	int rc;

	if (flags & ~RATION_DESTROY_KEEP_UNITS) {
		const struct params_of of = {d->name, "destroy of",
					     ration_path_text(d, (uint32_t)c, path)};

		ration_flags_fit(&of, flags, RATION_DESTROY_KEEP_UNITS);
		return -EINVAL;
	}
	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	rc = destroy(d, c, flags);
	ration_control_unlock(d);
	return rc;
}
