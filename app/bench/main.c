/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "clock.h"
#include "machine.h"
#include "options.h"
#include "report.h"

/**
 * @file
 * ration-bench: reads the options, starts EAL, runs the tests, reports.
 */

#define CALIBRATE_MS 1000
#define CALIBRATE_QUICK_MS 50

/* Index of "--", or argc. */
static int
find_separator(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			break;
	}
	return i < argc ? i : argc;
}

/* Before "--" --help would be EAL's; whoever asks without "--" means ours. */
static bool
asks_for_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

/* The options after "--", with the program's name in front in place of it. */
static int
read_options(int argc, char **argv, int separator, struct options *o)
{
	static char *none[] = {NULL, NULL};

	if (separator == argc) {
		none[0] = argv[0];
		return options_parse(1, none, o);
	}
	argv[separator] = argv[0];
	return options_parse(argc - separator, argv + separator, o);
}

static int
start_eal(int argc, char **argv)
{
	if (rte_eal_init(argc, argv) >= 0)
		return 0;
	warnx("EAL does not start: %s", rte_strerror(rte_errno));
	return -1;
}

static int
check_lcores(const struct bench_test *test)
{
	unsigned int nb = rte_lcore_count();

	if (nb >= test->nb_lcores)
		return 0;
	warnx("--test=%s needs %u lcores and has %u; give it more with the EAL option -l, "
	      "for instance -l 0,1",
	      test->name, test->nb_lcores, nb);
	return -1;
}

static bool
is_chosen(const struct options *o, const struct bench_test *test)
{
	return o->test == NULL || o->test == test;
}

/* See that all can run before the first one does. */
static int
run_tests(const struct options *o, struct bench *b)
{
	int i, rc = 0;

	for (i = 0; bench_tests[i] != NULL && rc == 0; i++) {
		if (is_chosen(o, bench_tests[i]))
			rc = check_lcores(bench_tests[i]);
	}
	if (rc < 0)
		return rc;
	fprintf(stderr, "measuring the TSC\n");
	b->ticks_per_ns = clock_calibrate(o->quick ? CALIBRATE_QUICK_MS : CALIBRATE_MS);
	for (i = 0; bench_tests[i] != NULL && rc == 0; i++) {
		if (is_chosen(o, bench_tests[i]))
			rc = bench_tests[i]->run(b);
	}
	return rc;
}

static int
report(const struct options *o, const struct bench *b)
{
	json_t *machine = machine_json(b->ticks_per_ns), *document;
	int rc = 0;

	report_text(&b->results, o->test_name, machine, stdout);
	if (o->quick)
		printf("\nQuick run: the figures show that it works, not how fast it is.\n");
	if (BENCH_UNFIT)
		printf("\nThe library is built to find faults (%s): drains are slow.\n",
		       BENCH_LIBRARY_FLAGS);
	document = report_json(&b->results, o->test_name, machine);
	if (document == NULL) {
		warnx("no memory for the report");
		return -1;
	}
	if (o->json != NULL)
		rc = report_write_file(document, o->json);
	json_decref(document);
	return rc;
}

static int
run(const struct options *o)
{
	struct bench b = {.repeats = o->repeats, .quick = o->quick};
	int rc;

	results_init(&b.results);
	rc = run_tests(o, &b);
	if (rc == 0)
		rc = report(o, &b);
	results_free(&b.results);
	return rc;
}

int
main(int argc, char **argv)
{
	int separator = find_separator(argc, argv), rc;
	struct options o;

	if (separator == argc && asks_for_help(argc, argv)) {
		options_usage(program_invocation_short_name);
		return EXIT_SUCCESS;
	}
	if (read_options(argc, argv, separator, &o) < 0)
		return EXIT_FAILURE;
	if (o.help) {
		options_usage(program_invocation_short_name);
		return EXIT_SUCCESS;
	}
	if (o.json != NULL && report_probe_file(o.json) < 0)
		return EXIT_FAILURE;
	if (start_eal(separator, argv) < 0)
		return EXIT_FAILURE;
	rc = run(&o);
	rte_eal_cleanup();
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
