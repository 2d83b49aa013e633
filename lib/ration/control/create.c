/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Creating a counter, under the control lock.
 */

#include <errno.h>
#include <string.h>

#include <rte_errno.h>

#include "control/lock.h"
#include "control/offline.h"
#include "drain/grace.h"
#include "shm/eal.h"
#include "shm/log.h"
#include "shm/name_rule.h"
#include "shm/params.h"
#include "shm/process.h"
#include "shm/tree_lock.h"
#include "tree/counter.h"
#include "tree/index.h"
#include "tree/links.h"
#include "tree/names.h"

/* Return true if a counter has an active stock entry, with or without units, on any lcore. */
static bool
has_active_slot(const struct ration_domain *d, uint32_t index)
{
	const struct ration_lcore *lc;
	uint64_t bits;
	uint32_t i;

	for (i = 0; i < d->max_members; i++) {
		lc = ration_lcore_area(d, &d->members[i]);
		if (lc == NULL)
			continue;
		bits = ration_load(&ration_active(lc)[index / 64], acquire);
		if (bits >> (index % 64) & 1)
			return true;
	}
	return false;
}

/*
 * Disable the stock of a counter that gets its first child. After the grace period no walk makes an
 * entry active, so without active entries no drain is needed.
 */
static int
disable_stock(struct ration_domain *d, struct counter *c)
{
	uint32_t index = ration_index_of(d, c);
	int rc;

	if (ration_load(&c->flags, relaxed) & (COUNTER_STOCKLESS | RATION_COUNTER_DIRECT))
		return 0;
	ration_counter_change_flags(c, COUNTER_STOCKLESS, 0);
	rc = ration_grace(d, ration_deadline(d), NULL);
	if (rc == 0 && has_active_slot(d, index))
		rc = ration_drain(d, ration_handle(d, index), d->timeout_us, NULL);
	if (rc != 0) {
		ration_counter_change_flags(c, 0, COUNTER_STOCKLESS);
		return -ETIMEDOUT;
	}
	ration_counter_set_cap_max(d, c, 0);
	return 0;
}

static int
check_name(const struct ration_domain *d, const char *name)
{
	const char *error = ration_name_error(name);
	char shown[RATION_ESCAPED_SIZE(RATION_COUNTER_NAMESIZE)];

	if (error == NULL)
		return 0;
	ration_name_escape(shown, sizeof(shown), name != NULL ? name : "");
	RATION_LOG(ERR, "domain %s: create counter \"%s\": the name %s", d->name, shown, error);
	if (name != NULL && strnlen(name, RATION_COUNTER_NAMESIZE) == RATION_COUNTER_NAMESIZE)
		return -ENAMETOOLONG;
	return -EINVAL;
}

/* Check the parameters, and replace those that select a default or zero by their values. */
static int
check_params(const struct ration_domain *d, const char *name, struct ration_counter_params *out,
	     const struct ration_counter_params *in)
{
	static const struct ration_counter_params defaults = {.max = 0};
	const struct params_of of = {d->name, "create counter", name};

	*out = in != NULL ? *in : defaults;
	out->max = ration_max_value(out->max);
	if (out->batch == 0)
		out->batch = RATION_BATCH_DEFAULT;
	else if (out->batch == RATION_BATCH_ZERO)
		out->batch = 0;
	if (!ration_param_fits(&of, "max", out->max, RATION_UNLIMITED) ||
	    !ration_param_fits(&of, "batch", out->batch, RATION_BATCH_MAX) ||
	    !ration_param_fits(&of, "batch_max", out->batch_max, RATION_BATCH_MAX) ||
	    !ration_param_fits(&of, "min", out->min, RATION_UNLIMITED) ||
	    !ration_param_fits(&of, "low", out->low, RATION_UNLIMITED) ||
	    !ration_flags_fit(&of, out->flags, RATION_COUNTER_FLAGS))
		return -EINVAL;
	return 0;
}

/*
 * Take an index, add the name, and link the child. Under the tree lock.
 * @return index or negative errno
 */
static int64_t
enter_child(struct ration_domain *d, struct counter *parent, const char *name,
	    const struct ration_counter_params *params)
{
	struct local *l = ration_local(d);
	uint32_t parent_index = ration_index_of(d, parent), index;

	index = ration_take_index(d);
	if (index == RATION_INDEX_NONE)
		return -ENOSPC;
	if (ration_paths_add(l->paths, parent_index, name, index) != 0) {
		ration_return_index(d, index);
		return -ENOSPC;
	}
	ration_node_init(ration_node_at(d, index), name, params->min, params->low);
	ration_counter_publish(d, index, parent, params);
	ration_link_child(d, parent_index, index);
	return index;
}

/* Create a counter below a parent. Under the control lock. @return index or negative errno */
static int64_t
create_below(struct ration_domain *d, ration_counter_t handle, const char *name,
	     const struct ration_counter_params *params)
{
	struct counter *parent;
	struct local *l = ration_local(d);
	int64_t index;
	int rc;

	ration_offline_release(d, false);
	parent = ration_resolve(d, handle);
	if (parent == NULL || (ration_load(&parent->flags, relaxed) & RATION_COUNTER_OFFLINE))
		return -ESTALE;
	if (parent->depth == RATION_DEPTH_MAX)
		return -E2BIG;
	if (ration_paths_get(l->paths, (uint32_t)handle, name, strlen(name)) != RATION_INDEX_NONE)
		return -EEXIST;
	if (ration_index_is_full(d))
		ration_offline_release(d, true);
	if (ration_index_is_full(d))
		return -ENOSPC;
	rc = disable_stock(d, parent);
	if (rc != 0)
		return rc;
	ration_tree_lock(d);
	index = enter_child(d, parent, name, params);
	ration_tree_unlock(d);
	if (index < 0 && ration_node_at(d, (uint32_t)handle)->nb_children == 0)
		ration_counter_enable_stock(d, parent);
	return index;
}

ration_counter_t
ration_counter_create(struct ration_domain *d, ration_counter_t parent, const char *name,
		      const struct ration_counter_params *params)
{
	struct ration_counter_params p;
	int64_t index = ration_is_primary() ? 0 : -E_RTE_SECONDARY;

	if (index == 0)
		index = check_name(d, name);
	if (index == 0)
		index = check_params(d, name, &p, params);
	if (index == 0) {
		ration_control_lock(d);
		index = create_below(d, parent, name, &p);
		ration_control_unlock(d);
	}
	if (index < 0) {
		rte_errno = (int)-index;
		return RATION_COUNTER_NONE;
	}
	return ration_handle(d, (uint32_t)index);
}
