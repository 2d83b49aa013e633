/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * EAL cannot be misled by a command line that eal_args_check() accepts: every file prefix that EAL
 * finds is a plain name. EAL reads with getopt_long(), and so does this target.
 */

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include <rte_common.h>

#include "eal_args.h"
#include "fuzz.h"
#include "message.h"

static unsigned int nb_errors;

void
log_error(const char *format, ...)
{
	(void)format;
	nb_errors++;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/* EAL's options that matter here: with and without values, and with similar names. */
static const struct option eal_options[] = {
	{"file-prefix", required_argument, NULL, 'F'},
	{"force-max-simd-bitwidth", required_argument, NULL, 1},
	{"huge-dir", required_argument, NULL, 1},
	{"lcores", required_argument, NULL, 1},
	{"log-level", required_argument, NULL, 1},
	{"vdev", required_argument, NULL, 1},
	{"no-huge", no_argument, NULL, 1},
	{"no-pci", no_argument, NULL, 1},
	{"in-memory", no_argument, NULL, 1},
	{"syslog", optional_argument, NULL, 1},
	{0},
};

/* The name itself, as the guide allows it. */
static bool
is_plain(const char *prefix)
{
	size_t i;

	for (i = 0; prefix[i] != '\0'; i++) {
		if (!isalnum((unsigned char)prefix[i]) && strchr("_.-", prefix[i]) == NULL)
			return false;
	}
	return i > 0 && i <= 32 && strcmp(prefix, ".") != 0 && strcmp(prefix, "..") != 0;
}

/* getopt_long() may sort the words, so it gets a copy. */
static void
claim_plain_prefixes(const struct command_line *line)
{
	char *argv[FUZZ_WORDS + 2] = {NULL};
	int answer;

	memcpy(argv, line->eal_argv, (size_t)line->eal_argc * sizeof(argv[0]));
	opterr = 0;
	optind = 0;
	while ((answer = getopt_long(line->eal_argc, argv, "a:b:c:d:hl:n:m:r:s:S:v", eal_options,
				     NULL)) != -1)
		CLAIM(answer != 'F' || is_plain(optarg));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct command_line line = {.help = false};
	struct fuzz_words w;
	int i, rc;

	fuzz_words_init(&w, bytes, size);
	command_line_split(w.argc, w.argv, &line);
	CLAIM(line.eal_argc >= 1 && line.eal_argc <= w.argc && line.own_argc >= 1);
	for (i = 1; i < line.eal_argc; i++)
		CLAIM(strcmp(line.eal_argv[i], "--") != 0);
	CLAIM(line.eal_argc == w.argc || line.own_argc == w.argc - line.eal_argc);
	nb_errors = 0;
	rc = eal_args_check(&line);
	CLAIM((rc < 0) == (nb_errors == 1) && nb_errors <= 1);
	if (rc == 0)
		claim_plain_prefixes(&line);
	fuzz_words_free(&w);
	return 0;
}
