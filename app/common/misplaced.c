/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <string.h>

#include "message.h"
#include "misplaced.h"

/* A shorter abbreviation could be one of an EAL option: --mbuf- is. */
#define ABBREVIATION_MIN 6

/* Returns the option of the program that the argument names, or NULL. */
static const char *
option_of(const char *arg, const char *const *names)
{
	size_t length;

	if (strncmp(arg, "--", 2) != 0)
		return NULL;
	arg += 2;
	length = strcspn(arg, "=");
	for (; *names != NULL; names++) {
		if (strncmp(arg, *names, length) != 0)
			continue;
		/* EAL has a --help, too. */
		if (strcmp(*names, "help") == 0 || strcmp(*names, "version") == 0)
			continue;
		if (length >= ABBREVIATION_MIN || (*names)[length] == '\0')
			return *names;
	}
	return NULL;
}

int
misplaced_check(const struct command_line *line, const char *const *names)
{
	/* own_argv is not the rest of the command line if there is no "--". */
	bool separated = line->own_argv == &line->eal_argv[line->eal_argc];
	const char *name;
	int i;

	for (i = 1; i < line->eal_argc; i++) {
		name = option_of(line->eal_argv[i], names);
		if (name == NULL)
			continue;
		log_error(separated ? "--%s: stands before '--', among the options of EAL (options "
				      "of the program come after '--')"
				    : "--%s: '--' is missing before it (options of EAL, then '--', "
				      "then options of the program)",
			  name);
		return -EINVAL;
	}
	return 0;
}
