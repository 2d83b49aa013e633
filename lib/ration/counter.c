/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * A counter comes into being, and is changed. Control path: everything here runs under the domain's
 * control lock.
 */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_pause.h>

#include "path.h"
#include "ration_pvt.h"

uint64_t
ration_deadline(const struct ration_domain *d)
{
	return rte_get_tsc_cycles() + rte_get_tsc_hz() / 1000000 * d->timeout_us;
}

/* Flags are written under the control lock only; seq_cst for the walks that look at them. */
void
ration_change_flags(struct counter *c, uint32_t set, uint32_t clear)
{
	uint32_t flags = ration_load(&c->flags, relaxed);

	ration_exchange(&c->flags, (flags | set) & ~clear, seq_cst);
}

/* ------------------------------------------------------------ stock or not */

/*
 * Set the most that one lcore can hold in stock of a counter, and tell its ancestors how much more
 * (or less) can be hidden below them.
 */
void
ration_set_cap_bound(struct ration_domain *d, struct counter *c, uint32_t bound)
{
	uint64_t more = (uint64_t)bound - ration_load(&c->cap_bound, relaxed);
	uint32_t i;

	ration_store(&c->cap_bound, bound, relaxed);
	for (i = 0; i <= c->depth; i++) /* Less is added as a number that wraps. */
		ration_fetch_add(&ration_level(d, c, i)->hideable, more, relaxed);
}

/* The cap that refills of today can lead to. */
static uint32_t
cap_of(const struct counter *c)
{
	if (ration_load(&c->flags, relaxed) & COUNTER_STOCKLESS)
		return 0;
	return 2 * ration_load(&c->batch, relaxed);
}

/* Whether some lcore has a slot in use for a counter, with or without units in it. */
static bool
has_active_slot(const struct ration_domain *d, uint32_t index)
{
	const struct ration_lcore *lc;
	uint64_t bits;
	uint32_t i;

	for (i = 0; i < d->max_lcores; i++) {
		lc = ration_block(d, &d->members[i]);
		if (lc == NULL)
			continue;
		bits = ration_load(&ration_active(lc)[index / 64], acquire);
		if (bits >> (index % 64) & 1)
			return true;
	}
	return false;
}

/*
 * A counter gets its first child: from now on it has no stock. After the grace period no walk makes
 * a slot active any more, so if none is, nobody need be asked.
 */
static int
disable_stock(struct ration_domain *d, struct counter *c)
{
	uint32_t index = ration_index_of(d, c);
	int rc;

	if (ration_load(&c->flags, relaxed) & (COUNTER_STOCKLESS | RATION_COUNTER_DIRECT))
		return 0;
	ration_change_flags(c, COUNTER_STOCKLESS, 0);
	rc = ration_grace(d, ration_deadline(d), NULL);
	if (rc == 0 && has_active_slot(d, index))
		rc = ration_drain(d, ration_handle(d, index), d->timeout_us, NULL);
	if (rc != 0) {
		ration_change_flags(c, 0, COUNTER_STOCKLESS);
		return -ETIMEDOUT;
	}
	ration_set_cap_bound(d, c, 0);
	return 0;
}

/* A counter has lost its last child: it may be charged like a leaf again. */
void
ration_enable_stock(struct ration_domain *d, struct counter *c)
{
	if (c->depth == 0 || !(ration_load(&c->flags, relaxed) & COUNTER_STOCKLESS))
		return;
	ration_change_flags(c, 0, COUNTER_STOCKLESS);
	ration_set_cap_bound(d, c, cap_of(c));
}

/* ------------------------------------------------------------------ create */

static void
init_node(struct node *n, const char *name)
{
	memset(n, 0, sizeof(*n));
	strcpy(n->name, name);
	n->first_child = RATION_INDEX_NONE;
	n->last_child = RATION_INDEX_NONE;
	n->next = RATION_INDEX_NONE;
	n->prev = RATION_INDEX_NONE;
	n->next_ghost = RATION_INDEX_NONE;
}

/* Fill a free counter. It becomes visible by its flags, last. */
static void
counter_publish(struct ration_domain *d, uint32_t index, const struct counter *parent,
		const struct ration_counter_params *p)
{
	struct counter *c = ration_counter_at(d, index);
	uint32_t flags = COUNTER_IN_USE | p->flags;

	ration_store(&c->usage, 0, relaxed);
	ration_store(&c->own, 0, relaxed);
	ration_store(&c->watermark, 0, relaxed);
	ration_store(&c->failures, 0, relaxed);
	ration_store(&c->forced, 0, relaxed);
	ration_store(&c->rejected, 0, relaxed);
	ration_store(&c->ledger, 0, relaxed);
	ration_store(&c->hideable, 0, relaxed);
	ration_store(&c->cap_bound, 0, relaxed);
	ration_store(&c->excused, 0, relaxed);
	ration_store(&c->max, p->max, relaxed);
	ration_store(&c->batch, p->batch, relaxed);
	c->depth = 0;
	c->parent = RATION_INDEX_NONE;
	c->parent_depth = 0;
	if (parent == NULL) {
		flags |= COUNTER_STOCKLESS;
	} else {
		c->depth = parent->depth + 1;
		memcpy(c->ancestors, parent->ancestors, sizeof(c->ancestors));
		c->ancestors[parent->depth] = ration_index_of(d, parent);
		c->parent = ration_index_of(d, parent);
		c->parent_depth = parent->depth;
	}
	/* Release: pairs with the acquire in ration_resolve(). */
	ration_store(&c->flags, flags, release);
	ration_set_cap_bound(d, c, cap_of(c));
}

void
ration_counter_init_root(struct ration_domain *d, uint64_t max)
{
	struct ration_counter_params params = {.max = max};
	uint32_t index = ration_take_index(d);

	init_node(ration_node_at(d, index), "");
	counter_publish(d, index, NULL, &params);
}

static int
check_name(const char *name)
{
	const char *s;

	if (name == NULL || name[0] == '\0')
		return -EINVAL;
	for (s = name; *s != '\0'; s++) {
		if (*s == '/' || (unsigned char)*s < 0x20 || *s == 0x7f)
			return -EINVAL;
	}
	return s - name < RATION_NAMESIZE ? 0 : -ENAMETOOLONG;
}

static int
check_params(struct ration_counter_params *out, const struct ration_counter_params *in)
{
	static const struct ration_counter_params defaults = {
		.max = RATION_UNLIMITED,
		.batch = RATION_BATCH_UNSET,
	};

	*out = in != NULL ? *in : defaults;
	if (out->batch == RATION_BATCH_UNSET)
		out->batch = RATION_BATCH_DEFAULT;
	if (out->max > RATION_UNLIMITED || out->batch > RATION_BATCH_MAX ||
	    (out->flags & ~RATION_COUNTER_FLAGS))
		return -EINVAL;
	return 0;
}

/* Enter the name and make the links. @return index or negative errno */
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
	init_node(ration_node_at(d, index), name);
	counter_publish(d, index, parent, params);
	ration_link_child(d, parent_index, index);
	return index;
}

static bool
is_full(const struct ration_domain *d)
{
	return d->nb_ever_used == d->max_counters && d->free_head == RATION_INDEX_NONE;
}

/* Create below a parent; the control lock is held. @return index or negative errno */
static int64_t
create_below(struct ration_domain *d, ration_counter_t handle, const char *name,
	     const struct ration_counter_params *params)
{
	struct counter *parent;
	struct local *l = ration_local(d);
	int64_t index;
	int rc;

	ration_bury_ghosts(d, false);
	parent = ration_resolve(d, handle);
	if (parent == NULL || (ration_load(&parent->flags, relaxed) & RATION_COUNTER_DESTROYED))
		return -ESTALE;
	if (parent->depth == RATION_DEPTH_MAX)
		return -E2BIG;
	if (ration_paths_get(l->paths, (uint32_t)handle, name, strlen(name)) != RATION_INDEX_NONE)
		return -EEXIST;
	if (is_full(d))
		ration_bury_ghosts(d, true);
	if (is_full(d))
		return -ENOSPC;
	rc = disable_stock(d, parent);
	if (rc != 0)
		return rc;
	ration_tree_lock(d);
	index = enter_child(d, parent, name, params);
	ration_tree_unlock(d);
	if (index < 0 && ration_node_at(d, (uint32_t)handle)->nb_children == 0)
		ration_enable_stock(d, parent);
	return index;
}

ration_counter_t
ration_counter_create(struct ration_domain *d, ration_counter_t parent, const char *name,
		      const struct ration_counter_params *params)
{
	struct ration_counter_params p;
	int64_t index = rte_eal_process_type() == RTE_PROC_PRIMARY ? 0 : -E_RTE_SECONDARY;

	if (index == 0)
		index = check_name(name);
	if (index == 0)
		index = check_params(&p, params);
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

/* ------------------------------------------------------------------ change */

static int
set_batch(struct ration_domain *d, ration_counter_t handle, uint32_t batch)
{
	struct counter *c = ration_resolve(d, handle);

	if (c == NULL)
		return -ESTALE;
	ration_store(&c->batch, batch, relaxed);
	/* Slots keep their caps until their next slow path: the bound does not fall. */
	if (cap_of(c) > ration_load(&c->cap_bound, relaxed))
		ration_set_cap_bound(d, c, cap_of(c));
	return 0;
}

int
ration_counter_set_batch(struct ration_domain *d, ration_counter_t c, uint32_t batch)
{
	int rc;

	if (batch > RATION_BATCH_MAX)
		return -EINVAL;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	rc = set_batch(d, c, batch);
	ration_control_unlock(d);
	return rc;
}

/*
 * The new limit is stored before usage is read, a walk adds to usage before it reads the limit
 * (add_bounded()): one of the two sees the other. Models g_set_max: USAGEFIRST; n_handshakes:
 * LIMIT.
 */
static uint64_t
exchange_max(struct counter *c, uint64_t max, uint64_t *usage)
{
	uint64_t old = ration_exchange(&c->max, max, seq_cst);

	*usage = ration_load(&c->usage, seq_cst);
	return old;
}

static int
set_max_clamp(struct counter *c, uint64_t max)
{
	uint64_t usage;

	exchange_max(c, max, &usage);
	if (usage > max)
		ration_store(&c->excused, 1, relaxed);
	return 0;
}

static int
set_max_strict(struct ration_domain *d, struct counter *c, uint64_t max)
{
	uint64_t usage, old;

	if (ration_load(&c->usage, relaxed) > max)
		ration_drain(d, ration_handle(d, ration_index_of(d, c)), d->timeout_us, NULL);
	if (ration_load(&c->usage, relaxed) > max)
		return -EBUSY;
	old = exchange_max(c, max, &usage);
	if (usage <= max)
		return 0;
	/* A charge came between. Model g_set_max: NORESTORE. */
	ration_store(&c->max, old, seq_cst);
	return -EBUSY;
}

int
ration_counter_set_max(struct ration_domain *d, ration_counter_t handle, uint64_t max,
		       uint32_t flags)
{
	struct counter *c;
	int rc;

	if (max > RATION_UNLIMITED || (flags & ~RATION_MAX_STRICT))
		return -EINVAL;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	c = ration_resolve(d, handle);
	if (c == NULL)
		rc = -ESTALE;
	else if (flags & RATION_MAX_STRICT)
		rc = set_max_strict(d, c, max);
	else
		rc = set_max_clamp(c, max);
	ration_control_unlock(d);
	return rc;
}
