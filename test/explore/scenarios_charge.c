/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Charges, uncharges and limits against each other. */

#include <errno.h>
#include <stdio.h>

#include "scenarios.h"
#include "world.h"

/* ------------------------------------------------------- the last units */

static void
set_up_last_units(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 6, 2, 0);
	world_counter(1, UINT32_MAX, 6, 2, 0);
	ration_counter_set_max(w->d, ration_domain_root(w->d), 7, 0);
	world_member(0);
	world_member(1);
	w->working = 7;
}

static void
take_some(void)
{
	const uint32_t which = explore_me() & 1;

	world_charge(which, 1);
	if (world_charge(which, 2) == 0)
		world_uncharge(which, 1);
	world_charge(which, 1);
	world_finish();
}

static void
take_without_slot(void)
{
	world_charge(0, 2);
	world_charge(1, 3);
	world_done();
}

/* ------------------------------------------------------- exact, one wins */

static void
set_up_exact(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 9, 4, 0);
	world_member(0);
	world_member(1);
	world_member(2);
	w->working = 7;
}

static void
hide_and_want(void)
{
	world_charge(0, 1);
	world_quiescent();
	world_sync(0, 3, 1000000);
	world_finish();
}

static void
all_or_nothing_is_left(void)
{
	/* Three want 1 + 3 of 9: whoever came too late was told so rightly, see the auditor. */
	if (world_granted(0) < 7)
		explore_fail("P3: exact charges left units that were wanted");
}

/* ------------------------------------------------- units that come just then */

static void
set_up_returned(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 12, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* What is given back between a drain and the charge that it is for must not hide again. */
static void
return_slowly(void)
{
	if (world_charge(0, 1) == 0) {
		explore_pause();
		world_quiescent();
		explore_pause();
		world_uncharge(0, 1);
	}
	world_finish();
}

static void
want_all(void)
{
	world_sync(0, 12, 1000000);
	world_finish();
}

/* ------------------------------------------- first one level, then one above */

static void
set_up_levels(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 12, 0, 0);
	world_counter(1, 0, 7, 4, 0);
	world_counter(2, 0, 12, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* A unit is hidden in the counter and one in its sibling; 5 + 1 are granted. */
static void
hide_in_two(void)
{
	world_charge(2, 5);
	world_charge(1, 1);
	w->note = 1;
	explore_pause();
	world_finish();
}

/* It fits exactly: first the counter lacks room, then, when that is drained, its parent does. */
static void
fit_exactly(void)
{
	while (w->note == 0)
		explore_pause();
	if (world_sync(1, 6, 1000000) != 0)
		explore_fail("P3: what fits exactly was refused");
	world_finish();
}

/* --------------------------------------------------------- phantom hold */

static void
set_up_phantom(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 6, 0, 0);
	world_counter(1, 0, 3, 0, 0);
	world_counter(2, 0, 6, 0, 0);
	world_member(0);
	w->working = 7;
}

/* Of the two big ones only one fits: with it, there is room for this one too. */
static void
small_exact(void)
{
	if (world_sync(2, 3, 1000000) != 0)
		explore_fail("P3: units that were held in vain made an exact charge fail");
	world_finish();
}

/* At the top there is room for both. So who comes second holds units there for a moment. */
static void
big_in_vain(void)
{
	world_charge(1, 2);
	world_done();
}

/* ----------------------------------------------------------- set a limit */

static void
set_up_limit(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 20, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 7;
}

static void
use_it(void)
{
	uint32_t i, held = 0;

	for (i = 0; i < 3; i++)
		held += world_charge(0, 2) == 0;
	world_quiescent();
	for (; held > 1; held--)
		world_uncharge(0, 2);
	world_finish();
}

static void
lower_it(void)
{
	int rc = world_set_max(0, 5, RATION_MAX_STRICT);

	if (rc != 0 && rc != -EBUSY)
		explore_fail("a strict limit ended in a way it must not");
	world_set_max(0, 3, 0);
	world_set_max(0, 30, RATION_MAX_STRICT);
	world_done();
}

/* It takes effect for all, or not at all. */
static void
lower_it_strictly(void)
{
	int rc = world_set_max(0, 5, RATION_MAX_STRICT);

	if (rc != 0 && rc != -EBUSY)
		explore_fail("a strict limit ended in a way it must not");
	rc = world_set_max(0, 3, RATION_MAX_STRICT);
	if (rc != 0 && rc != -EBUSY)
		explore_fail("a strict limit ended in a way it must not");
	world_done();
}

/* --------------------------------------------------------------- forced */

static void
set_up_forced(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 5, 2, 0);
	world_counter(1, 0, 4, 2, 0);
	world_member(0);
	world_member(1);
	w->working = 7;
}

static void
force_some(void)
{
	world_force(1, 3);
	world_quiescent();
	world_force(1, 2);
	world_uncharge(1, 4);
	world_finish();
}

static void
exact_beside(void)
{
	if (world_sync(1, 2, 1000000) == 0)
		world_uncharge(1, 2);
	world_finish();
}

static void
drain_once(void)
{
	world_drain(1, 1000000);
	world_done();
}

/* ---------------------------------------------------------------- wishes */

static void
set_up_wishes(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 18, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* Units are hidden by the other lcore. A refusal has them back without anybody draining. */
static void
hide(void)
{
	uint32_t i;

	for (i = 0; i < 3; i++) {
		if (world_charge(0, 1) == 0)
			world_uncharge(0, 1);
		if (i < 2)
			explore_pause();
		if (i < 2)
			world_quiescent();
	}
	world_finish();
}

static void
insist(void)
{
	uint32_t tries = 0;

	while (world_charge(0, 18) != 0) {
		if (++tries > 200)
			explore_fail("P3: plain refusals go on although nobody uses the units");
		world_quiescent();
		explore_pause();
	}
	world_uncharge(0, 18);
	world_finish();
}

/* ----------------------------------------------------------------- misuse */

static void
set_up_misuse(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 30, 4, 0);
	world_counter(1, UINT32_MAX, 30, 4, 0);
	world_counter(2, UINT32_MAX, 30, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

static void
give_too_much(void)
{
	const ration_counter_t stale = w->c[1] + (UINT64_C(1) << 52), zero = RATION_COUNTER_NONE;

	world_charge(0, 2);
	world_charge(2, 2);
	/* Of the second more is charged than granted: what is in stock cannot be given back. */
	if (world_uncharge_handle(w->c[0], 25) != -ERANGE ||
	    world_uncharge_handle(w->c[2], 5) != -ERANGE)
		explore_fail("P8: too large an uncharge was taken");
	if (world_uncharge_handle(stale, 1) != -ESTALE || world_uncharge_handle(zero, 1) == 0 ||
	    ration_try_charge(world_lcore(), stale, 1) != -ESTALE ||
	    ration_try_charge_sync(world_lcore(), stale, 1, 0, NULL) != -ESTALE ||
	    ration_drain(w->d, stale, 0, NULL) != -ESTALE)
		explore_fail("P8: a stale handle was taken");
	if (ration_lcore_offline(ration_lcore_none(w->d)) == 0 ||
	    ration_lcore_leave(ration_lcore_none(w->d)) == 0 ||
	    ration_lcore_resume(ration_lcore_none(w->d)) == 0)
		explore_fail("P8: the place of threads without slot was parked");
	world_finish();
}

/* A lcore's block in the wrong hands: it walks, and touches no slot. */
static void
use_another_s(void)
{
	struct ration_lcore *lc = ration_block(w->d, &w->d->members[0]);
	const uint32_t index = (uint32_t)w->c[1];
	uint32_t number;

	world_charge(0, 1);
	number = world_begin_other();
	if (ration_try_charge(lc, w->c[1], 2) != 0 || lc->slots[index].limit != 0 ||
	    ration_uncharge(lc, w->c[1], 2) != 0)
		explore_fail("P8: a call with another's lcore went wrong");
	world_end_other(number);
	world_finish();
}

/* ----------------------------------------------------------------- bursts */

static void
set_up_burst(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 9, 4, 0);
	world_counter(1, UINT32_MAX, 9, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 7;
}

/* Neighbours of the same counter are taken together, if they are in stock. */
static void
burst(void)
{
	static const uint32_t which[] = {0, 0, 1, 0, 1, 1}, n[] = {1, 2, 1, 1, 1, 1};
	uint8_t granted[RTE_DIM(n)];
	uint32_t i;

	world_charge_burst(which, n, RTE_DIM(n), granted);
	for (i = 0; i < RTE_DIM(n); i++) {
		if (granted[i])
			world_uncharge(which[i], n[i]);
	}
	world_finish();
}

const struct scenario scenarios_charge[] = {
	{
		.name = "last-units",
		.shows = "P1 P2; concerns L, M, W, AE, AF",
		.nb_fibers = 3,
		.set_up = set_up_last_units,
		.fiber = {take_some, take_some, take_without_slot},
		.preemptions = 2,
	},
	{
		.name = "exact",
		.shows = "P3: hidden units come, and exactly one gets the last; concerns E, F, V",
		.nb_fibers = 3,
		.set_up = set_up_exact,
		.fiber = {hide_and_want, hide_and_want, hide_and_want},
		.at_end = all_or_nothing_is_left,
		.preemptions = 1,
	},
	{
		.name = "returned",
		.shows = "P3: the gate is open until the charge is done; concern K",
		.nb_fibers = 2,
		.set_up = set_up_returned,
		.fiber = {return_slowly, want_all},
		.preemptions = 2,
	},
	{
		.name = "levels",
		.shows = "P3: one level after the other lacks room; concern V",
		.nb_fibers = 2,
		.set_up = set_up_levels,
		.fiber = {hide_in_two, fit_exactly},
		.preemptions = 2,
	},
	{
		.name = "phantom",
		.shows = "P3: who fails is in nobody's way; concern AE",
		.nb_fibers = 3,
		.set_up = set_up_phantom,
		.fiber = {small_exact, big_in_vain, big_in_vain},
		.preemptions = 2,
	},
	{
		.name = "limit",
		.shows = "P1: limits that change during charges",
		.nb_fibers = 3,
		.set_up = set_up_limit,
		.fiber = {use_it, use_it, lower_it},
		.preemptions = 2,
	},
	{
		.name = "strict",
		.shows = "P1: a strict limit holds from the moment it is set",
		.nb_fibers = 3,
		.set_up = set_up_limit,
		.fiber = {use_it, use_it, lower_it_strictly},
		.preemptions = 2,
	},
	{
		.name = "forced",
		.shows = "P1 P2: forced charges beside exact ones and a drain",
		.nb_fibers = 3,
		.set_up = set_up_forced,
		.fiber = {force_some, exact_beside, drain_once},
		.preemptions = 1,
	},
	{
		.name = "wishes",
		.shows = "P3: a plain refusal does not repeat for ever; concerns U, W, Y",
		.nb_fibers = 2,
		.set_up = set_up_wishes,
		.fiber = {hide, insist},
		.preemptions = 2,
	},
	{
		.name = "misuse",
		.shows = "P8: too much, stale, not one's own; concerns AA, AD",
		.nb_fibers = 2,
		.set_up = set_up_misuse,
		.fiber = {give_too_much, use_another_s},
		.preemptions = 1,
	},
	{
		.name = "burst",
		.shows = "P2: bursts in which neighbours are taken together; concern AC",
		.nb_fibers = 3,
		.set_up = set_up_burst,
		.fiber = {burst, burst, burst},
		.preemptions = 1,
	},
	{.name = NULL},
};
