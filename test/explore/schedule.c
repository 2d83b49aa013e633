/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The order in which fibers run, and their clock. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "explore.h"
#include "explore_fakes.h"
#include "fiber.h"
#include "memory.h"

#define FIRST_TID 100
/* Microseconds per iteration of a wait. */
#define PAUSE_US 1000
/* Number of times that all fibers may wait: more than the iterations of any timeout. */
#define STALLS_MAX 4000
/* No fiber: all have ended. */
#define NOBODY 0x0e

static struct explore_run *run; /* NULL: no schedule is running. */
static bool held;
static uint32_t current;
static struct explore_locals locals[EXPLORE_FIBERS], locals_kept[EXPLORE_FIBERS];
static bool ended[EXPLORE_FIBERS], dead[EXPLORE_FIBERS], blocked[EXPLORE_FIBERS];
static uint64_t seen[EXPLORE_FIBERS]; /* Writes of others when a fiber's wait continued. */
static uint32_t priority[EXPLORE_FIBERS];
static uint64_t clock_us, order, actions[EXPLORE_FIBERS], audited;
static uint32_t stalls, next_change;
static struct explore_events given;
static uint32_t next_given;

static uint64_t
draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

uint32_t
explore_below(uint32_t bound)
{
	return (uint32_t)(draw(&actions[current]) % bound);
}

uint64_t
explore_cycles(void)
{
	return clock_us;
}

uint32_t
explore_me(void)
{
	return current;
}

int
explore_tid(void)
{
	return FIRST_TID + (int)current;
}

bool
explore_is_dead(uint32_t fiber)
{
	return dead[fiber];
}

bool
explore_is_running(void)
{
	return run != NULL;
}

bool
explore_hold(bool hold)
{
	bool was = held;

	held = hold;
	return was;
}

void
explore_fail(const char *what)
{
	if (run != NULL && run->failed == NULL)
		run->failed = what;
}

/* ------------------------------------------------------------------- order */

/* A wait during which no other fiber has written need not be repeated before a write. */
static bool
is_able(uint32_t fiber)
{
	return !ended[fiber] && (!blocked[fiber] || memory_writes_of_others(fiber) != seen[fiber]);
}

static uint32_t
next_in_turn(bool may_go_on)
{
	uint32_t nb = run->scenario->nb_fibers, i, pass, fiber;

	if (may_go_on)
		return current;
	for (pass = 0; pass < 2; pass++) {
		for (i = 1; i <= nb; i++) {
			fiber = (current + i) % nb;
			if (pass == 0 ? is_able(fiber) : !ended[fiber])
				return fiber;
		}
		/* All fibers wait: only time can end a wait. */
		memset(blocked, 0, sizeof(blocked));
		if (++stalls > STALLS_MAX)
			explore_fail("the schedule does not end: all fibers wait");
	}
	return NOBODY;
}

static bool
can_die(void)
{
	return (run->scenario->secondaries >> current & 1) && !dead[current] && !ended[current];
}

static uint8_t
any_fiber(void)
{
	uint8_t able[EXPLORE_FIBERS], nb = 0, i;

	for (i = 0; i < run->scenario->nb_fibers; i++) {
		if (is_able(i))
			able[nb++] = i;
	}
	return nb == 0 ? NOBODY : able[draw(&order) % nb];
}

static uint8_t
highest_fiber(void)
{
	uint8_t best = NOBODY, i;

	if (run->steps >= next_change) {
		priority[draw(&order) % run->scenario->nb_fibers] = (uint32_t)(draw(&order) % 4);
		next_change += 1 + (uint32_t)(draw(&order) % 100);
	}
	for (i = 0; i < run->scenario->nb_fibers; i++) {
		if (is_able(i) && (best == NOBODY || priority[i] > priority[best]))
			best = i;
	}
	return best;
}

static uint8_t
drawn(uint32_t in_turn, bool may_go_on)
{
	uint8_t what = (uint8_t)in_turn;

	if (run->crash && can_die() && draw(&order) % 64 == 0)
		return EXPLORE_CRASH;
	if (run->mode == EXPLORE_PCT)
		what = highest_fiber();
	else if (!may_go_on || draw(&order) % 4 == 0)
		what = any_fiber();
	if (what == NOBODY)
		return (uint8_t)in_turn;
	if (what != current && memory_buffered(current) > 0 && draw(&order) % 3 == 0)
		what |= EXPLORE_FLUSH;
	return what;
}

static uint8_t
listed(uint32_t in_turn)
{
	while (next_given < given.nb && given.event[next_given].step < run->steps)
		next_given++;
	if (next_given < given.nb && given.event[next_given].step == run->steps)
		return given.event[next_given++].what;
	return (uint8_t)in_turn;
}

/* The other possible events at this step. */
static uint8_t
other_choices(uint32_t in_turn)
{
	uint8_t mask = 0;
	uint32_t i;

	for (i = 0; i < run->scenario->nb_fibers; i++) {
		if (i != in_turn && is_able(i))
			mask |= (uint8_t)(1u << i);
	}
	if (mask != 0 && memory_buffered(current) > 0)
		mask |= EXPLORE_CAN_FLUSH;
	if (can_die())
		mask |= EXPLORE_CAN_CRASH;
	return mask;
}

/* Record a deviation. @return whether there is room for it */
static bool
note_event(uint8_t what)
{
	struct explore_events *list = &run->events;

	if (list->nb == EXPLORE_EVENTS_MAX)
		return false;
	list->event[list->nb].step = run->steps;
	list->event[list->nb++].what = what;
	return true;
}

static void
die(void)
{
	memory_flush(current, UINT32_MAX);
	dead[current] = true;
	ended[current] = true;
	explore_audit_crash(current);
}

/* Choose an event instead of the default order. @return the fiber that continues */
static uint32_t
deviate(uint8_t what, uint32_t in_turn)
{
	uint32_t fiber = what & 0xf;

	if (what == EXPLORE_CRASH) {
		if (!can_die() || !note_event(what))
			return in_turn;
		die();
		return next_in_turn(false);
	}
	if (fiber >= run->scenario->nb_fibers || !is_able(fiber) || !note_event(what))
		return in_turn;
	if ((what & EXPLORE_FLUSH) && fiber != current)
		memory_flush(current, UINT32_MAX);
	return fiber;
}

static uint32_t
choose(bool may_go_on, bool matters)
{
	uint32_t in_turn = next_in_turn(may_go_on);
	uint8_t what = (uint8_t)in_turn;

	if (in_turn == NOBODY)
		return NOBODY;
	if (run->choices != NULL && run->steps < EXPLORE_STEPS_MAX)
		run->choices[run->steps] = matters ? other_choices(in_turn) : 0;
	if (run->mode == EXPLORE_GIVEN)
		what = listed(in_turn);
	else if (matters)
		what = drawn(in_turn, may_go_on);
	return what == in_turn ? in_turn : deviate(what, in_turn);
}

/* ------------------------------------------------------------------- steps */

/* Check the effects of the last step. */
static void
look(void)
{
	if (audited != memory_writes()) {
		audited = memory_writes();
		held = true;
		explore_audit(current);
		held = false;
	}
	if (++run->steps > EXPLORE_STEPS_MAX)
		explore_fail("the schedule does not end");
	if (run->failed != NULL)
		fiber_stop(current);
}

static void
go_on_with(uint32_t fiber)
{
	uint32_t from = current;

	if (run->failed != NULL)
		fiber_stop(current);
	if (fiber == from)
		return;
	explore_locals_save(&locals[from]);
	if (fiber >= EXPLORE_FIBERS) { /* No fiber: the last one has ended. */
		fiber_stop(from);
		return;
	}
	explore_locals_load(&locals[fiber]);
	current = fiber;
	fiber_switch(from, fiber);
}

static void
print_step(const char *op, const volatile void *at)
{
	char name[80];

	held = true;
	explore_name(at, name, sizeof(name));
	printf("# %5u  fiber %u  %-8s %s", run->steps, current, op, name);
	if (at != NULL && memory_offset(at) >= 0)
		printf(" (is %" PRIu64 ")", *(const volatile uint64_t *)(uintptr_t)at);
	printf("\n");
	held = false;
}

void
explore_step(const char *op, const volatile void *at)
{
	if (run == NULL || held)
		return;
	look();
	go_on_with(choose(true, !memory_is_minor(at)));
	if (run->trace)
		print_step(op, at);
	explore_audit_access(at, false);
}

void
explore_pause(void)
{
	clock_us += PAUSE_US;
	if (run == NULL || held)
		return;
	memory_flush(current, UINT32_MAX);
	look();
	blocked[current] = memory_writes_of_others(current) == seen[current];
	/* With priorities, a waiting fiber must not stop those that it waits for. */
	priority[current] /= 2;
	go_on_with(choose(false, true));
	blocked[current] = false;
	seen[current] = memory_writes_of_others(current);
}

static void
fiber_main(void)
{
	run->scenario->fiber[current]();
	memory_flush(current, UINT32_MAX);
	ended[current] = true;
	look();
	go_on_with(choose(false, true));
	fiber_stop(current);
}

void
explore_be(uint32_t fiber)
{
	explore_locals_save(&locals[current]);
	explore_locals_load(&locals[fiber]);
	current = fiber;
}

/* --------------------------------------------------------------- schedules */

static void
begin(struct explore_run *r)
{
	uint32_t i;

	memory_restore();
	explore_services_restore();
	memcpy(locals, locals_kept, sizeof(locals));
	memset(ended, 0, sizeof(ended));
	memset(dead, 0, sizeof(dead));
	memset(blocked, 0, sizeof(blocked));
	memset(seen, 0, sizeof(seen));
	current = 0;
	explore_locals_load(&locals[0]);
	order = (r->seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	clock_us = 0;
	audited = 0;
	stalls = 0;
	held = false;
	explore_tso = r->tso;
	given.nb = 0;
	if (r->mode == EXPLORE_GIVEN) {
		given.nb = r->events.nb;
		memcpy(given.event, r->events.event, given.nb * sizeof(given.event[0]));
	}
	next_given = 0;
	r->events.nb = 0;
	r->steps = 0;
	r->failed = NULL;
	for (i = 0; i < r->scenario->nb_fibers; i++) {
		fiber_prepare(i, fiber_main);
		priority[i] = 4 + (uint32_t)(draw(&order) % 1000);
		actions[i] = order ^ (i + 1) * UINT64_C(0x5851f42d4c957f2d);
	}
	next_change = (uint32_t)(draw(&order) % 100);
}

void
explore_prepare(const struct scenario *scenario)
{
	run = NULL;
	held = false;
	memory_clear();
	memset(locals, 0, sizeof(locals));
	memset(dead, 0, sizeof(dead));
	current = 0;
	explore_locals_load(&locals[0]);
	explore_services_scenario(scenario);
	scenario->set_up();
	explore_be(0);
	memcpy(locals_kept, locals, sizeof(locals));
	explore_services_keep();
	memory_keep();
}

void
explore_run(struct explore_run *r)
{
	begin(r);
	run = r;
	fiber_start(0);
	run = NULL;
	explore_tso = false;
	if (r->failed != NULL)
		return;
	run = r;
	held = true;
	if (r->scenario->at_end != NULL)
		r->scenario->at_end();
	explore_audit_end(r->scenario);
	held = false;
	run = NULL;
}
