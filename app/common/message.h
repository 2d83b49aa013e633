/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MESSAGE_H_
#define MESSAGE_H_

/**
 * @file
 * Messages for the user. They go to stderr, so that statistics on stdout can be piped.
 */

#include <rte_common.h>

/** Exit status after a wrong command line. All later errors exit with EXIT_FAILURE. */
#define EXIT_USAGE 2

/** Write one line to stderr, after the name of the program. */
void complain(const char *format, ...) __rte_format_printf(1, 2);

#endif /* MESSAGE_H_ */
