/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Lcores that go offline, come back, unregister and register while others drain them. */

#include "scenarios.h"
#include "world.h"

/* ---------------------------------------------------------------- take-over */

static void
set_up_takeover(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

static void
park_and_return(void)
{
	world_charge(0, 1);
	world_offline();
	world_online();
	world_charge(0, 1);
	world_uncharge(0, 1);
	world_offline();
	/* An offline lcore walks like a thread without registration. */
	world_uncharge(0, 1);
	world_online();
	world_charge(0, 1);
	world_uncharge(0, 1);
	world_finish();
}

static void
drain_it(void)
{
	world_drain(0, 1000000);
	world_done();
}

/* -------------------------------------------------- register and unregister */

static void
set_up_join(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

static void
come_and_go(void)
{
	world_register();
	world_charge(0, 2);
	world_quiescent();
	world_unregister();
	world_register();
	world_uncharge(0, 2);
	world_charge(0, 1);
	world_finish();
}

/* ---------------------------------------------------------- one member entry */

static void
set_up_one_place(void)
{
	const struct ration_domain_params params = {
		.max_counters = WORLD_COUNTERS, .max_members = 1, .timeout_us = 1000000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	w->working = 3;
}

/*
 * Two threads use the same member entry, one after the other; the one without registration walks.
 */
static void
want_the_place(void)
{
	uint32_t i;

	for (i = 0; i < 2; i++) {
		world_register();
		world_charge(explore_me(), 1);
		world_uncharge(explore_me(), 1);
		if (world_lcore() != ration_lcore_shared(w->d))
			world_unregister();
	}
	world_done();
}

const struct scenario scenarios_member[] = {
	{
		.name = "takeover",
		.shows = "P6: offline lcores are taken over; concerns A, J",
		.nb_fibers = 3,
		.set_up = set_up_takeover,
		.fiber = {park_and_return, drain_it, drain_it},
		.preemptions = 2,
	},
	{
		.name = "join",
		.shows = "P6: lcores that register and unregister during a drain; concerns J, Z",
		.nb_fibers = 3,
		.set_up = set_up_join,
		.fiber = {come_and_go, come_and_go, drain_it},
		.preemptions = 2,
	},
	{
		.name = "one-place",
		.shows = "P6 P8: more threads than member entries",
		.nb_fibers = 2,
		.set_up = set_up_one_place,
		.fiber = {want_the_place, want_the_place},
		.preemptions = 2,
	},
	{.name = NULL},
};
