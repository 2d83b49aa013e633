/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef EAL_ARGS_H_
#define EAL_ARGS_H_

/**
 * @file
 * The EAL part of the command line (up to "--"), and checks that EAL does not make itself.
 */

#include <stdbool.h>

#include <rte_eal.h>

/** A command line, split at "--". */
struct command_line {
	int eal_argc;
	char **eal_argv;
	int own_argc; /**< 1 if there is no "--". */
	char **own_argv;
	bool help; /**< --help or -h was given, without "--". */
	bool eal_help; /**< --help or -h was given among the options of EAL. */
	bool version; /**< --version was given, before or after "--". */
};

/** Split the command line. Does not change it. */
void command_line_split(int argc, char **argv, struct command_line *line);

/**
 * Refuse a --file-prefix that EAL would accept but that is not a plain name: it would name files
 * outside the runtime directory.
 *
 * @return
 *   0, or -EINVAL after one line on stderr.
 */
int eal_args_check(const struct command_line *line);

/**
 * Start EAL as the primary process. If it refuses an option, its own message on stderr names the
 * option; the list of all options, which EAL prints to stdout, is left out unless help was asked
 * for.
 *
 * EAL starts in a runtime directory of this user (see runtime_dir.h). No other user can open its
 * files.
 *
 * @param usage
 *   Called when EAL prints its usage, to add the usage of the application.
 * @return
 *   0, or a negative errno after one line on stderr: -EINVAL if the command line is wrong.
 */
int eal_start(const struct command_line *line, rte_usage_hook_t usage);

#endif /* EAL_ARGS_H_ */
