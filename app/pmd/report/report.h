/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef REPORT_H_
#define REPORT_H_

/**
 * @file
 * Reports: statistics as text or as JSON (--stats-format).
 *
 * The reader of stdout may be slow, or may have stopped reading. A report that it does not take in
 * time stays pending, and is written whole when it reads again; reports that are due meanwhile are
 * dropped and counted. At the end of the run a report that is still pending is cut.
 *
 * All functions: main lcore only.
 */

#include <stdbool.h>

#include "options/options.h"
#include "report/format.h"
#include "stats/stats.h"

/** The destination of all reports, and what became of them. */
struct reports;

/**
 * Open the destination of reports, which is stdout. With JSON nothing else may be written there.
 * Therefore anything that EAL or a driver prints to stdout goes to stderr from now on.
 *
 * @return
 *   The destination, or NULL after one line on stderr.
 */
struct reports *report_open(const struct options *o);

/**
 * Write a report. Waits at most 50 ms for the reader, with REPORT_TOTAL at most 2 seconds.
 *
 * @param s
 *   The statistics. Its number of dropped reports is set.
 * @param violations
 *   Number of violations that the checks found; used with REPORT_TOTAL only.
 * @return
 *   0, also if a report of a period is pending or was dropped; or a negative errno after one line
 *   on stderr, -ETIMEDOUT if the totals could not be written in time.
 */
int report_write(struct reports *r, struct stats *s, enum report_type type, uint64_t violations);

/** Return whether a report has not been written completely yet. */
bool report_pending(const struct reports *r);

/**
 * Write the rest of the pending report, or as much of it as the reader takes in time.
 *
 * @return
 *   0, also if a rest is still pending; or a negative errno after one line on stderr.
 */
int report_flush(struct reports *r, unsigned int timeout_ms);

/** Close the destination. NULL is allowed. */
void report_close(struct reports *r);

#endif /* REPORT_H_ */
