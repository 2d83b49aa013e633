/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef VERSION_H_
#define VERSION_H_

/** @file The version of the programs. */

/**
 * Print one line with the name of a program, its version and that of DPDK to stdout. EAL need not
 * be initialized.
 */
void version_print(const char *program);

#endif /* VERSION_H_ */
