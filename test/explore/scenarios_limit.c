/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Limits that are raised while a charge reads limit and usage, one after the other. */

#include <errno.h>

#include "scenarios.h"
#include "world.h"

/* ------------------------------------- an exact refusal beside a raised limit */

static void
set_up_raised(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 30, 0, 0);
	world_counter(1, 0, 12, 4, 0);
	world_member(0);
	w->working = 7;
}

/*
 * 10 of 12 units are granted: 4 more fit into the raised limit only. Both results are right. The
 * charge may have read the old limit, and usage after the limit was raised.
 */
static void
refused_or_granted(void)
{
	int rc;

	world_charge(1, 10);
	w->note = 1;
	rc = world_sync(1, 4, 1000000);
	if (rc == 0)
		world_uncharge(1, 4);
	else if (rc != -EDQUOT)
		explore_fail("an exact charge returned an unexpected result");
	world_uncharge(1, 10);
	world_finish();
}

static void
raise_counter(void)
{
	while (w->note == 0)
		explore_pause();
	world_set_max(1, 14, RATION_MAX_STRICT);
	world_done();
}

/* The limit of the parent becomes lower and higher: it is in the way for a moment. */
static void
change_parent(void)
{
	while (w->note == 0)
		explore_pause();
	world_set_max(0, 13, 0);
	world_set_max(0, 30, 0);
	world_done();
}

const struct scenario scenarios_limit[] = {
	{
		.name = "raised",
		.shows = "P3: a limit is raised between the reading of limit and usage",
		.nb_fibers = 3,
		.set_up = set_up_raised,
		.fiber = {refused_or_granted, raise_counter, change_parent},
		.preemptions = 2,
	},
	{.name = NULL},
};
