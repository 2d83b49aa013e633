/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>
#include <time.h>

#include "search.h"

/* Maximum number of deviations of an exhaustive search, the death included. */
#define DEPTH_MAX (SEARCH_BOUND_MAX + 1)
/* Maximum number of trials to shorten a schedule. */
#define SHRINKS_MAX 4000

static uint8_t choices[DEPTH_MAX + 1][EXPLORE_STEPS_MAX];

/* A running search. */
struct way {
	struct explore_run *run;
	struct search *search;
	uint32_t bound;
	double end;
	struct explore_event event[DEPTH_MAX];
};

double
search_clock(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static bool
may_go_on(const struct search *s, double end)
{
	if (s->steps_max > 0 && s->steps >= s->steps_max)
		return false;
	return s->seconds_max <= 0 || s->schedules % 64 != 0 || search_clock() < end;
}

static bool run_below(struct way *way, uint32_t depth, uint32_t deviations, bool crashed);

/* Try one more event. */
static bool
run_with(struct way *way, uint32_t depth, uint32_t deviations, bool crashed, uint32_t step,
	 uint8_t what)
{
	way->event[depth].step = step;
	way->event[depth].what = what;
	return run_below(way, depth + 1, deviations, crashed);
}

/* Try all events that are possible at one step. */
static bool
run_choices(struct way *way, uint32_t depth, uint32_t deviations, bool crashed, uint32_t step)
{
	const uint8_t mask = choices[depth][step];
	uint8_t fiber;

	if ((mask & EXPLORE_CAN_CRASH) && !crashed &&
	    !run_with(way, depth, deviations, true, step, EXPLORE_CRASH))
		return false;
	for (fiber = 0; deviations < way->bound && fiber < EXPLORE_FIBERS; fiber++) {
		if (!(mask >> fiber & 1))
			continue;
		if (!run_with(way, depth, deviations + 1, crashed, step, fiber))
			return false;
		if ((mask & EXPLORE_CAN_FLUSH) &&
		    !run_with(way, depth, deviations + 1, crashed, step, fiber | EXPLORE_FLUSH))
			return false;
	}
	return true;
}

/* Try the schedule with the first `depth` events, and all that continue it. */
static bool
run_below(struct way *way, uint32_t depth, uint32_t deviations, bool crashed)
{
	struct explore_run *run = way->run;
	uint32_t step = depth > 0 ? way->event[depth - 1].step + 1 : 0, end;

	if (!may_go_on(way->search, way->end)) {
		way->search->complete = false;
		return true;
	}
	run->mode = EXPLORE_GIVEN;
	run->events.nb = depth;
	memcpy(run->events.event, way->event, depth * sizeof(way->event[0]));
	run->choices = choices[depth];
	memset(choices[depth], 0, 1);
	explore_run(run);
	way->search->schedules++;
	way->search->steps += run->steps;
	if (run->failed != NULL)
		return false;
	end = run->steps < EXPLORE_STEPS_MAX ? run->steps : EXPLORE_STEPS_MAX;
	for (; depth < DEPTH_MAX && way->search->complete && step < end; step++) {
		if (choices[depth][step] != 0 &&
		    !run_choices(way, depth, deviations, crashed, step))
			return false;
	}
	return true;
}

bool
search_exhaustive(struct explore_run *run, uint32_t bound, struct search *s)
{
	struct way way = {.run = run, .search = s, .bound = bound};
	bool ok;

	way.end = search_clock() + s->seconds_max;
	s->schedules = 0;
	s->steps = 0;
	s->complete = true;
	run->crash = false;
	ok = run_below(&way, 0, 0, false);
	run->choices = NULL;
	return ok;
}

bool
search_drawn(struct explore_run *run, struct search *s)
{
	const double end = search_clock() + s->seconds_max;
	const enum explore_mode mode = run->mode;

	s->complete = false;
	run->choices = NULL;
	for (s->schedules = 0, s->steps = 0; may_go_on(s, end); run->seed++) {
		run->mode = mode;
		explore_run(run);
		s->schedules++;
		s->steps += run->steps;
		if (run->failed != NULL)
			return false;
	}
	return true;
}

/* ------------------------------------------------------------------ shrink */

/*
 * Whether a schedule without events [from, to) of `all` still fails. If so, `all` becomes that
 * schedule.
 */
static bool
fails_without(struct explore_run *run, struct explore_events *all, uint32_t from, uint32_t to)
{
	struct explore_events *e = &run->events;

	e->nb = from;
	memcpy(e->event, all->event, from * sizeof(e->event[0]));
	memcpy(&e->event[from], &all->event[to], (all->nb - to) * sizeof(e->event[0]));
	e->nb += all->nb - to;
	run->mode = EXPLORE_GIVEN;
	explore_run(run);
	if (run->failed == NULL)
		return false;
	*all = run->events;
	return true;
}

void
search_shrink(struct explore_run *run)
{
	static struct explore_events all;
	uint32_t part, from, tries = 0;

	all = run->events;
	for (part = all.nb; part > 0; part = part > 1 ? (part + 1) / 2 : 0) {
		for (from = 0; from < all.nb && tries < SHRINKS_MAX; tries++) {
			if (!fails_without(run, &all, from,
					   from + part < all.nb ? from + part : all.nb))
				from += part;
		}
	}
	/* The current schedule. */
	fails_without(run, &all, all.nb, all.nb);
}
