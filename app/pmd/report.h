/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef REPORT_H_
#define REPORT_H_

/**
 * @file
 * Statistics as text for people or as JSON for programs.
 */

#include <stdio.h>

#include "stats.h"

/** What a report is about. */
enum report_type {
	REPORT_PERIOD,
	REPORT_TOTAL, /**< The last one, with the outcome of the checks. */
};

/**
 * Where reports go: stdout. For JSON nothing else may go there, neither from EAL nor from drivers,
 * so that what they print to stdout goes to stderr from now on.
 *
 * @return
 *   The stream, or NULL after one line on stderr.
 */
FILE *report_open(const struct options *o);

/**
 * Write statistics.
 *
 * @param violations
 *   Of the checks at the end; told with REPORT_TOTAL only.
 * @return
 *   0, or a negative errno after one line on stderr.
 */
int report_write(FILE *f, const struct stats *s, enum report_type type, uint64_t violations);

/** A table. @return 0; whether all could be written is the caller's to check */
int report_text(FILE *f, const struct stats *s, enum report_type type, uint64_t violations);

/** One object on one line. @return 0 or -ENOMEM */
int report_json(FILE *f, const struct stats *s, enum report_type type, uint64_t violations);

#endif /* REPORT_H_ */
