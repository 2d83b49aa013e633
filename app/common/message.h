/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MESSAGE_H_
#define MESSAGE_H_

/**
 * @file
 * Messages. They go to stderr, so that statistics on stdout can be piped.
 */

#include <rte_common.h>

/** Exit status after a wrong command line. Later errors exit with EXIT_FAILURE. */
#define EXIT_USAGE 2

/** Write one line to stderr: the name of the program and the message. */
void log_error(const char *format, ...) __rte_format_printf(1, 2);

#endif /* MESSAGE_H_ */
