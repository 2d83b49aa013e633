/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_CMDLINE_H_
#define BENCH_MACHINE_CMDLINE_H_

/**
 * @file
 * The part of the kernel command line that may be published: parameters that can affect a figure,
 * but nothing that identifies the machine, its devices or its network.
 */

#include <stdbool.h>
#include <stddef.h>

/**
 * May a parameter ("name" or "name=value") be published? Not if it says what is started or where
 * output goes, and not if its value is a path, a UUID or an address.
 */
bool cmdline_is_public(const char *parameter);

/**
 * Split a command line into the parameters that may be published and the names of the others, both
 * separated by blanks. The line is changed. All that follows "--" is for init, not for the kernel,
 * and is named "--".
 *
 * @param line
 *   Content of /proc/cmdline.
 * @param kept
 *   Buffer for the parameters, as large as the line.
 * @param left_out
 *   Buffer for the names, as large as the line.
 */
void cmdline_split(char *line, char *kept, char *left_out);

#endif /* BENCH_MACHINE_CMDLINE_H_ */
