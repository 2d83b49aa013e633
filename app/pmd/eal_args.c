/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "eal_args.h"
#include "message.h"
#include "options.h"

#define PREFIX_OPTION "--file-prefix"
/* EAL takes abbreviations; a shorter one than this is ambiguous to it. */
#define PREFIX_SHORTEST (sizeof("--fi") - 1)

void
command_line_split(int argc, char **argv, struct command_line *line)
{
	static char *nothing[] = {NULL, NULL};
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			line->help = true;
	line->eal_argc = i;
	line->eal_argv = argv;
	line->own_argc = i < argc ? argc - i : 1;
	line->own_argv = i < argc ? &argv[i] : nothing;
	/* With "--" it is EAL's help that is asked for. */
	line->help = line->help && i == argc;
}

static bool
is_prefix_option(const char *arg, size_t length)
{
	return length >= PREFIX_SHORTEST && length < sizeof(PREFIX_OPTION) &&
	       strncmp(arg, PREFIX_OPTION, length) == 0;
}

static int
check_prefix(const char *prefix)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	if (prefix == NULL || prefix[0] == '\0' || prefix[strspn(prefix, plain)] != '\0' ||
	    strspn(prefix, ".") == strlen(prefix)) {
		complain("--file-prefix: '%s' is not a plain name ([A-Za-z0-9_.-] is allowed)",
			 prefix != NULL ? prefix : "");
		return -EINVAL;
	}
	return 0;
}

int
eal_args_check(const struct command_line *line)
{
	const char *arg;
	size_t length;
	int i;

	for (i = 1; i < line->eal_argc; i++) {
		arg = line->eal_argv[i];
		length = strcspn(arg, "=");
		if (!is_prefix_option(arg, length))
			continue;
		if (arg[length] == '=')
			arg += length + 1;
		else
			arg = i + 1 < line->eal_argc ? line->eal_argv[++i] : NULL;
		if (check_prefix(arg) < 0)
			return -EINVAL;
	}
	return 0;
}

static void
own_usage(const char *program)
{
	(void)program;
	printf("\n");
	options_help(stdout);
}

int
eal_start(const struct command_line *line)
{
	char *argv[line->eal_argc + 1];
	int done;

	/* EAL moves the pointers about, and has to see where its part ends. */
	memcpy(argv, line->eal_argv, line->eal_argc * sizeof(argv[0]));
	argv[line->eal_argc] = NULL;

	rte_set_application_usage_hook(own_usage);
	rte_errno = 0;
	done = rte_eal_init(line->eal_argc, argv);
	if (done < 0) {
		complain("EAL could not start%s%s", rte_errno != 0 ? ": " : "",
			 rte_errno != 0 ? rte_strerror(rte_errno) : " (its own words are above)");
		return rte_errno != 0 ? -rte_errno : -EINVAL;
	}
	if (done + 1 < line->eal_argc) {
		complain("'%s': not an EAL option (the application's own stand behind --)",
			 argv[done + 1]);
		rte_eal_cleanup();
		return -EINVAL;
	}
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		complain("cannot run as a secondary process");
		rte_eal_cleanup();
		return -ENOTSUP;
	}
	return 0;
}
