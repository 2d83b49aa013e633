/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_NAME_RULE_H_
#define RATION_SHM_NAME_RULE_H_

/**
 * @file
 * Names that come from outside: the rule for the names of counters and the escaping of text are
 * public, ration_name_error() and ration_name_escape() in ration_counter.h.
 */

#include <ration_counter.h>

/**
 * Size of a buffer for a name of `namesize` bytes, its NUL included, after escaping: a byte that is
 * not UTF-8 becomes 4 bytes, and no character becomes more than 6 times as long.
 */
#define RATION_ESCAPED_SIZE(namesize) (6 * ((size_t)(namesize)-1) + 1)

#endif /* RATION_SHM_NAME_RULE_H_ */
