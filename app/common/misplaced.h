/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MISPLACED_H_
#define MISPLACED_H_

/**
 * @file
 * Options of the program that stand among those of EAL, because "--" is missing or comes too late.
 */

#include "eal_args.h"

/**
 * Refuse an option of the program before "--". EAL would print all its options, and its message
 * would name neither the "--" nor the right place.
 *
 * An abbreviation of at least 6 characters counts, too. No option of EAL has the name of an option
 * of the programs, or starts with such an abbreviation.
 *
 * @param names
 *   The options of the program without "--". NULL ends the list.
 * @return
 *   0, or -EINVAL after one line on stderr.
 */
int misplaced_check(const struct command_line *line, const char *const *names);

#endif /* MISPLACED_H_ */
