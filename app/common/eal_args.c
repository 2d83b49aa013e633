/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "eal_args.h"
#include "eal_files.h"
#include "message.h"
#include "runtime_dir.h"

#define PREFIX_OPTION "--file-prefix"
/* EAL accepts abbreviated options. A shorter abbreviation than this is ambiguous. */
#define PREFIX_SHORTEST (sizeof("--fi") - 1)
/* Longest prefix, in bytes. */
#define PREFIX_MAX 32

void
command_line_split(int argc, char **argv, struct command_line *line)
{
	static char *nothing[] = {NULL, NULL};
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			line->eal_help = true;
		if (strcmp(argv[i], "--version") == 0)
			line->version = true;
	}
	line->eal_argc = i;
	line->eal_argv = argv;
	line->own_argc = i < argc ? argc - i : 1;
	line->own_argv = i < argc ? &argv[i] : nothing;
	/* If there is a "--", this help option belongs to EAL. */
	line->help = line->eal_help && i == argc;
	for (i++; i < argc; i++)
		if (strcmp(argv[i], "--version") == 0)
			line->version = true;
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
	    strlen(prefix) > PREFIX_MAX || strspn(prefix, ".") == strlen(prefix)) {
		log_error("--file-prefix: '%s' is not a plain name (1 to %d of [A-Za-z0-9_.-] are "
			  "allowed)",
			  prefix != NULL ? prefix : "", PREFIX_MAX);
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
		/*
		 * The argument after it is checked again: this argument may be the value of the
		 * option before it, and the next one may be the option.
		 */
		if (arg[length] == '=')
			arg += length + 1;
		else
			arg = i + 1 < line->eal_argc ? line->eal_argv[i + 1] : NULL;
		if (check_prefix(arg) < 0)
			return -EINVAL;
	}
	return 0;
}

/*
 * Files that EAL creates at startup are for this user only. The user's umask applies to files that
 * the application creates later.
 */
static int
init_privately(int argc, char **argv)
{
	mode_t before = umask(S_IRWXG | S_IRWXO);
	int done = rte_eal_init(argc, argv);

	umask(before);
	return done;
}

/*
 * If EAL refuses an option, it prints about 150 lines of help to stdout, among which its message is
 * lost. EAL logs to stderr, therefore nothing else is left out.
 */
static int
init_without_help(int argc, char **argv)
{
	int out, null, done;

	fflush(stdout);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (out < 0 || null < 0 || dup2(null, STDOUT_FILENO) < 0) {
		log_error("cannot redirect stdout: %s", strerror(errno));
		return -1;
	}
	close(null);
	done = init_privately(argc, argv);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	return done;
}

int
eal_start(const struct command_line *line, rte_usage_hook_t usage)
{
	char *argv[line->eal_argc + 1];
	int done;

	/* EAL reorders the pointers, and needs a NULL at the end of its part. */
	memcpy(argv, line->eal_argv, line->eal_argc * sizeof(argv[0]));
	argv[line->eal_argc] = NULL;

	done = runtime_dir_check();
	if (done < 0)
		return done;
	rte_set_application_usage_hook(usage);
	/* EAL reads with getopt_long(), which names what it does not know unless it is 0. */
	opterr = 1;
	rte_errno = 0;
	done = line->eal_help ? init_privately(line->eal_argc, argv)
			      : init_without_help(line->eal_argc, argv);
	if (done < 0) {
		log_error("EAL could not start%s%s", rte_errno != 0 ? ": " : "",
			  rte_errno != 0 ? rte_strerror(rte_errno) : " (see its messages above)");
		return rte_errno != 0 ? -rte_errno : -EINVAL;
	}
	if (done + 1 < line->eal_argc) {
		log_error("'%s': not an EAL option (options of the program come after --)",
			  argv[done + 1]);
		eal_stop();
		return -EINVAL;
	}
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		log_error("cannot run as a secondary process");
		rte_eal_cleanup();
		return -ENOTSUP;
	}
	return 0;
}
