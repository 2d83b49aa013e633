/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * All calls at the same time, chosen by the seed: long schedules beyond those that a person would
 * think of.
 */

#include <errno.h>

#include "scenarios.h"
#include "world.h"

#define LEAVES 2
#define OPERATIONS 16

static void
set_up_churn(void)
{
	const struct ration_domain_params params = {.max_counters = 6,
						    .max_members = 4,
						    .max = 20,
						    .timeout_us = 1000000,
						    .secondary_members = 1,
						    .drain_work = 1};

	world_create(&params);
	world_counter(0, UINT32_MAX, 12, 4, 0);
	world_counter(1, UINT32_MAX, 12, 4, 0);
	world_member(0);
	world_member(1);
}

static void
set_up_living(void)
{
	set_up_churn();
	w->working = 15;
}

static void
set_up_dying(void)
{
	set_up_churn();
	world_member(4);
	w->working = 31;
}

static uint32_t
any_leaf(void)
{
	return explore_below(LEAVES);
}

static void
charge_any(void)
{
	const uint32_t which = any_leaf(), n = 1 + explore_below(4);
	int rc;

	if (w->c[which] == RATION_COUNTER_NONE)
		return;
	rc = explore_below(6) == 0 ? world_sync(which, n, 1000000) : world_charge(which, n);
	if (rc == 0)
		world_share(which, n);
}

static void
come_and_go(void)
{
	if (explore_below(2)) {
		world_offline();
		world_online();
		return;
	}
	world_unregister();
	world_register();
}

static void
one_operation(bool shared)
{
	const uint32_t what = explore_below(10);

	if (what < 4)
		charge_any();
	else if (what < 8)
		world_return_shared();
	else if (!shared && what == 8)
		world_quiescent();
	else if (!shared && what == 9)
		come_and_go();
}

static void
member(void)
{
	uint32_t i;

	for (i = 0; i < OPERATIONS; i++)
		one_operation(false);
	world_finish();
}

/*
 * The fiber is a secondary process and may die. If it unregisters while units are granted, its
 * member entry remains in use until it is reaped, and a secondary process without registration can
 * do nothing.
 */
static void
mortal(void)
{
	uint32_t i;

	for (i = 0; i < OPERATIONS && world_lcore() != ration_lcore_shared(w->d); i++)
		one_operation(false);
	if (world_lcore() != ration_lcore_shared(w->d))
		world_finish();
	else
		world_done();
}

static void
shared(void)
{
	uint32_t i;

	for (i = 0; i < OPERATIONS; i++)
		one_operation(true);
	while (world_return_shared())
		;
	world_done();
}

/* Destroy a leaf and create another at the same position. */
static void
replace(uint32_t which)
{
	int rc;

	if (w->c[which] == RATION_COUNTER_NONE)
		return;
	rc = world_destroy(which, 0);
	if (rc == 0)
		world_create_below(which, UINT32_MAX, 12, 4);
	else if (rc != -EBUSY)
		explore_fail("a destroy returned an unexpected result");
}

static void
control(void)
{
	uint32_t i;

	for (i = 0; i < 3; i++) {
		if (explore_below(2))
			world_drain(any_leaf(), explore_below(2) * 1000000);
		if (explore_below(3) == 0)
			world_set_max(any_leaf(), 8 + explore_below(8), explore_below(2));
		replace(any_leaf());
	}
	world_done();
}

static void
control_and_reap(void)
{
	control();
	while (world_is_working() && !explore_is_dead(4))
		explore_pause();
	if (world_reap(1000000) < 0)
		explore_fail("P6: a reap gave up");
}

const struct scenario scenarios_churn[] = {
	{
		.name = "churn",
		.shows = "all properties; all calls at the same time",
		.nb_fibers = 4,
		.set_up = set_up_living,
		.fiber = {member, member, shared, control},
		.random = true,
		.timeouts = true,
	},
	{
		.name = "churn-death",
		.shows = "all properties; all calls at the same time, with a death",
		.nb_fibers = 5,
		.set_up = set_up_dying,
		.fiber = {member, member, shared, control_and_reap, mortal},
		.secondaries = 1u << 4,
		.random = true,
		.timeouts = true,
	},
	{.name = NULL},
};
