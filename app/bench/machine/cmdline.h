/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_MACHINE_CMDLINE_H_
#define BENCH_MACHINE_CMDLINE_H_

/**
 * @file
 * The kernel's command line as it may be published: all of it that can bear on a figure, without
 * what names the machine, its devices and its network.
 */

#include <stdbool.h>
#include <stddef.h>

/**
 * May a parameter ("name" or "name=value") be published? Not if it says what is started or where
 * output goes, and not if its value is a path, a UUID or an address.
 */
bool cmdline_is_public(const char *parameter);

/**
 * Split a command line, which is changed, into what may be published and the names of the rest,
 * both with a space between two. What follows "--" is for init, not for the kernel: it goes by the
 * name "--".
 *
 * @param line
 *   As /proc/cmdline has it.
 * @param kept
 *   For parameters, as large as the line.
 * @param left_out
 *   For names, as large as the line.
 */
void cmdline_split(char *line, char *kept, char *left_out);

#endif /* BENCH_MACHINE_CMDLINE_H_ */
