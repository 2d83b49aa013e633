/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A schedule as a line of text: scenario, seed, "tso" or "sc", defect, then the events: "12>1"
 * continues with fiber 1 at step 12, "12>1f" empties the store buffer before, "12!" is a death.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenarios.h"
#include "search.h"

bool
schedule_write(const char *path, const struct explore_run *run)
{
	FILE *f = fopen(path, "w");
	uint32_t i;

	if (f == NULL)
		return false;
	fprintf(f, "%s %" PRIu64 " %s %u", run->scenario->name, run->seed, run->tso ? "tso" : "sc",
		explore_mutant);
	for (i = 0; i < run->events.nb; i++) {
		const struct explore_event *e = &run->events.event[i];

		if (e->what == EXPLORE_CRASH)
			fprintf(f, " %u!", e->step);
		else
			fprintf(f, " %u>%u%s", e->step, e->what & 0xfu,
				e->what & EXPLORE_FLUSH ? "f" : "");
	}
	fprintf(f, "\n");
	return fclose(f) == 0;
}

/* Read one event. @return whether there was one */
static bool
read_event(FILE *f, struct explore_event *e)
{
	char text[32];
	unsigned int step, fiber;

	if (fscanf(f, "%31s", text) != 1)
		return false;
	e->what = EXPLORE_CRASH;
	if (sscanf(text, "%u>%u", &step, &fiber) == 2)
		e->what = (uint8_t)(fiber & 0xf) | (strchr(text, 'f') != NULL ? EXPLORE_FLUSH : 0);
	else if (sscanf(text, "%u!", &step) != 1)
		return false;
	e->step = step;
	return true;
}

bool
schedule_read(const char *path, struct explore_run *run)
{
	FILE *f = fopen(path, "r");
	char name[32], order[8];

	if (f == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	memset(run, 0, sizeof(*run));
	if (fscanf(f, "%31s %" SCNu64 " %7s %u", name, &run->seed, order, &explore_mutant) != 4) {
		fprintf(stderr, "%s: not a schedule\n", path);
		fclose(f);
		return false;
	}
	run->scenario = scenario_find(name);
	run->tso = strcmp(order, "tso") == 0;
	while (run->events.nb < EXPLORE_EVENTS_MAX &&
	       read_event(f, &run->events.event[run->events.nb]))
		run->events.nb++;
	fclose(f);
	if (run->scenario == NULL)
		fprintf(stderr, "%s: there is no scenario %s\n", path, name);
	return run->scenario != NULL;
}
