/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Creation and destruction of counters during charges. */

#include <errno.h>

#include "scenarios.h"
#include "world.h"

/* ----------------------------------------------------------------- destroy */

static void
set_up_destroy(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

static void
charge_and_hand_over(void)
{
	if (world_charge(0, 1) == 0)
		world_share(0, 1);
	world_quiescent();
	if (world_charge(0, 2) == 0)
		world_uncharge(0, 2);
	world_finish();
}

static void
give_back_without_slot(void)
{
	uint32_t turns = 0;

	while (!world_return_shared() && turns++ < 3)
		explore_pause();
	if (world_charge(0, 1) == 0)
		world_uncharge(0, 1);
	world_done();
}

/* Destroy the counter, and create another at its index, below another parent. */
static void
replace(void)
{
	int rc = world_destroy(0, 0);

	if (rc == -EBUSY)
		rc = world_destroy(0, 0);
	if (rc == 0)
		world_create_below(0, UINT32_MAX, 30, 2);
	else if (rc != -EBUSY)
		explore_fail("a destroy returned an unexpected result");
	world_done();
}

/* ------------------------------------------------------------- the reused index */

/* Two branches of two levels, and a leaf that moves from one to the other. */
static void
set_up_reuse(void)
{
	const struct ration_domain_params params = {
		.max_counters = 7, .max_members = 2, .timeout_us = 1000000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 0, 0);
	world_counter(1, UINT32_MAX, 40, 0, 0);
	world_counter(3, 0, 40, 0, 0);
	world_counter(4, 1, 40, 0, 0);
	/* The creation of a first child would wait for walks. */
	world_counter(5, 4, 40, 0, 0);
	world_counter(2, 3, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

/* An uncharge that is still walking must not walk the ancestors of the new counter. */
static void
charge_leaf(void)
{
	if (world_charge(2, 1) == 0)
		world_uncharge(2, 1);
	world_finish();
}

static void
charge_leaf_without_slot(void)
{
	if (world_charge(2, 3) == 0)
		world_uncharge(2, 3);
	world_done();
}

/* The old handle is invalid, also when its index is in use again. */
static void
check_stale(ration_counter_t old)
{
	if (ration_try_charge(ration_lcore_shared(w->d), old, 1) != -ESTALE ||
	    ration_uncharge(ration_lcore_shared(w->d), old, 1) != -ESTALE)
		explore_fail("P8: a stale handle reached the new counter at its index");
}

static void
move_leaf(void)
{
	const ration_counter_t old = w->c[2];

	if (world_destroy(2, 0) == 0 && world_create_below(2, 4, 30, 2) == 0)
		check_stale(old);
	world_done();
}

/* ------------------------------------------------- given back at the last moment */

static void
set_up_last_moment(void)
{
	set_up_reuse();
	w->working = 7;
}

static void
poll_only(void)
{
	world_finish();
}

/* Charge, and give back when the member has acknowledged a given number of drains. */
static void
give_back_in_round(uint32_t nb)
{
	const struct ration_lcore *lc =
		(const struct ration_lcore *)((uintptr_t)w->d +
					      (uintptr_t)w->d->members[0].area_offset);
	const uint32_t ack = lc->ack;
	bool granted = world_charge(2, 3) == 0;

	while (granted && w->note == 0 && lc->ack - ack < nb)
		explore_pause();
	if (granted)
		world_uncharge(2, 3);
}

static void
give_back_early(void)
{
	give_back_in_round(1);
	world_done();
}

static void
give_back_late(void)
{
	give_back_in_round(2);
	world_done();
}

static void
move_leaf_later(void)
{
	explore_pause();
	move_leaf();
	w->note = 1;
}

/* -------------------------------------------------------------- keep units */

static void
set_up_keep(void)
{
	const struct ration_domain_params params = {
		.max_counters = 3, .max_members = 2, .timeout_us = 1000000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, 0, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

static void
hold_for_a_while(void)
{
	uint32_t i;

	if (world_charge(1, 3) == 0) {
		for (i = 0; i < 4; i++) {
			world_quiescent();
			explore_pause();
		}
		world_uncharge(1, 3);
	}
	world_finish();
}

static void
destroy_and_keep(void)
{
	int rc;

	if (world_destroy(1, RATION_DESTROY_KEEP_UNITS) != 0)
		explore_fail("a destroy that keeps units was refused");
	/* There is room only when the last unit has come back. */
	rc = world_create_below(2, 0, 20, 2);
	if (rc != 0 && rc != -ENOSPC)
		explore_fail("a create in a full domain returned an unexpected result");
	world_done();
}

static void
drain_parent(void)
{
	world_drain(0, 1000000);
	world_done();
}

/* ------------------------------------------------------------------ subtree */

static void
set_up_subtree(void)
{
	const struct ration_domain_params params = {
		.max_counters = 4, .max_members = 2, .timeout_us = 1000000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 0, 0);
	world_counter(1, 0, 40, 2, 0);
	world_counter(2, 0, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

static void
charge_children(void)
{
	if (world_charge(1, 2) == 0)
		world_uncharge(1, 2);
	world_quiescent();
	if (world_charge(2, 1) == 0)
		world_uncharge(2, 1);
	world_finish();
}

static void
charge_child_without_slot(void)
{
	if (world_charge(1, 1) == 0)
		world_uncharge(1, 1);
	world_done();
}

/* All of it or nothing, and then its indices are used again. */
static void
destroy_subtree(void)
{
	int rc = world_destroy(0, RATION_DESTROY_RECURSIVE);

	if (rc == 0) {
		world_create_below(0, UINT32_MAX, 30, 2);
		world_create_below(2, 0, 30, 2);
	} else if (rc != -EBUSY) {
		explore_fail("a destroy of a subtree returned an unexpected result");
	} else if (ration_counter_at(w->d, (uint32_t)w->c[1])->flags & COUNTER_DYING ||
		   ration_counter_at(w->d, (uint32_t)w->c[2])->flags & COUNTER_DYING) {
		explore_fail("P8: a refused destroy has left a part of the subtree dying");
	}
	world_done();
}

static void
destroy_subtree_and_keep(void)
{
	if (world_destroy(0, RATION_DESTROY_RECURSIVE | RATION_DESTROY_KEEP_UNITS) != 0)
		explore_fail("a destroy that keeps units was refused");
	world_create_below(0, UINT32_MAX, 20, 2);
	world_done();
}

/*
 * Two branches of two levels. The first is destroyed while one of its two leaves keeps a unit, and
 * the other leaf's index is used again in the second.
 */
static void
set_up_subtree_late(void)
{
	const struct ration_domain_params params = {
		.max_counters = 8, .max_members = 2, .timeout_us = 1000000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 0, 0);
	world_counter(1, UINT32_MAX, 40, 0, 0);
	world_counter(3, 0, 40, 0, 0);
	world_counter(4, 1, 40, 0, 0);
	/* The creation of a first child would wait for walks. */
	world_counter(5, 4, 40, 0, 0);
	world_counter(6, 3, 40, 2, 0);
	world_counter(2, 3, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

/* The walk that gives back the last units of one leaf must not go on below the other branch. */
static void
give_back_one_leaf(void)
{
	bool kept = world_charge(6, 1) == 0;

	give_back_in_round(2);
	while (w->note == 0)
		explore_pause();
	if (kept)
		world_uncharge(6, 1);
	world_done();
}

static void
destroy_and_move_leaf(void)
{
	const ration_counter_t old = w->c[2];

	explore_pause();
	if (world_destroy(0, RATION_DESTROY_RECURSIVE | RATION_DESTROY_KEEP_UNITS) != 0)
		explore_fail("a destroy that keeps units was refused");
	/* The index is the other leaf's if that one could not be charged. */
	if (world_create_below(7, 4, 30, 2) == 0 && (uint32_t)w->c[7] == (uint32_t)old)
		check_stale(old);
	w->note = 1;
	world_done();
}

/* -------------------------------------------------------------- first child */

static void
set_up_first_child(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(0);
	world_member(1);
	w->working = 7;
}

static void
charge_parent(void)
{
	world_charge(0, 1);
	world_quiescent();
	world_charge(0, 2);
	world_uncharge(0, 1);
	world_quiescent();
	world_finish();
}

/*
 * The first child ends the parent's stock; when the last child is destroyed, the parent may have
 * stock again.
 */
static void
have_a_child(void)
{
	const uint32_t parent = (uint32_t)w->c[0];

	if (world_create_below(1, 0, 20, 2) != 0)
		explore_fail("a first child was refused");
	if (world_stock(parent) != world_stock((uint32_t)w->c[1]))
		explore_fail("P2: a parent with a child has stock");
	if (world_charge(1, 1) == 0)
		world_uncharge(1, 1);
	if (world_destroy(1, 0) != 0)
		explore_fail("a child without units was not destroyed");
	world_done();
}

/* --------------------------------------------------------------- control calls */

static void
set_up_control(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* Each fiber waits for the stock of the other, or for the lock that the other holds. */
static void
destroy_one_s_own(void)
{
	const uint32_t mine = explore_me(), other = 1 - mine;
	int rc;

	if (world_charge(other, 1) == 0)
		world_uncharge(other, 1);
	rc = world_destroy(mine, 0);
	if (rc != 0 && rc != -EBUSY)
		explore_fail("a destroy by a member returned an unexpected result");
	world_finish();
}

const struct scenario scenarios_counter[] = {
	{
		.name = "destroy",
		.shows = "P2 P6 P8: charges of a counter that is destroyed; concerns B, C, D",
		.nb_fibers = 3,
		.set_up = set_up_destroy,
		.fiber = {charge_and_hand_over, give_back_without_slot, replace},
		.preemptions = 2,
	},
	{
		.name = "reuse",
		.shows = "P2 P8: an index that is used again below another parent; concern AA",
		.nb_fibers = 3,
		.set_up = set_up_reuse,
		.fiber = {charge_leaf, charge_leaf_without_slot, move_leaf},
		.preemptions = 2,
	},
	{
		.name = "reuse-early",
		.shows = "P2: an uncharge and a destroy start together; concern C",
		.nb_fibers = 3,
		.set_up = set_up_last_moment,
		.fiber = {poll_only, give_back_early, move_leaf_later},
		.preemptions = 2,
	},
	{
		.name = "reuse-late",
		.shows = "P2: an uncharge starts after a destroy has waited for walks; concern C",
		.nb_fibers = 3,
		.set_up = set_up_last_moment,
		.fiber = {poll_only, give_back_late, move_leaf_later},
		.preemptions = 2,
	},
	{
		.name = "keep",
		.shows = "P2: units of a destroyed counter stay with its ancestors",
		.nb_fibers = 3,
		.set_up = set_up_keep,
		.fiber = {hold_for_a_while, destroy_and_keep, drain_parent},
		.preemptions = 2,
	},
	{
		.name = "subtree",
		.shows = "P2 P6 P8: charges below a counter that is destroyed with its children",
		.nb_fibers = 3,
		.set_up = set_up_subtree,
		.fiber = {charge_children, charge_child_without_slot, destroy_subtree},
		.preemptions = 2,
	},
	{
		.name = "subtree-keep",
		.shows = "P2 P8: counters of a destroyed subtree go offline, or are released",
		.nb_fibers = 3,
		.set_up = set_up_subtree,
		.fiber = {charge_children, charge_child_without_slot, destroy_subtree_and_keep},
		.preemptions = 2,
	},
	{
		.name = "subtree-late",
		.shows = "P2: the last uncharge of a leaf and a destroy of more than that leaf",
		.nb_fibers = 3,
		.set_up = set_up_subtree_late,
		.fiber = {poll_only, give_back_one_leaf, destroy_and_move_leaf},
		.preemptions = 2,
	},
	{
		.name = "first-child",
		.shows = "P2: a first child ends its parent's stock; concerns B, C, I, K",
		.nb_fibers = 3,
		.set_up = set_up_first_child,
		.fiber = {charge_parent, charge_parent, have_a_child},
		.preemptions = 2,
	},
	{
		.name = "control",
		.shows = "members serve while they wait for each other's control calls; concern F",
		.nb_fibers = 2,
		.set_up = set_up_control,
		.fiber = {destroy_one_s_own, destroy_one_s_own},
		.preemptions = 2,
	},
	{.name = NULL},
};
