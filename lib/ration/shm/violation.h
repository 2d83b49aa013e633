/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_VIOLATION_H_
#define RATION_SHM_VIOLATION_H_

/**
 * @file
 * Counts and reports what checked calls find. The functions of the checked build are called only by
 * programs that are compiled with RATION_CHECKS; the rest of the library does not know them.
 */

#include <rte_common.h>

#include <ration_checks.h>

/**
 * Count a violation, and report the first one of its kind at a place. Any thread.
 *
 * @param site
 *   Place of the call.
 * @param kind
 *   Kind of the violation.
 * @param format
 *   What is wrong; the name of the kind stands before it.
 */
void ration_violation(struct __ration_check_site *site, enum ration_check kind, const char *format,
		      ...) __rte_format_printf(3, 4);

#endif /* RATION_SHM_VIOLATION_H_ */
