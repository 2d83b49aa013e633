/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* A secondary process that may die at any step, and the reap that follows. */

#include <errno.h>

#include "scenarios.h"
#include "world.h"

/* Fibers 0 and 1 belong to the primary process. */
#define VICTIM 2

static void
create(void)
{
	const struct ration_domain_params params = {.max_counters = WORLD_COUNTERS,
						    .max_members = 3,
						    .secondary_members = 1,
						    .timeout_us = 1000000};

	world_create(&params);
}

static void
set_up(void)
{
	create();
	/* Two branches, so that returns are pending in more than one place. */
	world_counter(0, UINT32_MAX, 60, 0, 0);
	world_counter(3, UINT32_MAX, 60, 0, 0);
	world_counter(1, 0, 40, 2, 0);
	world_counter(2, 3, 40, 2, 0);
	world_member(1);
	w->working = 7;
}

/*
 * Branches of different depth: returns of the deep one are pending while the other is served,
 * because only returns at the same level displace each other.
 */
static void
set_up_uneven(void)
{
	const struct ration_domain_params params = {
		.max_counters = 8, .max_members = 2, .secondary_members = 1, .timeout_us = 1000000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 60, 0, 0);
	world_counter(1, 0, 40, 2, 0);
	world_counter(2, UINT32_MAX, 40, 2, 0);
	world_member(1);
	w->working = 7;
	world_member(VICTIM);
}

static void
set_up_member(void)
{
	set_up();
	world_member(VICTIM);
}

/* The lcore serves, charges and gives back; the victim's death does not disturb it. */
static void
go_on(void)
{
	world_charge(1, 1);
	world_quiescent();
	world_uncharge(1, 1);
	world_charge(2, 3);
	world_finish();
}

/* Wait for the victim's end, normal or by death, and reap. */
static void
reap(void)
{
	while ((w->working >> VICTIM & 1) && !explore_is_dead(VICTIM))
		explore_pause();
	if (world_reap(1000000) < 0)
		explore_fail("P6: a reap gave up");
	world_done();
}

/* The same for a victim whose answers others wait for before. */
static void
drain_and_reap(void)
{
	if (world_drain(UINT32_MAX, 1000000) != 0)
		explore_fail("P6: a dead lcore stopped a drain");
	reap();
}

/* ----------------------------------------------------------------- charging */

static void
charge_and_die(void)
{
	world_charge(1, 1);
	world_charge(2, 3);
	world_uncharge(1, 1);
	world_uncharge(2, 3);
	world_finish();
}

/* ------------------------------------------------------------------ serving */

static void
serve_and_die(void)
{
	world_charge(1, 1);
	world_charge(2, 1);
	world_finish();
}

/* ----------------------------------------------------------------- draining */

static void
drain_and_die(void)
{
	world_charge(1, 1);
	world_drain(1, 1000000);
	world_sync(2, 2, 1000000);
	world_finish();
}

/* ------------------------------------------------- stock at a limit that is in use */

static void
set_up_watching(void)
{
	create();
	world_counter(0, UINT32_MAX, 60, 0, 0);
	world_counter(1, 0, 8, 4, 0);
	world_counter(2, 0, 60, 2, 0);
	world_member(1);
	w->working = 7;
	world_member(VICTIM);
}

/* It returns a part of its stock at each quiescent point, beside whole entries of a scan. */
static void
use_less_and_die(void)
{
	static const uint32_t which[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	static const uint32_t n[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	uint8_t granted[9];
	uint32_t i, ok;

	world_charge(2, 1);
	for (i = 0; i < 3; i++) {
		ok = world_charge_burst(which, n, (uint16_t)(9 - 3 * i), granted);
		if (ok > 0)
			world_uncharge_burst(which, n, (uint16_t)ok);
		world_quiescent();
	}
	world_finish();
}

static void
want_some_more(void)
{
	uint32_t i;

	for (i = 0; i < 3; i++) {
		if (world_charge(1, 5) == 0)
			world_uncharge(1, 5);
		world_quiescent();
		explore_pause();
	}
	world_finish();
}

/* -------------------------------------------------------------- registering */

static void
live_and_die(void)
{
	world_register();
	world_charge(1, 2);
	world_offline();
	world_online();
	world_charge(2, 1);
	world_unregister();
	world_register();
	world_finish();
}

/* ------------------------------------------------- a counter that goes meanwhile */

/* Other threads give the victim's units back: the ledgers sum up to zero, but each is not zero. */
static void
hand_over_and_die(void)
{
	if (world_charge(1, 3) == 0)
		world_share(1, 3);
	w->note = 1;
	world_finish();
}

static void
destroy_and_reap(void)
{
	while (w->note == 0 && !explore_is_dead(VICTIM))
		explore_pause();
	while (world_return_shared())
		;
	if (world_granted((uint32_t)w->c[1]) == 0)
		world_destroy(1, 0);
	reap();
}

static void
drain_meanwhile(void)
{
	while (w->note == 0 && !explore_is_dead(VICTIM))
		explore_pause();
	world_drain(UINT32_MAX, 1000000);
	world_finish();
}

const struct scenario scenarios_death[] = {
	{
		.name = "death-destroy",
		.shows = "P2 P6: a counter is destroyed while a dead lcore is repaired",
		.nb_fibers = 3,
		.set_up = set_up_member,
		.fiber = {destroy_and_reap, drain_meanwhile, hand_over_and_die},
		.secondaries = 1u << VICTIM,
		.preemptions = 1,
		.timeouts = true,
	},
	{
		.name = "death-charging",
		.shows = "P6: killed in charges and uncharges",
		.nb_fibers = 3,
		.set_up = set_up_member,
		.fiber = {reap, go_on, charge_and_die},
		.secondaries = 1u << VICTIM,
		.preemptions = 1,
	},
	{
		.name = "death-serving",
		.shows = "P6: killed while it serves a drain",
		.nb_fibers = 3,
		.set_up = set_up_member,
		.fiber = {drain_and_reap, go_on, serve_and_die},
		.secondaries = 1u << VICTIM,
		.preemptions = 1,
	},
	{
		.name = "death-serving-uneven",
		.shows = "P6: killed while returns wait for two levels",
		.nb_fibers = 3,
		.set_up = set_up_uneven,
		.fiber = {drain_and_reap, go_on, serve_and_die},
		.secondaries = 1u << VICTIM,
		.preemptions = 1,
	},
	{
		.name = "death-asking",
		.shows = "P6: killed while it drains others",
		.nb_fibers = 3,
		.set_up = set_up_member,
		.fiber = {reap, go_on, drain_and_die},
		.secondaries = 1u << VICTIM,
		.preemptions = 1,
	},
	{
		.name = "death-watching",
		.shows = "P6: killed while it returns what it does not use",
		.nb_fibers = 3,
		.set_up = set_up_watching,
		.fiber = {reap, want_some_more, use_less_and_die},
		.secondaries = 1u << VICTIM,
		.preemptions = 1,
	},
	{
		.name = "death-living",
		.shows = "P6: killed while it registers, goes offline, comes back; concern Z",
		.nb_fibers = 3,
		.set_up = set_up,
		.fiber = {drain_and_reap, go_on, live_and_die},
		.secondaries = 1u << VICTIM,
		.preemptions = 1,
	},
	{.name = NULL},
};
