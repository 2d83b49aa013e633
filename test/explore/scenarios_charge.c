/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Concurrent charges, uncharges and changes of limits. */

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

/* ----------------------------------------- exact charges, one is granted */

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
	/*
	 * Three fibers charge 1 + 3 of 9 units each: the auditor checks that the last one is
	 * refused rightly.
	 */
	if (world_granted(0) < 7)
		explore_fail("P3: exact charges were refused although units were left");
}

/* --------------------------------------- units that come back during a drain */

static void
set_up_returned(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 12, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* Units given back between a drain and the charge that follows it must not go into stock again. */
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

/* ----------------------------------- one level refuses, then the level above */

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

/* One unit is in stock of the counter and one in stock of its sibling; 5 + 1 are granted. */
static void
hide_in_two(void)
{
	world_charge(2, 5);
	world_charge(1, 1);
	w->note = 1;
	explore_pause();
	world_finish();
}

/* The charge fits exactly: first the counter lacks room, then, after its drain, its parent does. */
static void
fit_exactly(void)
{
	while (w->note == 0)
		explore_pause();
	if (world_sync(1, 6, 1000000) != 0)
		explore_fail("P3: a charge that fits exactly was refused");
	world_finish();
}

/* -------------------------------------------------------- phantom units */

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

/* Only one of the two large charges fits: with it, there is room for this one, too. */
static void
small_exact(void)
{
	if (world_sync(2, 3, 1000000) != 0)
		explore_fail("P3: phantom units made an exact charge fail");
	world_finish();
}

/* The root has room for both. So the second charge holds units there for a moment. */
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
		explore_fail("a strict limit returned an unexpected result");
	world_set_max(0, 3, 0);
	world_set_max(0, 30, RATION_MAX_STRICT);
	world_done();
}

/* A strict limit takes effect for all fibers, or is not set. */
static void
lower_it_strictly(void)
{
	int rc = world_set_max(0, 5, RATION_MAX_STRICT);

	if (rc != 0 && rc != -EBUSY)
		explore_fail("a strict limit returned an unexpected result");
	rc = world_set_max(0, 3, RATION_MAX_STRICT);
	if (rc != 0 && rc != -EBUSY)
		explore_fail("a strict limit returned an unexpected result");
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

/* ------------------------------------------------------- return requests */

static void
set_up_requests(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 18, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* The other lcore has the units in stock. Refused charges get them back without a drain. */
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
			explore_fail("P3: plain charges are refused although no units are in use");
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
	/*
	 * More units of the second counter are charged than granted: the units in stock cannot be
	 * given back.
	 */
	if (world_uncharge_handle(w->c[0], 25) != -ERANGE ||
	    world_uncharge_handle(w->c[2], 5) != -ERANGE)
		explore_fail("P8: an uncharge of too many units was accepted");
	if (world_uncharge_handle(stale, 1) != -ESTALE || world_uncharge_handle(zero, 1) == 0 ||
	    ration_try_charge(world_lcore(), stale, 1) != -ESTALE ||
	    ration_try_charge_sync(world_lcore(), stale, 1, 0, NULL) != -ESTALE ||
	    ration_drain(w->d, stale, 0, NULL) != -ESTALE)
		explore_fail("P8: a stale handle was accepted");
	if (ration_lcore_offline(ration_lcore_shared(w->d)) == 0 ||
	    ration_lcore_unregister(ration_lcore_shared(w->d)) == 0 ||
	    ration_lcore_online(ration_lcore_shared(w->d)) == 0)
		explore_fail("P8: the shared lcore area went offline");
	world_finish();
}

/* The lcore area of another thread: the call walks, and touches no stock entry. */
static void
use_another_s(void)
{
	struct ration_lcore *lc = ration_lcore_area(w->d, &w->d->members[0]);
	const uint32_t index = (uint32_t)w->c[1];
	uint32_t number;

	world_charge(0, 1);
	number = world_begin_other();
	if (ration_try_charge(lc, w->c[1], 2) != 0 || lc->stocks[index].limit != 0 ||
	    ration_uncharge(lc, w->c[1], 2) != 0)
		explore_fail("P8: a call with the lcore area of another thread failed");
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

/* Packets in a row of the same counter are charged together, if its stock is enough. */
static void
burst(void)
{
	static const uint32_t which[] = {0, 0, 0, 1, 0, 1, 1}, n[] = {1, 1, 1, 2, 1, 1, 1};
	uint8_t granted[RTE_DIM(n)];
	const bool holds = world_charge(0, 1) == 0;
	uint32_t back[RTE_DIM(n)], back_n[RTE_DIM(n)], i;
	uint16_t nb = 0;

	world_charge_burst(which, n, RTE_DIM(n), granted);
	for (i = 0; i < RTE_DIM(n); i++) {
		if (granted[i]) {
			back[nb] = which[i];
			back_n[nb++] = n[i];
		}
	}
	if (nb > 0)
		world_uncharge_burst(back, back_n, nb);
	if (holds)
		world_uncharge(0, 1);
	world_finish();
}

/* ------------------------------ bursts beside a drain, an exact charge, a limit */

static void
set_up_burst_beside(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 30, 0, 0);
	world_counter(1, 0, 12, 2, 0);
	world_counter(2, 0, 12, 2, 0);
	world_member(0);
	w->working = 15;
}

/* Both counters are in the burst several times, so each is charged and returned in one walk. */
static void
burst_beside(void)
{
	static const uint32_t which[] = {1, 2, 1, 1, 2, 1}, n[] = {1, 2, 2, 1, 1, 1};
	uint32_t back[RTE_DIM(n)], back_n[RTE_DIM(n)], turn, i;
	uint8_t granted[RTE_DIM(n)];
	uint16_t nb;

	for (turn = 0; turn < 2; turn++) {
		world_charge_burst(which, n, RTE_DIM(n), granted);
		world_quiescent();
		for (i = 0, nb = 0; i < RTE_DIM(n); i++) {
			if (granted[i]) {
				back[nb] = which[i];
				back_n[nb++] = n[i];
			}
		}
		if (nb > 0)
			world_uncharge_burst(back, back_n, nb);
	}
	world_finish();
}

static void
drain_beside(void)
{
	world_drain(0, 1000000);
	world_done();
}

static void
limit_beside(void)
{
	world_set_max(1, 4, 0);
	world_set_max(1, 12, 0);
	world_done();
}

/* Without registration: it walks beside the bursts. */
static void
charge_beside(void)
{
	if (world_charge(1, 3) == 0)
		world_uncharge(1, 3);
	world_done();
}

/* ------------------------------------------------- the price of a refusal */

static void
set_up_price(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 4, 2, 0);
	world_counter(1, 0, 100, 2, 0);
	world_counter(3, UINT32_MAX, 100, 0, 0);
	world_member(0);
	world_member(1);
	explore_be(0);
	world_charge(1, 4);
	w->price = true;
	w->working = 3;
}

/* Nobody returns units of the counter that is full; a bystander has room, but no stock. */
static void
be_refused_often(void)
{
	static const uint32_t which[] = {1, 3, 1, 3, 3, 1, 3, 3, 1, 3, 3, 3};
	static const uint32_t full[] = {1, 1, 1, 1}, n[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	uint8_t granted[RTE_DIM(which)];
	uint32_t turn, i;

	for (turn = 0; turn < 2; turn++) {
		for (i = 0; i < 3; i++) {
			if (world_charge(1, 1) == 0)
				explore_fail("a charge of a full counter was granted");
		}
		if (world_charge_burst(full, n, RTE_DIM(full), granted) != 0)
			explore_fail("a burst of full counters was granted");
		if (world_charge_burst(which, n, RTE_DIM(which), granted) != 8)
			explore_fail("a burst did not get what there was room for");
		world_uncharge(3, 8);
		world_quiescent();
	}
	world_finish();
}

static void
return_what_was_refused(void)
{
	explore_be(0);
	w->price = false;
	world_uncharge(1, 4);
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
		.shows = "P3: units in stock come back, one charge gets the last; concerns E, F, V",
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
		.shows = "P3: a failed charge does not refuse another; concern AE",
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
		.shows = "P1: a strict limit holds as soon as it is set",
		.nb_fibers = 3,
		.set_up = set_up_limit,
		.fiber = {use_it, use_it, lower_it_strictly},
		.preemptions = 2,
	},
	{
		.name = "forced",
		.shows = "P1 P2: forced charges with exact ones and a drain",
		.nb_fibers = 3,
		.set_up = set_up_forced,
		.fiber = {force_some, exact_beside, drain_once},
		.preemptions = 1,
	},
	{
		.name = "requests",
		.shows = "P3: plain charges are not refused forever; concerns U, W, Y",
		.nb_fibers = 2,
		.set_up = set_up_requests,
		.fiber = {hide, insist},
		.preemptions = 2,
	},
	{
		.name = "misuse",
		.shows = "P8: too many units, stale handle, lcore of another; concerns AA, AD",
		.nb_fibers = 2,
		.set_up = set_up_misuse,
		.fiber = {give_too_much, use_another_s},
		.preemptions = 1,
	},
	{
		.name = "burst",
		.shows = "P2: bursts with packets in a row charged together; concern AC",
		.nb_fibers = 3,
		.set_up = set_up_burst,
		.fiber = {burst, burst, burst},
		.preemptions = 1,
	},
	{
		.name = "burst-beside",
		.shows = "P1, P2: bursts beside a drain, a walk and a limit that changes",
		.nb_fibers = 4,
		.set_up = set_up_burst_beside,
		.fiber = {burst_beside, drain_beside, limit_beside, charge_beside},
		.preemptions = 1,
	},
	{
		.name = "price",
		.shows = "P9: refused charges write one request; bursts walk once",
		.nb_fibers = 2,
		.set_up = set_up_price,
		.fiber = {be_refused_often, be_refused_often},
		.at_end = return_what_was_refused,
		.preemptions = 1,
	},
	{.name = NULL},
};
