/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef EAL_ARGS_H_
#define EAL_ARGS_H_

/**
 * @file
 * The command line up to "--", which belongs to EAL, and what EAL does not check itself.
 */

#include <stdbool.h>

#include <rte_eal.h>

/** A command line cut at "--". */
struct command_line {
	int eal_argc;
	char **eal_argv;
	int own_argc; /**< 1 when there is no "--". */
	char **own_argv;
	bool help; /**< --help or -h without "--". */
};

/** Cut the command line. Changes nothing. */
void command_line_split(int argc, char **argv, struct command_line *line);

/**
 * Refuse what EAL would take and should not: a --file-prefix that is not a plain name leads to
 * files outside the runtime directory.
 *
 * @return
 *   0, or -EINVAL after one line on stderr.
 */
int eal_args_check(const struct command_line *line);

/**
 * Start EAL, as primary process, in a runtime directory of our own (see runtime_dir.h) and with
 * files that nobody else can open.
 *
 * @param usage
 *   Called when EAL prints its own usage, to add ours.
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int eal_start(const struct command_line *line, rte_usage_hook_t usage);

#endif /* EAL_ARGS_H_ */
