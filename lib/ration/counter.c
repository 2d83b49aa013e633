/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The life of a counter: create, destroy, and the grace period between "nobody shall" and "nobody
 * does". Control path: everything here runs under the domain's control lock.
 */

#include <errno.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_pause.h>

#include "path.h"
#include "ration_pvt.h"

static uint64_t
deadline_of(const struct ration_domain *d)
{
	return rte_get_tsc_cycles() + rte_get_tsc_hz() / 1000000 * d->timeout_us;
}

/* Flags are written under the control lock only; seq_cst for the walks that look at them. */
static void
change_flags(struct counter *c, uint32_t set, uint32_t clear)
{
	uint32_t flags = ration_load(&c->flags, relaxed);

	ration_exchange(&c->flags, (flags | set) & ~clear, seq_cst);
}

/* --------------------------------------------------------------- grace */

/* Serve requests while waiting. @return whether there is time left */
static bool
wait_on(uint64_t deadline)
{
	if (rte_get_tsc_cycles() >= deadline)
		return false;
	ration_serve_own();
	rte_pause();
	return true;
}

/* Wait until a member is not in the walk it is in now. */
static bool
wait_walk(const struct ration_lcore *lc, uint64_t deadline)
{
	/* seq_cst: after the mark that new walks shall see, see ration_walk_begin(). */
	uint32_t then = ration_load(&lc->seq, seq_cst);

	/* Acquire: pairs with the release in ration_walk_end(). */
	while ((then & 1) && ration_load(&lc->seq, acquire) == then) {
		if (!wait_on(deadline))
			return false;
	}
	return true;
}

/*
 * Wait for the threads without slot that are walking now. New ones count elsewhere, so a stream of
 * them cannot keep us here. As in SRCU the phase is turned twice: a thread may have read it before
 * it was turned and count in the old word only afterwards.
 */
static bool
wait_slotless(struct ration_domain *d, uint64_t deadline)
{
	uint32_t turn, old;

	for (turn = 0; turn < 2; turn++) {
		old = ration_fetch_add(&d->phase, 1, seq_cst) & 1;
		while (ration_load(&d->inflight[old], seq_cst) != 0) {
			if (!wait_on(deadline))
				return false;
		}
	}
	return true;
}

int
ration_grace(struct ration_domain *d, uint64_t deadline, uint32_t *stuck)
{
	uint32_t nb_members = ration_load(&d->nb_members, seq_cst), i;
	const struct ration_lcore *lc;

	for (i = 0; i < nb_members; i++) {
		lc = ration_block(d, &d->members[i]);
		if (lc == NULL || wait_walk(lc, deadline))
			continue;
		if (stuck != NULL)
			*stuck = i;
		return -ETIMEDOUT;
	}
	if (stuck != NULL)
		*stuck = RATION_INDEX_NONE;
	return wait_slotless(d, deadline) ? 0 : -ETIMEDOUT;
}

/* ------------------------------------------------------------ stock or not */

/*
 * Set the most that one lcore can hold in stock of a counter, and tell its ancestors how much more
 * (or less) can be hidden below them.
 */
static void
set_cap_bound(struct ration_domain *d, struct counter *c, uint32_t bound)
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
	change_flags(c, COUNTER_STOCKLESS, 0);
	rc = ration_grace(d, deadline_of(d), NULL);
	if (rc == 0 && has_active_slot(d, index))
		rc = ration_drain(d, ration_handle(d, index), d->timeout_us, NULL);
	if (rc != 0) {
		change_flags(c, 0, COUNTER_STOCKLESS);
		return -ETIMEDOUT;
	}
	set_cap_bound(d, c, 0);
	return 0;
}

/* A counter has lost its last child: it may be charged like a leaf again. */
static void
enable_stock(struct ration_domain *d, struct counter *c)
{
	if (c->depth == 0 || !(ration_load(&c->flags, relaxed) & COUNTER_STOCKLESS))
		return;
	change_flags(c, 0, COUNTER_STOCKLESS);
	set_cap_bound(d, c, cap_of(c));
}

/* ------------------------------------------------------------------ links */

static void
link_child(struct ration_domain *d, uint32_t parent, uint32_t index)
{
	struct node *p = ration_node_at(d, parent), *n = ration_node_at(d, index);

	n->next = RATION_INDEX_NONE;
	n->prev = p->last_child;
	if (p->last_child != RATION_INDEX_NONE)
		ration_node_at(d, p->last_child)->next = index;
	else
		p->first_child = index;
	p->last_child = index;
	p->nb_children++;
}

static void
unlink_child(struct ration_domain *d, uint32_t parent, uint32_t index)
{
	struct node *p = ration_node_at(d, parent), *n = ration_node_at(d, index);

	if (n->prev != RATION_INDEX_NONE)
		ration_node_at(d, n->prev)->next = n->next;
	else
		p->first_child = n->next;
	if (n->next != RATION_INDEX_NONE)
		ration_node_at(d, n->next)->prev = n->prev;
	else
		p->last_child = n->prev;
	p->nb_children--;
}

/* The index that has been free longest, so that stale handles are found out by their generation. */
static uint32_t
take_index(struct ration_domain *d)
{
	uint32_t index;

	if (d->nb_ever_used < d->max_counters) {
		index = d->nb_ever_used++;
		ration_store(&ration_counter_at(d, index)->gen, d->first_gen, relaxed);
		return index;
	}
	index = d->free_head;
	if (index == RATION_INDEX_NONE)
		return index;
	d->free_head = ration_node_at(d, index)->next;
	if (d->free_head == RATION_INDEX_NONE)
		d->free_tail = RATION_INDEX_NONE;
	return index;
}

static void
return_index(struct ration_domain *d, uint32_t index)
{
	ration_node_at(d, index)->next = RATION_INDEX_NONE;
	if (d->free_tail != RATION_INDEX_NONE)
		ration_node_at(d, d->free_tail)->next = index;
	else
		d->free_head = index;
	d->free_tail = index;
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
	if (parent == NULL) {
		flags |= COUNTER_STOCKLESS;
	} else {
		c->depth = parent->depth + 1;
		memcpy(c->ancestors, parent->ancestors, sizeof(c->ancestors));
		c->ancestors[parent->depth] = ration_index_of(d, parent);
	}
	/* Release: pairs with the acquire in ration_resolve(). */
	ration_store(&c->flags, flags, release);
	set_cap_bound(d, c, cap_of(c));
}

void
ration_counter_init_root(struct ration_domain *d, uint64_t max)
{
	struct ration_counter_params params = {.max = max};
	uint32_t index = take_index(d);

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

	index = take_index(d);
	if (index == RATION_INDEX_NONE)
		return -ENOSPC;
	if (ration_paths_add(l->paths, parent_index, name, index) != 0) {
		return_index(d, index);
		return -ENOSPC;
	}
	init_node(ration_node_at(d, index), name);
	counter_publish(d, index, parent, params);
	link_child(d, parent_index, index);
	return index;
}

/* Create below a parent; the control lock is held. @return index or negative errno */
static int64_t
create_below(struct ration_domain *d, ration_counter_t handle, const char *name,
	     const struct ration_counter_params *params)
{
	struct counter *parent = ration_resolve(d, handle);
	struct local *l = ration_local(d);
	int64_t index;
	int rc;

	if (parent == NULL)
		return -ESTALE;
	if (parent->depth == RATION_DEPTH_MAX)
		return -E2BIG;
	if (ration_paths_get(l->paths, (uint32_t)handle, name, strlen(name)) != RATION_INDEX_NONE)
		return -EEXIST;
	if (d->nb_ever_used == d->max_counters && d->free_head == RATION_INDEX_NONE)
		return -ENOSPC;
	rc = disable_stock(d, parent);
	if (rc != 0)
		return rc;
	rte_ticketlock_lock(&l->tree);
	index = enter_child(d, parent, name, params);
	rte_ticketlock_unlock(&l->tree);
	if (index < 0 && ration_node_at(d, (uint32_t)handle)->nb_children == 0)
		enable_stock(d, parent);
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

/* ----------------------------------------------------------------- destroy */

/*
 * Disable, drain, wait, drain again, see that nothing is left, wait again. Each step is needed
 * (model e_destroy): a walk that began before the mark may still put units into stock, and an
 * uncharge that has released the counter still reads its ancestors.
 */
static int
retire(struct ration_domain *d, struct counter *c)
{
	ration_counter_t handle = ration_handle(d, ration_index_of(d, c));

	change_flags(c, COUNTER_DYING, 0);
	if (ration_drain(d, handle, d->timeout_us, NULL) != 0)
		return -ETIMEDOUT;
	if (ration_grace(d, deadline_of(d), NULL) != 0)
		return -ETIMEDOUT;
	if (ration_drain(d, handle, d->timeout_us, NULL) != 0)
		return -ETIMEDOUT;
	if (ration_load(&c->usage, seq_cst) != 0)
		return -EBUSY;
	return ration_grace(d, deadline_of(d), NULL);
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

/* Nobody uses the counter any more: make its index free, its handles stale. */
static void
bury(struct ration_domain *d, struct counter *c)
{
	uint32_t index = ration_index_of(d, c), parent = ration_parent_index(c);
	uint32_t gen = ration_load(&c->gen, relaxed) + 1;
	struct local *l = ration_local(d);

	clear_ledgers(d, index);
	rte_ticketlock_lock(&l->tree);
	set_cap_bound(d, c, 0);
	ration_paths_remove(l->paths, parent, ration_node_at(d, index)->name);
	unlink_child(d, parent, index);
	ration_store(&c->flags, 0, release);
	ration_store(&c->gen, gen == 0 ? 1 : gen, release);
	return_index(d, index);
	rte_ticketlock_unlock(&l->tree);
	if (ration_node_at(d, parent)->nb_children == 0)
		enable_stock(d, ration_counter_at(d, parent));
}

static int
destroy(struct ration_domain *d, ration_counter_t handle)
{
	struct counter *c = ration_resolve(d, handle);
	int rc;

	if (c == NULL)
		return -ESTALE;
	if (c->depth == 0)
		return -EPERM;
	if (ration_node_at(d, (uint32_t)handle)->nb_children > 0)
		return -EBUSY;
	rc = retire(d, c);
	if (rc != 0) {
		change_flags(c, 0, COUNTER_DYING);
		return rc;
	}
	bury(d, c);
	return 0;
}

int
ration_counter_destroy(struct ration_domain *d, ration_counter_t c)
{
	int rc;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return -E_RTE_SECONDARY;
	ration_control_lock(d);
	rc = destroy(d, c);
	ration_control_unlock(d);
	return rc;
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
		set_cap_bound(d, c, cap_of(c));
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
 * (add_bounded()): one of the two sees the other.
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
	/* A charge came between. */
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
