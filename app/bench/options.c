/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

enum {
	OPT_TEST = 1000,
	OPT_JSON,
	OPT_PLOT,
	OPT_REPEATS,
	OPT_QUICK,
	OPT_ISOLATE,
	OPT_HELP,
};

static const struct option long_options[] = {
	{"test", required_argument, NULL, OPT_TEST},
	{"json", required_argument, NULL, OPT_JSON},
	{"plot", required_argument, NULL, OPT_PLOT},
	{"repeats", required_argument, NULL, OPT_REPEATS},
	{"quick", no_argument, NULL, OPT_QUICK},
	{"isolate", no_argument, NULL, OPT_ISOLATE},
	{"help", no_argument, NULL, OPT_HELP},
	{0},
};

static void
print_test_names(FILE *f)
{
	int i;

	for (i = 0; bench_tests[i] != NULL; i++)
		fprintf(f, "%s, ", bench_tests[i]->name);
	fprintf(f, "all");
}

void
options_usage(const char *program)
{
	int i;

	printf("Usage: %s [EAL options] -- --test=NAME [options]\n\n"
	       "Measure libration against baselines in the same run.\n\n"
	       "  --test=NAME    what to measure:\n",
	       program);
	for (i = 0; bench_tests[i] != NULL; i++)
		printf("                   %-10s%s (%u lcore%s)\n", bench_tests[i]->name,
		       bench_tests[i]->summary, bench_tests[i]->nb_lcores,
		       bench_tests[i]->nb_lcores == 1 ? "" : "s");
	printf("                   %-10sall of these, in this order\n"
	       "  --json FILE    write machine, rows and ratios to FILE too\n"
	       "  --plot DIR     draw plots into DIR, with gnuplot\n"
	       "  --repeats N    times each case is measured, %u to %u (default %u)\n"
	       "  --quick        %u repeats of small windows: a trial, not for figures\n"
	       "  --isolate      hiccup and latency: isolate the CPU of the lcore for a while and\n"
	       "                 compare; needs root\n"
	       "  --help         this text\n\n"
	       "For figures give each lcore a CPU of its own, for instance: %s -l 0,1 --no-pci -- "
	       "--test=all\n",
	       "all", REPEATS_MIN, REPEATS_MAX, REPEATS_DEFAULT, REPEATS_MIN, program);
}

static int
parse_test(const char *name, struct options *o)
{
	int i;

	o->test_name = name;
	o->test = NULL;
	if (strcmp(name, "all") == 0)
		return 0;
	for (i = 0; bench_tests[i] != NULL; i++) {
		if (strcmp(name, bench_tests[i]->name) == 0) {
			o->test = bench_tests[i];
			return 0;
		}
	}
	fprintf(stderr, "%s: --test: no test is named '%s', known are ",
		program_invocation_short_name, name);
	print_test_names(stderr);
	fputc('\n', stderr);
	return -1;
}

static int
parse_repeats(const char *text, struct options *o)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || strchr(text, '-') != NULL ||
	    value < REPEATS_MIN || value > REPEATS_MAX) {
		warnx("--repeats: '%s' is not a number from %u to %u", text, REPEATS_MIN,
		      REPEATS_MAX);
		return -1;
	}
	o->repeats = (uint32_t)value;
	return 0;
}

static int
parse_one(int opt, struct options *o)
{
	switch (opt) {
	case OPT_TEST:
		return parse_test(optarg, o);
	case OPT_JSON:
		o->json = optarg;
		return 0;
	case OPT_PLOT:
		o->plot = optarg;
		return 0;
	case OPT_REPEATS:
		return parse_repeats(optarg, o);
	case OPT_QUICK:
		o->quick = true;
		return 0;
	case OPT_ISOLATE:
		o->isolate = true;
		return 0;
	case OPT_HELP:
		o->help = true;
		return 0;
	default: /* getopt_long() has said what is wrong. */
		return -1;
	}
}

int
options_parse(int argc, char **argv, struct options *o)
{
	int opt;

	*o = (struct options){0};
	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (parse_one(opt == 'h' ? OPT_HELP : opt, o) < 0)
			return -1;
	}
	if (o->help)
		return 0;
	if (optind < argc) {
		warnx("'%s' is no option; --help shows them", argv[optind]);
		return -1;
	}
	if (o->test_name == NULL) {
		fprintf(stderr, "%s: which test? Say -- --test=NAME with one of ",
			program_invocation_short_name);
		print_test_names(stderr);
		fputc('\n', stderr);
		return -1;
	}
	if (o->repeats == 0)
		o->repeats = o->quick ? REPEATS_MIN : REPEATS_DEFAULT;
	return 0;
}
