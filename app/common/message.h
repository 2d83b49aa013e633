/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef MESSAGE_H_
#define MESSAGE_H_

/**
 * @file
 * Words for people: always on stderr, so that statistics can be piped.
 */

#include <rte_common.h>

/** Status of a wrong command line; EXIT_FAILURE is for everything that goes wrong later. */
#define EXIT_USAGE 2

/** Write one line to stderr, behind the program's name. */
void complain(const char *format, ...) __rte_format_printf(1, 2);

#endif /* MESSAGE_H_ */
