/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Explore the schedules of all scenarios. See test_explore --help. */

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_log.h>

#include "mutants.h"
#include "reach.h"
#include "scenarios.h"
#include "search.h"

/* Number of schedules that a default run must try. */
#define SCHEDULES_WANTED 1000000
/* Seconds of processor time after which a run stops trying. */
#define SECONDS_MAX 300.0
/* Number of seeds in one iteration. */
#define ROUND_SEEDS 10000000
/*
 * Efforts for a defect, in steps: where the search begins, and within what it must find it. A limit
 * in seconds would make the result depend on the machine.
 */
#define MUTANT_STEPS_FIRST 3000000
#define MUTANT_STEPS 300000000

struct options {
	const char *scenario; /* NULL: all. */
	const char *save; /* Folder for failed schedules. */
	const char *replay;
	uint64_t seed;
	double seconds; /* For all scenarios together. */
	uint32_t preemptions; /* 0: the bound of the scenario. */
	unsigned int mutant, mutants; /* mutants: number of mutants to find. */
	bool list;
};

/* How much to search: one of the two, the other is 0. */
struct effort {
	double seconds; /* Of processor time. */
	uint64_t steps;
};

static struct explore_run run; /* Large. */
static uint64_t all_schedules, all_steps;
static uint32_t nb_tests, nb_failed;

static void
usage(FILE *f)
{
	fprintf(f,
		"Usage: test_explore [OPTION...]\n"
		"Runs libration's own code in many schedules and checks its properties after each\n"
		"step. Prints TAP; the exit status is 0 if no test failed.\n\n"
		"  --list               list the scenarios and the defects\n"
		"  --scenario NAME      explore only this scenario\n"
		"  --seconds N          processor time for all scenarios together (default 80)\n"
		"  --preemptions N      bound of the exhaustive search (default: the scenario's)\n"
		"  --seed N             first seed of the drawn schedules (default 1)\n"
		"  --save FOLDER        write failed schedules there (default: this folder)\n"
		"  --replay FILE        repeat a schedule, with all its steps\n"
		"  --mutant N           switch this defect on\n"
		"  --mutants            each defect must be found; with --mutant, only this one\n"
		"  --help               show this text and exit\n");
}

/* ------------------------------------------------------------------ search */

/* A search method, with a share of the effort for its scenario. */
static const struct method {
	const char *name;
	enum explore_mode mode;
	bool tso, crash;
	double share;
} methods[] = {
	{"exhaustive", EXPLORE_GIVEN, false, true, 0.45},
	{"exhaustive with store buffers", EXPLORE_GIVEN, true, true, 0.15},
	{"random", EXPLORE_RANDOM, false, true, 0.14},
	{"priorities", EXPLORE_PCT, false, true, 0.13},
	{"random with store buffers", EXPLORE_RANDOM, true, true, 0.13},
};

/* Search with one method. @return whether none failed */
static bool
search_by(const struct method *m, uint32_t bound, struct search *s)
{
	run.mode = m->mode;
	run.tso = m->tso;
	run.crash = m->crash && run.scenario->secondaries != 0;
	s->how = m->name;
	if (m->mode == EXPLORE_GIVEN)
		return search_exhaustive(&run, m->tso ? 1 : bound, s);
	return search_drawn(&run, s);
}

/* Share of a method. If an exhaustive search is not possible, the others get its share. */
static double
share_of(const struct method *m, const struct scenario *scenario)
{
	if (scenario->preemptions > 0)
		return m->share;
	return m->mode == EXPLORE_GIVEN ? 0 : m->share * 2.5;
}

/* The share of an effort that a search has used. */
static double
used_of(const struct effort *effort, const struct search *s, double start)
{
	if (effort->steps > 0)
		return (double)s->steps / (double)effort->steps;
	return (search_clock() - start) / effort->seconds;
}

/*
 * Search with all methods. What one does not use goes to the next. @return whether none failed
 */
static bool
search_scenario(const struct options *o, const struct effort *effort, struct search *s,
		bool describe)
{
	uint32_t i, bound = o->preemptions ? o->preemptions : run.scenario->preemptions;
	double share, spare = 0, start;
	bool ok = true;

	explore_prepare(run.scenario);
	for (i = 0; ok && i < RTE_DIM(methods); i++) {
		if (share_of(&methods[i], run.scenario) <= 0)
			continue;
		share = RTE_MAX(share_of(&methods[i], run.scenario) + spare, 0.01);
		*s = (struct search){
			.seconds_max = effort->seconds * share,
			.steps_max = (uint64_t)((double)effort->steps * share),
		};
		start = search_clock();
		run.seed = o->seed;
		ok = search_by(&methods[i], bound, s);
		spare = share - used_of(effort, s, start);
		all_schedules += s->schedules;
		all_steps += s->steps;
		if (describe)
			printf("#   %-30s %9" PRIu64 " schedules of %5" PRIu64 " steps%s\n",
			       methods[i].name, s->schedules,
			       s->steps / RTE_MAX(s->schedules, UINT64_C(1)),
			       s->complete ? ", complete" : "");
		fflush(stdout);
	}
	return ok;
}

/* Print how a schedule failed, make it as short as possible, and save it. */
static void
describe_failure(const struct options *o, const struct search *s)
{
	char path[256];

	printf("#   %s: %s\n", s->how, run.failed);
	search_shrink(&run);
	snprintf(path, sizeof(path), "%s/%s.schedule", o->save, run.scenario->name);
	if (schedule_write(path, &run))
		printf("#   %u events, saved; to see it: test_explore --replay %s\n", run.events.nb,
		       path);
	else
		printf("#   it could not be written to %s\n", path);
}

static void
outcome(bool ok, const char *what, const char *more)
{
	nb_failed += !ok;
	printf("%s %u - %s%s\n", ok ? "ok" : "not ok", ++nb_tests, what, more);
	fflush(stdout);
}

static void
test_scenario(const struct options *o, double seconds)
{
	const struct effort effort = {.seconds = seconds};
	struct search s;
	bool ok;

	printf("# %s: %s\n", run.scenario->name, run.scenario->shows);
	ok = search_scenario(o, &effort, &s, true);
	if (!ok)
		describe_failure(o, &s);
	outcome(ok, run.scenario->name, " keeps its properties in every schedule tried");
}

static uint32_t
count_scenarios(void)
{
	uint32_t nb = 0;

	while (scenario_at(nb) != NULL)
		nb++;
	return nb;
}

static bool
is_short_of_schedules(void)
{
	return all_schedules < SCHEDULES_WANTED && search_clock() < SECONDS_MAX;
}

/* Continue every scenario for a short time. */
static void
search_more(uint64_t seed)
{
	const struct options o = {.seed = seed, .save = "."};
	const struct effort effort = {.seconds = 0.5};
	struct search s;
	uint32_t i;

	for (i = 0; (run.scenario = scenario_at(i)) != NULL && is_short_of_schedules(); i++) {
		if (search_scenario(&o, &effort, &s, false))
			continue;
		describe_failure(&o, &s);
		outcome(false, run.scenario->name, " keeps its properties in every schedule tried");
		return;
	}
}

static void
test_all(const struct options *o)
{
	const uint32_t nb = count_scenarios();
	uint32_t i, never;

	printf("1..%u\n", o->scenario != NULL ? 1 : nb + 2);
	for (i = 0; (run.scenario = scenario_at(i)) != NULL; i++) {
		if (o->scenario == NULL || strcmp(o->scenario, run.scenario->name) == 0)
			test_scenario(o, o->seconds / (o->scenario != NULL ? 1 : nb));
	}
	/* On a slow machine: try more seeds until there are enough schedules. */
	for (run.seed = o->seed; o->scenario == NULL && nb_failed == 0 && is_short_of_schedules();)
		search_more(run.seed += ROUND_SEEDS);
	printf("# %" PRIu64 " schedules, %" PRIu64 " steps, %.0f s\n", all_schedules, all_steps,
	       search_clock());
	never = reach_print();
	if (o->scenario != NULL)
		return;
	outcome(never == 0, "every combination of states was reached", "");
	outcome(true, "a million schedules were tried",
		all_schedules >= SCHEDULES_WANTED ? "" : " # SKIP the machine is too slow");
}

/* ----------------------------------------------------------------- mutants */

/*
 * Look for one defect: in the scenario that the table names, then briefly in all scenarios, then
 * longer. @return whether it was found
 */
static bool
find_mutant(const struct options *o, uint64_t limit, struct search *s)
{
	struct effort effort = {.steps = MUTANT_STEPS_FIRST};
	uint64_t end;
	uint32_t i;

	if (explore_mutant > 0) {
		run.scenario = scenario_find(explore_mutant_scenarios[explore_mutant - 1]);
		/* Short searches first: the last methods find some defects in few schedules. */
		for (; run.scenario != NULL && effort.steps < limit; effort.steps *= 4) {
			if (!search_scenario(o, &effort, s, false))
				return true;
		}
	}

	end = all_steps + limit;
	for (effort.steps = MUTANT_STEPS_FIRST / 10; all_steps < end; effort.steps *= 4) {
		for (i = 0; (run.scenario = scenario_at(i)) != NULL; i++) {
			if (!search_scenario(o, &effort, s, false))
				return true;
		}
	}
	return false;
}

static void
test_mutants(const struct options *o)
{
	struct search s;
	double start;
	bool found;

	const unsigned int first = o->mutant ? o->mutant : 1;
	const unsigned int last = o->mutant ? o->mutant : explore_nb_mutants;

	printf("1..%u\n", last - first + 2);
	/* Without a defect the same search must find none. */
	explore_mutant = 0;
	outcome(!find_mutant(o, MUTANT_STEPS / 15, &s), "no failure is found without a defect", "");
	for (explore_mutant = first; explore_mutant <= last; explore_mutant++) {
		start = search_clock();
		found = find_mutant(o, MUTANT_STEPS, &s);
		if (found)
			printf("# %s, %s, after %" PRIu64 " schedules: %s\n", run.scenario->name,
			       s.how, s.schedules, run.failed);
		printf("# %.2f s\n", search_clock() - start);
		outcome(found, "found: ", explore_mutants[explore_mutant - 1]);
	}
}

/* ------------------------------------------------------------------- start */

static int
replay(const char *path)
{
	if (!schedule_read(path, &run))
		return 2;
	run.trace = true;
	explore_prepare(run.scenario);
	explore_run(&run);
	printf("# %s\n", run.failed != NULL ? run.failed : "no failure");
	return run.failed != NULL;
}

static int
list_all(void)
{
	const struct scenario *s;
	uint32_t i;

	for (i = 0; (s = scenario_at(i)) != NULL; i++)
		printf("%-16s %s\n", s->name, s->shows);
	for (i = 0; i < explore_nb_mutants; i++)
		printf("defect %u: %s\n", i + 1, explore_mutants[i]);
	return 0;
}

/* @return 0, or the exit status + 1 */
static int
parse(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{"list", no_argument, NULL, 'l'},
		{"scenario", required_argument, NULL, 'c'},
		{"seconds", required_argument, NULL, 't'},
		{"preemptions", required_argument, NULL, 'p'},
		{"seed", required_argument, NULL, 's'},
		{"save", required_argument, NULL, 'f'},
		{"replay", required_argument, NULL, 'r'},
		{"mutant", required_argument, NULL, 'm'},
		{"mutants", no_argument, NULL, 'M'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'l':
			o->list = true;
			break;
		case 'c':
			o->scenario = optarg;
			break;
		case 't':
			o->seconds = atof(optarg);
			break;
		case 'p':
			o->preemptions = (uint32_t)atoi(optarg);
			break;
		case 's':
			o->seed = strtoull(optarg, NULL, 0);
			break;
		case 'f':
			o->save = optarg;
			break;
		case 'r':
			o->replay = optarg;
			break;
		case 'm':
			o->mutant = (unsigned int)atoi(optarg);
			break;
		case 'M':
			o->mutants = 1;
			break;
		case 'h':
			usage(stdout);
			return 1;
		default:
			usage(stderr);
			return 3;
		}
	}
	if (optind < argc || (o->scenario != NULL && scenario_find(o->scenario) == NULL) ||
	    o->mutant > explore_nb_mutants || o->seconds <= 0 ||
	    o->preemptions > SEARCH_BOUND_MAX) {
		fprintf(stderr, "test_explore: an argument is not one that --list and "
				"--help name\n");
		return 3;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o = {.save = ".", .seed = 1, .seconds = 80};
	int status = parse(argc, argv, &o);

	if (status != 0)
		return status - 1;
	/* The scenarios cause warnings of the library on purpose. */
	rte_log_set_global_level(RTE_LOG_CRIT);
	explore_mutant = o.mutant;
	if (o.list)
		return list_all();
	if (o.replay != NULL)
		return replay(o.replay);
	if (o.mutants)
		test_mutants(&o);
	else
		test_all(&o);
	return nb_failed != 0;
}
