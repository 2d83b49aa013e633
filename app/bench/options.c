/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "options.h"

enum {
	OPT_TEST = 1000,
	OPT_JSON,
	OPT_PLOT,
	OPT_REPEATS,
	OPT_SECONDS,
	OPT_QUICK,
	OPT_ISOLATE,
	OPT_HELP,
};

static const struct option long_options[] = {
	{"test", required_argument, NULL, OPT_TEST},
	{"json", required_argument, NULL, OPT_JSON},
	{"plot", required_argument, NULL, OPT_PLOT},
	{"repeats", required_argument, NULL, OPT_REPEATS},
	{"seconds", required_argument, NULL, OPT_SECONDS},
	{"quick", no_argument, NULL, OPT_QUICK},
	{"isolate", no_argument, NULL, OPT_ISOLATE},
	{"help", no_argument, NULL, OPT_HELP},
	{0},
};

const char *const *
options_names(void)
{
	static const char *names[RTE_DIM(long_options)];
	unsigned int i;

	for (i = 0; i < RTE_DIM(long_options); i++)
		names[i] = long_options[i].name;
	return names;
}

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
	       "  --test=NAME    the test to run:\n",
	       program);
	for (i = 0; bench_tests[i] != NULL; i++)
		printf("                   %-10s%s (%u lcore%s)\n", bench_tests[i]->name,
		       bench_tests[i]->summary, bench_tests[i]->nb_lcores,
		       bench_tests[i]->nb_lcores == 1 ? "" : "s");
	printf("                   %-10sall tests, in this order\n"
	       "  --json FILE    also write machine, rows and ratios to FILE\n"
	       "  --plot DIR     draw plots in DIR, with gnuplot\n"
	       "  --repeats N    charge, walk, drain, read: samples of each case, %u to %u\n"
	       "                 (default %u); the other tests have fixed numbers\n"
	       "  --seconds N    hiccup, latency: duration of each test, up to %u, and the same\n"
	       "                 time again with --isolate (default: about 30 s); drain, read,\n"
	       "                 scale, limit: they end after about this time, with fewer samples\n"
	       "  --quick        %u repeats with small windows: a trial, no useful figures\n"
	       "  --isolate      hiccup, latency: also isolate the CPU of the lcore and compare;\n"
	       "                 needs root\n"
	       "  --help         print this text\n"
	       "  --version      print the versions of ration-bench and DPDK\n\n"
	       "For useful figures give each lcore its own CPU, for example: %s -l 0,1 --no-pci -- "
	       "--test=all\n",
	       "all", REPEATS_MIN, REPEATS_MAX, REPEATS_DEFAULT, SECONDS_MAX, REPEATS_MIN, program);
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
	fprintf(stderr, "%s: --test: there is no test '%s', the tests are ",
		program_invocation_short_name, name);
	print_test_names(stderr);
	fputc('\n', stderr);
	return -1;
}

/* @return true if the text is a number from min to max */
static bool
parse_number(const char *option, const char *text, uint32_t min, uint32_t max, uint32_t *number)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	/* strtoul() accepts blanks and signs, which are errors here. */
	if (errno != 0 || !isdigit((unsigned char)text[0]) || *end != '\0' || value < min ||
	    value > max) {
		warnx("%s: '%s' is not a number from %u to %u", option, text, min, max);
		return false;
	}
	*number = (uint32_t)value;
	return true;
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
		return parse_number("--repeats", optarg, REPEATS_MIN, REPEATS_MAX, &o->repeats)
			       ? 0
			       : -1;
	case OPT_SECONDS:
		return parse_number("--seconds", optarg, 1, SECONDS_MAX, &o->seconds) ? 0 : -1;
	case OPT_QUICK:
		o->quick = true;
		return 0;
	case OPT_ISOLATE:
		o->isolate = true;
		return 0;
	case OPT_HELP:
		o->help = true;
		return 0;
	default: /* getopt_long() has written a message. */
		return -1;
	}
}

static bool
is_one_of(const char *name, const char *const *names)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/* Each option applies to some of the tests only. --test=all includes those tests. */
static void
warn_unused_options(const struct options *o)
{
	static const char *const repeated[] = {"all", "charge", "walk", "drain", "read", NULL};
	static const char *const timed[] = {"all",  "hiccup", "latency", "drain",
					    "read", "scale",  "limit",	 NULL};

	if (o->repeats > 0 && !is_one_of(o->test_name, repeated))
		warnx("--repeats: no effect, %s has a fixed number", o->test_name);
	if (o->seconds > 0 && !is_one_of(o->test_name, timed))
		warnx("--seconds: no effect, the time of %s depends on its repeats", o->test_name);
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
		warnx("'%s' is not an option, see --help", argv[optind]);
		return -1;
	}
	if (o->test_name == NULL) {
		fprintf(stderr, "%s: no test given, use -- --test=NAME with one of ",
			program_invocation_short_name);
		print_test_names(stderr);
		fputc('\n', stderr);
		return -1;
	}
	warn_unused_options(o);
	if (o->repeats == 0)
		o->repeats = o->quick ? REPEATS_MIN : REPEATS_DEFAULT;
	return 0;
}
