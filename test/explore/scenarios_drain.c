/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Drains: the gate, rounds, bounded scans, mailboxes, idle stock, workers in WAIT. */

#include <errno.h>
#include <rte_launch.h>

#include "explore_fakes.h"
#include "scenarios.h"
#include "world.h"

/* ---------------------------------------------------------------- the gate */

static void
set_up_gate(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(0);
	world_member(1);
	w->working = 7;
}

static void
ping_pong(void)
{
	world_charge(0, 1);
	world_uncharge(0, 1);
	world_quiescent();
	world_charge(0, 1);
	world_quiescent();
	world_uncharge(0, 1);
	world_finish();
}

static void
drain_it(void)
{
	world_drain(0, 1000000);
	world_done();
}

/* ------------------------------------------------------------------ rounds */

static void
set_up_rounds(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 15;
}

static void
hold_both(void)
{
	world_charge(0, 1);
	world_charge(1, 1);
	world_quiescent();
	world_uncharge(0, 1);
	world_uncharge(1, 1);
	world_finish();
}

static void
drain_a(void)
{
	world_drain(0, 1000000);
	world_done();
}

static void
drain_b(void)
{
	world_drain(1, 1000000);
	world_done();
}

static void
drain_all(void)
{
	world_drain(UINT32_MAX, 1000000);
	world_done();
}

/* ----------------------------------------------- lcores that drain each other */

static void
set_up_mutual(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_member(0);
	world_member(1);
	w->working = 3;
}

static void
drain_the_other(void)
{
	world_charge(0, 1);
	world_charge(1, 1);
	world_drain(explore_me(), 1000000);
	world_finish();
}

/* ----------------------------------------------------- bounded drain scans */

static void
set_up_passes(void)
{
	const struct ration_domain_params params = {.max_counters = WORLD_COUNTERS,
						    .max_members = 2,
						    .timeout_us = 1000000,
						    .drain_work = 1};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_counter(2, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

static void
hold_three(void)
{
	uint32_t i;

	for (i = 0; i < 3; i++)
		world_charge(i, 1);
	world_quiescent();
	world_uncharge(0, 1);
	world_quiescent();
	world_charge(0, 1);
	world_finish();
}

static void
drain_last(void)
{
	world_drain(2, 1000000);
	world_done();
}

/* ------------------------------------------------------------ full mailbox */

/* Leave room for one request only: the others name a counter that is not there. */
static void
fill_mailbox(void)
{
	struct ration_lcore *lc = ration_lcore_area(w->d, &w->d->members[0]);
	uint32_t i;

	for (i = 0; i < RATION_REQUESTS_MAX - 1; i++)
		lc->requests[i] = WORLD_COUNTERS;
}

static void
set_up_mailbox(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_member(0);
	fill_mailbox();
	w->working = 3;
}

static void
check_mailbox(void)
{
	if (world_stock((uint32_t)w->c[0]) != 0 || world_stock((uint32_t)w->c[1]) != 0)
		explore_fail("P6: a request was lost in a full mailbox");
}

/* The lcore polls only after its mailbox has overflown. One look returns all that was asked for. */
static void
look_late(void)
{
	world_charge(0, 1);
	world_charge(1, 1);
	w->note = 1;
	while (w->note != 2)
		explore_pause();
	world_quiescent();
	check_mailbox();
	world_finish();
}

/* The second request finds the mailbox full, and its drain gives up at once. */
static void
ask_both(void)
{
	while (w->note != 1)
		explore_pause();
	if (world_drain(0, 0) != -ETIMEDOUT || world_drain(1, 0) != -ETIMEDOUT)
		explore_fail("a drain was answered by nobody");
	w->note = 2;
	world_done();
}

/* ------------------------------------------------ two requests at one moment */

static void
set_up_mailbox_race(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 7;
}

/* The lcore polls after both drains have given up. */
static void
look_after_both(void)
{
	world_charge(0, 1);
	world_charge(1, 1);
	w->note = 1;
	while (w->note != 3)
		explore_pause();
	world_quiescent();
	check_mailbox();
	world_finish();
}

static void
ask_and_give_up(void)
{
	while (w->note == 0)
		explore_pause();
	world_drain(explore_me() - 1, 0);
	w->note++;
	world_done();
}

/* -------------------------------------------------- the request of the dead */

/* A secondary process has died after it wrote a request, before it told the owner. */
static void
set_up_request_left(void)
{
	struct ration_lcore *lc;

	world_create(NULL);
	world_counter(0, UINT32_MAX, 4, 2, 0);
	world_member(0);
	lc = ration_lcore_area(w->d, &w->d->members[0]);
	lc->requests[0] = (uint32_t)w->c[0] + 1;
	w->working = 3;
}

static void
look_after_the_refusal(void)
{
	world_charge(0, 1);
	w->note = 1;
	while (w->note != 2)
		explore_pause();
	world_quiescent();
	if (world_stock((uint32_t)w->c[0]) != 0)
		explore_fail("P4: a refused charge did not request the stock");
	world_finish();
}

static void
be_refused(void)
{
	while (w->note != 1)
		explore_pause();
	if (world_charge(0, 4) != -EDQUOT)
		explore_fail("a charge above the limit was granted");
	w->note = 2;
	world_done();
}

/* --------------------------------------------- full mailbox during a long pass */

static void
set_up_mailbox_pass(void)
{
	const struct ration_domain_params params = {.max_counters = WORLD_COUNTERS,
						    .max_members = 1,
						    .timeout_us = 1000000,
						    .drain_work = 1};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 3;
}

/* The lcore polls all the time, one stock in each pass. */
static void
look_often(void)
{
	const struct ration_lcore *lc = world_lcore();

	world_charge(0, 1);
	world_charge(1, 1);
	w->note = 1;
	while (w->note != 2) {
		world_quiescent();
		explore_pause();
	}
	while (lc->pending != 0 || ration_workspace(lc)->scan.running)
		world_quiescent();
	check_mailbox();
	world_finish();
}

static void
ask_fill_ask(void)
{
	while (w->note != 1)
		explore_pause();
	world_drain(0, 0);
	fill_mailbox();
	world_drain(0, 0);
	world_drain(1, 0);
	w->note = 2;
	world_done();
}

/* ------------------------------------------------------------ silent lcore */

static void
set_up_silent(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 3;
}

/* The lcore polls again after a drain has given up; the next drain finds its stock. */
static void
be_silent(void)
{
	world_charge(0, 1);
	while (w->note == 0)
		explore_pause();
	world_finish();
}

static void
ask_twice(void)
{
	world_drain(0, 2000);
	w->note = 1;
	if (world_drain(0, 1000000) != 0)
		explore_fail("P6: a silent lcore cannot be drained although it polls again");
	world_done();
}

/* -------------------------------------------------------------- idle stock */

static void
set_up_idle(void)
{
	const struct ration_domain_params params = {.max_counters = WORLD_COUNTERS,
						    .max_members = 2,
						    .timeout_us = 1000000,
						    .idle_us = 4000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_counter(1, UINT32_MAX, 40, 2, 0);
	world_member(0);
	w->working = 3;
}

/* An lcore reads the clock at every 64th quiescent point: here at each. */
static void
look_at_clock(uint32_t turns)
{
	struct ration_lcore *lc = world_lcore();
	uint32_t number;

	for (; turns > 0; turns--) {
		explore_pause();
		number = world_begin_other();
		ration_idle(lc);
		world_end_other(number);
	}
}

static void
fall_asleep(void)
{
	uint32_t i;

	world_charge(0, 1);
	world_charge(1, 4);
	for (i = 0; i < 3; i++) {
		look_at_clock(1);
		/* More units than fit into the idle-marked entry. */
		world_uncharge(1, 4);
		world_charge(1, 4);
		world_quiescent();
	}
	look_at_clock(9);
	if (world_stock((uint32_t)w->c[0]) != 0 || world_stock((uint32_t)w->c[1]) != 0)
		explore_fail("P4: unused stock was not given back");
	world_uncharge(0, 1);
	world_uncharge(1, 4);
	world_finish();
}

/* --------------------------------------------------------- a batch that grows */

static void
set_up_growing(void)
{
	const struct ration_domain_params params = {.max_counters = WORLD_COUNTERS,
						    .max_members = 2,
						    .timeout_us = 1000000,
						    .idle_us = 4000};

	world_create(&params);
	world_counter(0, UINT32_MAX, 200, 1, 0);
	world_set_batch_max(0, 4);
	world_member(0);
	world_member(1);
	w->working = 7;
}

/* Refills until the batch has its largest size. Then the hand comes, and it shrinks. */
static void
charge_more_and_more(void)
{
	uint32_t i;

	for (i = 1; i <= 4; i++)
		world_charge(0, 1 << i);
	w->note = 1;
	world_quiescent();
	look_at_clock(4);
	world_charge(0, 1);
	look_at_clock(2);
	world_finish();
}

/* Trims do the same. After the last, the stock is above its middle when the hand comes. */
static void
uncharge_more_and_more(void)
{
	uint32_t i;

	while (w->note == 0)
		explore_pause();
	for (i = 1; i <= 3; i++)
		world_uncharge(0, 1 << i);
	world_uncharge(0, 2);
	world_quiescent();
	for (i = 0; i < 3; i++) {
		look_at_clock(1);
		world_uncharge(0, 1);
	}
	world_finish();
}

/* ---------------------------------------------------------------- stock_max */

static void
set_up_stock_max(void)
{
	const struct ration_domain_params params = {.max_counters = WORLD_COUNTERS,
						    .max_members = 2,
						    .timeout_us = 1000000,
						    .stock_max = 12};

	world_create(&params);
	world_counter(0, UINT32_MAX, 400, 4, 0);
	world_counter(1, UINT32_MAX, 400, 4, 0);
	world_member(0);
	world_member(1);
	w->working = 7;
}

static void
hide_much(void)
{
	world_charge(0, 1);
	world_charge(1, 1);
	world_uncharge(0, 1);
	world_quiescent();
	world_charge(1, 3);
	world_finish();
}

/* ----------------------------------------------------------- worker in WAIT */

static void
set_up_wait(void)
{
	world_create(NULL);
	world_counter(0, UINT32_MAX, 40, 2, 0);
	world_member(1);
	w->working = 5;
}

static int
job(void *unused)
{
	(void)unused;
	world_charge(0, 1);
	world_uncharge(0, 1);
	w->note++;
	return 42;
}

static void
drain_worker(void)
{
	if (rte_eal_remote_launch(job, NULL, 1) != 0)
		explore_fail("the first launch failed");
	world_drain(0, 1000000);
	/* If the application's function has returned, its result is still available. */
	if (rte_eal_wait_lcore(1) != 42)
		explore_fail("a drain lost the return value of a worker");
	world_drain(0, 1000000);
	if (world_stock((uint32_t)w->c[0]) != 0)
		explore_fail("P6: a worker in WAIT kept its stock");
	world_done();
}

/* The lcore goes offline when it has finished. */
static void
worker(void)
{
	explore_be_worker(world_is_working);
	world_offline();
}

static void
drain_from_elsewhere(void)
{
	world_drain(0, 3000);
	world_done();
}

const struct scenario scenarios_drain[] = {
	{
		.name = "gate",
		.shows = "P3 P4: no stock inside the gate; concerns B, K, U",
		.nb_fibers = 3,
		.set_up = set_up_gate,
		.fiber = {ping_pong, ping_pong, drain_it},
		.preemptions = 2,
	},
	{
		.name = "rounds",
		.shows = "drains of several counters at once are all answered; concerns E, O, V",
		.nb_fibers = 4,
		.set_up = set_up_rounds,
		.fiber = {hold_both, drain_a, drain_b, drain_all},
		.preemptions = 1,
	},
	{
		.name = "mutual",
		.shows = "lcores that drain each other; concerns F, G, H",
		.nb_fibers = 2,
		.set_up = set_up_mutual,
		.fiber = {drain_the_other, drain_the_other},
		.preemptions = 2,
	},
	{
		.name = "passes",
		.shows = "bounded scans acknowledge the round that they started with",
		.nb_fibers = 3,
		.set_up = set_up_passes,
		.fiber = {hold_three, drain_it, drain_last},
		.preemptions = 2,
	},
	{
		.name = "mailbox",
		.shows = "a full mailbox loses nothing; concern U",
		.nb_fibers = 2,
		.set_up = set_up_mailbox,
		.fiber = {look_late, ask_both},
		.preemptions = 1,
		.timeouts = true,
	},
	{
		.name = "mailbox-race",
		.shows = "requests that are written at the same moment are both kept",
		.nb_fibers = 3,
		.set_up = set_up_mailbox_race,
		.fiber = {look_after_both, ask_and_give_up, ask_and_give_up},
		.preemptions = 2,
		.timeouts = true,
	},
	{
		.name = "request-left",
		.shows = "a request whose writer has died is seen after the next refusal",
		.nb_fibers = 2,
		.set_up = set_up_request_left,
		.fiber = {look_after_the_refusal, be_refused},
		.preemptions = 2,
	},
	{
		.name = "mailbox-pass",
		.shows = "a request that comes during a bounded pass is not lost",
		.nb_fibers = 2,
		.set_up = set_up_mailbox_pass,
		.fiber = {look_often, ask_fill_ask},
		.preemptions = 2,
		.timeouts = true,
	},
	{
		.name = "silent",
		.shows = "an lcore that was silent can be drained later; concern U",
		.nb_fibers = 2,
		.set_up = set_up_silent,
		.fiber = {be_silent, ask_twice},
		.preemptions = 2,
		.timeouts = true,
	},
	{
		.name = "idle",
		.shows = "P4: unused stock is given back; stock in use is not lost",
		.nb_fibers = 2,
		.set_up = set_up_idle,
		.fiber = {fall_asleep, drain_it},
		.preemptions = 2,
	},
	{
		.name = "growing",
		.shows = "P4: a batch that grows and shrinks; rules B1 to B3",
		.nb_fibers = 3,
		.set_up = set_up_growing,
		.fiber = {charge_more_and_more, uncharge_more_and_more, drain_it},
		.preemptions = 1,
	},
	{
		.name = "stock-max",
		.shows = "P4: stock_max; concerns M, N",
		.nb_fibers = 3,
		.set_up = set_up_stock_max,
		.fiber = {hide_much, hide_much, drain_it},
		.preemptions = 1,
	},
	{
		.name = "wait",
		.shows = "workers in WAIT are launched to drain themselves; concerns H, J",
		.nb_fibers = 3,
		.set_up = set_up_wait,
		.fiber = {drain_worker, worker, drain_from_elsewhere},
		.lcores = 3,
		.preemptions = 2,
		.timeouts = true,
	},
	{.name = NULL},
};
