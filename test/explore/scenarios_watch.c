/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Stock at a limit that others are refused for: what its lcore uses stays, the rest goes back. */

#include <errno.h>

#include <rte_common.h>

#include "scenarios.h"
#include "world.h"

#define MAX 8

static void
set_up(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, MAX, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* Units of the counter in stock of the calling fiber. */
static uint32_t
own_stock(void)
{
	const bool was = explore_hold(true);
	uint32_t units =
		explore_peek(&world_lcore()->stocks[(uint32_t)w->c[0]].units, sizeof(uint32_t));

	explore_hold(was);
	return units;
}

/* Use so many units for a moment, one call for all. */
static void
use(uint64_t n)
{
	if (n > 0 && world_charge(0, n) == 0)
		world_uncharge(0, n);
}

/* Use up to `nb` units of a counter for a moment, packet by packet. @return number granted */
static uint32_t
use_burst_of(uint32_t counter, uint16_t nb)
{
	static const uint32_t n[MAX + 1] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
	uint32_t which[MAX + 1], ok, i;
	uint8_t granted[MAX + 1];

	for (i = 0; i < nb; i++)
		which[i] = counter;
	ok = world_charge_burst(which, n, nb, granted);
	if (ok > 0)
		world_uncharge(counter, ok);
	return ok;
}

static uint32_t
use_burst(uint16_t nb)
{
	return use_burst_of(0, nb);
}

static void
wait_for_note(uint32_t note)
{
	while (w->note < note)
		explore_pause();
}

/* ------------------------------------------------------------- unused units */

static void
use_less_and_less(void)
{
	static const uint32_t needs[] = {6, 4, 2, 0};
	uint32_t i;

	use_burst(MAX + 1);
	w->note = 1;
	wait_for_note(2);
	world_quiescent();
	if (own_stock() > 0)
		explore_fail("P4: a refused charge did not bring the stock back");
	for (i = 1; i < RTE_DIM(needs); i++) {
		use(needs[i - 1]);
		world_quiescent(); /* The rest of the interval before is gone. */
		use(needs[i]);
		world_quiescent();
		/* A walk may take one unit ahead. */
		if (own_stock() > needs[i] + (needs[i] > 0))
			explore_fail("P4: units that were not used stay in stock");
	}
	w->note = 3;
	world_finish();
}

static void
be_refused_and_go_on(void)
{
	uint32_t i;

	wait_for_note(1);
	if (world_charge(0, MAX) != -EDQUOT)
		explore_fail("a charge above the limit was granted");
	w->note = 2;
	for (i = 0; i < 3; i++) {
		use(3);
		world_quiescent();
		explore_pause();
	}
	wait_for_note(3);
	for (i = 0; world_charge(0, MAX) != 0; i++) {
		if (i > 8)
			explore_fail("P4: units that nobody uses do not come back");
		world_quiescent();
		explore_pause();
	}
	world_uncharge(0, MAX);
	world_finish();
}

/* ------------------------------------------------------------------- shares */

#define ROUNDS 6

/* More than there is: all units are in use in each quiescent interval. */
static void
use_all(void)
{
	uint32_t round;

	for (round = 0; round < ROUNDS; round++) {
		use_burst(MAX + 1);
		world_quiescent();
		w->note++;
		wait_for_note(2 * round + 2);
	}
	world_finish();
}

/* In turn with the other one, which watches its stock from round 2 on. @return granted at last */
static uint32_t
use_in_turn(void)
{
	uint32_t round, ok = 0;

	for (round = 0; round < ROUNDS; round++) {
		wait_for_note(2 * round + 1);
		if (round >= 2)
			ok = use_burst(MAX / 2);
		world_quiescent();
		w->note++;
	}
	return ok;
}

/* A part of the share comes with a larger limit: the other one keeps more than its share now. */
static void
come_later(void)
{
	wait_for_note(1);
	world_set_max(0, MAX + 1, 0);
	if (use_in_turn() < MAX / 2)
		explore_fail("P4: an lcore that came later does not get its share");
	world_finish();
}

static void
starve(void)
{
	if (use_in_turn() == 0)
		explore_fail("P4: an lcore that came later gets nothing");
	world_finish();
}

/* ------------------------------------------------------------------- levels */

static void
set_up_levels(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, MAX, 0, 0);
	world_counter(1, 0, 100, 4, 0);
	world_counter(2, 0, 100, 4, 0);
	world_counter(3, 0, 100, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

/* It watches the stock of counter 2, and so the level above. Then it has stock of counter 3. */
static void
hide_elsewhere(void)
{
	uint32_t round;

	wait_for_note(1);
	use_burst_of(2, MAX + 1);
	world_quiescent();
	w->note = 2;
	for (round = 1; round <= 3; round++) {
		wait_for_note(2 * round + 1);
		use_burst_of(2, MAX / 2);
		world_quiescent();
		w->note = 2 * round + 2;
	}
	wait_for_note(9);
	for (round = 0; round < 3; round++) /* What is unused of counter 2 goes back. */
		world_quiescent();
	if (world_charge(3, 2) == 0)
		world_uncharge(3, 2);
	w->note = 10;
	while (w->note < 11) {
		world_quiescent();
		explore_pause();
	}
	world_finish();
}

static void
be_refused_by_the_parent(void)
{
	uint32_t round;

	use_burst_of(1, MAX + 1);
	w->note = 1;
	wait_for_note(2);
	for (round = 1; round <= 3; round++) {
		use_burst_of(1, MAX + 1);
		world_quiescent();
		w->note = 2 * round + 1;
		wait_for_note(2 * round + 2);
	}
	w->note = 9;
	wait_for_note(10);
	for (round = 0; use_burst_of(1, MAX) < MAX; round++) {
		if (round > 12)
			explore_fail("P4: units of another counter that nobody uses stay hidden");
		world_quiescent();
		explore_pause();
		explore_pause();
	}
	w->note = 11;
	world_finish();
}

/* ------------------------------------------------------------------- drains */

static void
hold_in_use(void)
{
	wait_for_note(1);
	use(MAX / 2);
	w->note = 2;
	wait_for_note(3);
	use_burst(MAX + 1);
	w->note = 4;
	wait_for_note(5);
	world_quiescent();
	if (own_stock() > 0)
		explore_fail("P3: a drain that gave up gets only a part of the stock");
	use(MAX / 2); /* Not a burst: the books do not follow it beside an exact charge. */
	explore_pause();
	world_quiescent();
	world_finish();
}

/* The refused burst is granted a part, so its request leaves the other one what is in use. */
static void
be_refused_and_drain(void)
{
	use_burst(1);
	w->note = 1;
	wait_for_note(2);
	use_burst(MAX);
	w->note = 3;
	wait_for_note(4);
	if (world_drain(0, 0) != -ETIMEDOUT)
		explore_fail("a drain was answered by nobody");
	w->note = 5;
	explore_pause();
	if (world_sync(0, MAX, 1000000) == 0)
		world_uncharge(0, MAX);
	world_finish();
}

const struct scenario scenarios_watch[] = {
	{
		.name = "watch-unused",
		.shows = "P4: refused lcores get what others do not use",
		.nb_fibers = 2,
		.set_up = set_up,
		.fiber = {use_less_and_less, be_refused_and_go_on},
		.preemptions = 2,
	},
	{
		.name = "watch-share",
		.shows = "P4: an lcore that comes later gets its share",
		.nb_fibers = 2,
		.set_up = set_up,
		.fiber = {use_all, come_later},
		.preemptions = 1,
	},
	{
		.name = "watch-starving",
		.shows = "P4: an lcore that is granted nothing gets what others use",
		.nb_fibers = 2,
		.set_up = set_up,
		.fiber = {use_all, starve},
		.preemptions = 1,
	},
	{
		.name = "watch-levels",
		.shows = "P4: refused lcores get what others hide below the full parent",
		.nb_fibers = 2,
		.set_up = set_up_levels,
		.fiber = {hide_elsewhere, be_refused_by_the_parent},
		.preemptions = 1,
	},
	{
		.name = "watch-drain",
		.shows = "P3: drains take what is in use, too",
		.nb_fibers = 2,
		.set_up = set_up,
		.fiber = {hold_in_use, be_refused_and_drain},
		.preemptions = 2,
	},
	{.name = NULL},
};
