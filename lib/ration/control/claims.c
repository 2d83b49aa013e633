/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Changing the claims of a counter, `min` and `low`. No walk reads them: see view/protection.c.
 */

#include <errno.h>
#include <stdbool.h>

#include <rte_errno.h>

#include "control/lock.h"
#include "shm/eal.h"
#include "shm/params.h"
#include "tree/counter.h"
#include "tree/path.h"

static int
set_claim(struct ration_domain *d, ration_counter_t handle, bool min, uint64_t units)
{
	char path[RATION_PATH_SIZE];
	struct node *n;
	int rc = -ESTALE;

	if (units > RATION_UNLIMITED) {
		const struct params_of of = {d->name, min ? "set_min of" : "set_low of",
					     ration_path_text(d, handle, path)};

		ration_param_fits(&of, min ? "min" : "low", units, RATION_UNLIMITED);
		return -EINVAL;
	}
	if (!ration_is_primary())
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	if (ration_resolve(d, handle) != NULL) {
		n = ration_node_at(d, (uint32_t)handle);
		ration_store(min ? &n->min : &n->low, units, relaxed);
		rc = 0;
	}
	ration_control_unlock(d);
	return rc;
}

int
ration_counter_set_min(struct ration_domain *d, ration_counter_t c, uint64_t units)
{
	return set_claim(d, c, true, units);
}

int
ration_counter_set_low(struct ration_domain *d, ration_counter_t c, uint64_t units)
{
	return set_claim(d, c, false, units);
}
