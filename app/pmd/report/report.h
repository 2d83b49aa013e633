/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef REPORT_H_
#define REPORT_H_

/**
 * @file
 * Reports: statistics as text or as JSON (--stats-format).
 *
 * All functions: main lcore only.
 */

#include <stdio.h>

#include "options/options.h"
#include "report/format.h"
#include "stats/stats.h"

/**
 * Open the stream for reports, which is stdout. With JSON nothing else may be written there.
 * Therefore anything that EAL or a driver prints to stdout goes to stderr from now on.
 *
 * @return
 *   The stream, or NULL after one line on stderr.
 */
FILE *report_open(const struct options *o);

/**
 * Write and flush a report.
 *
 * @param violations
 *   Number of violations that the checks found; used with REPORT_TOTAL only.
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int report_write(FILE *f, const struct stats *s, enum report_type type, uint64_t violations);

#endif /* REPORT_H_ */
