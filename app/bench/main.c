/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_lcore.h>

#include "bench_flags.h"
#include "descriptors.h"
#include "eal_args.h"
#include "eal_files.h"
#include "harness/clock.h"
#include "harness/interrupt.h"
#include "machine/machine.h"
#include "message.h"
#include "misplaced.h"
#include "options.h"
#include "report/gnuplot.h"
#include "report/plot.h"
#include "report/report.h"
#include "version.h"

/**
 * @file
 * ration-bench: reads the options, starts EAL, runs the tests and writes the report.
 */

#define CALIBRATE_MS 1000
#define CALIBRATE_QUICK_MS 50

/* A program that a signal has ended has the exit status 128 + signal, as in a shell. */
#define EXIT_SIGNAL 128

static int
check_lcores(const struct bench_test *test)
{
	unsigned int nb = rte_lcore_count();

	if (nb >= test->nb_lcores)
		return 0;
	warnx("--test=%s needs %u lcores and has %u; give more with the EAL option -l, "
	      "for example -l 0,1",
	      test->name, test->nb_lcores, nb);
	return -1;
}

static bool
is_chosen(const struct options *o, const struct bench_test *test)
{
	return o->test == NULL || o->test == test;
}

/* Check the lcores of all tests before the first test runs. */
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
	fprintf(stderr, "measuring the TSC frequency\n");
	b->ticks_per_ns = clock_calibrate(o->quick ? CALIBRATE_QUICK_MS : CALIBRATE_MS);
	for (i = 0; bench_tests[i] != NULL && rc == 0 && !bench_stops(b); i++) {
		if (is_chosen(o, bench_tests[i]))
			rc = bench_tests[i]->run(b);
	}
	/* A test that was told to stop may fail for that reason. */
	if (!bench_stops(b))
		return rc;
	results_drop_partial(&b->results);
	return 0;
}

static int
report(const struct options *o, const struct bench *b, const struct machine_before *before)
{
	json_t *machine = machine_json(b->ticks_per_ns, before), *document;

	/* The options of the run, so that it can be repeated. */
	json_object_set_new(machine, "run",
			    json_pack("{s:i,s:f,s:b,s:b}", "repeats", (int)b->repeats, "seconds",
				      b->seconds, "quick", b->quick, "isolate", b->isolate));
	int rc = 0;

	if (o->quick)
		printf("\nQuick run: the figures only show that the program works.\n");
	if (BENCH_DEBUG_BUILD)
		printf("\nThe library is a debug build: drains are slow.\n");
	if (bench_stops(b))
		printf("\nInterrupted by SIG%s: the report has what was measured until then.\n",
		       sigabbrev_np(b->results.interrupted));
	report_text(&b->results, o->test_name, machine, stdout);
	document = report_json(&b->results, o->test_name, machine);
	if (document == NULL) {
		warnx("no memory for the report");
		return -1;
	}
	if (o->json != NULL)
		rc = report_write_file(document, o->json);
	json_decref(document);
	if (rc == 0 && o->plot != NULL)
		rc = plot_draw(&b->results, o->plot);
	return rc;
}

/* @return the exit status */
static int
run(const struct options *o, struct bench *b)
{
	struct machine_before before;
	int rc, signal;

	machine_record_before(&before);
	rc = run_tests(o, b);
	/* From here on everything is measured, and a signal does not change the report. */
	signal = interrupt_ignore();
	if (rc == 0)
		rc = report(o, b, &before);
	if (rc != 0)
		return EXIT_FAILURE;
	return signal == 0 ? EXIT_SUCCESS : EXIT_SIGNAL + signal;
}

static void
own_usage(const char *program)
{
	printf("\n");
	options_usage(program);
}

int
main(int argc, char **argv)
{
	struct command_line line = {.help = false};
	static struct bench b;
	struct options o;
	int rc;

	if (descriptors_open() < 0)
		return EXIT_FAILURE;
	command_line_split(argc, argv, &line);
	if (line.version) {
		version_print("ration-bench");
		return descriptors_end() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	if (misplaced_check(&line, options_names()) < 0)
		return EXIT_USAGE;
	if (line.help) {
		options_usage(program_invocation_short_name);
		return descriptors_end() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	/* getopt_long() expects the name of the program in place of "--". */
	line.own_argv[0] = argv[0];
	if (options_parse(line.own_argc, line.own_argv, &o) < 0)
		return EXIT_USAGE;
	if (o.help) {
		options_usage(program_invocation_short_name);
		return descriptors_end() < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	if (eal_args_check(&line) < 0)
		return EXIT_USAGE;
	if (o.json != NULL && report_probe_file(o.json) < 0)
		return EXIT_FAILURE;
	if (o.plot != NULL && gnuplot_probe(o.plot) < 0)
		return EXIT_FAILURE;
	b.repeats = o.repeats;
	b.seconds = o.seconds;
	b.quick = o.quick;
	b.isolate = o.isolate;
	b.plot = o.plot;
	results_init(&b.results);
	/* Before EAL starts, so that a signal never leaves EAL's files behind. */
	interrupt_catch(&b.results.interrupted);
	rc = eal_start(&line, own_usage);
	if (rc < 0)
		return rc == -EINVAL ? EXIT_USAGE : EXIT_FAILURE;
	rc = run(&o, &b);
	results_free(&b.results);
	eal_stop();
	return rc;
}
