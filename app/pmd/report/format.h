/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef REPORT_FORMAT_H_
#define REPORT_FORMAT_H_

/**
 * @file
 * The formats of a report.
 */

#include <stdint.h>
#include <stdio.h>

#include "stats/stats.h"

/** The type of a report. */
enum report_type {
	REPORT_PERIOD, /**< During the run, every --stats-period seconds. */
	REPORT_TOTAL, /**< At the end, with the result of the checks. */
};

/**
 * Write a report as tables of text.
 *
 * @param violations
 *   Number of violations that the checks found; used with REPORT_TOTAL only.
 * @return
 *   0 or -ENOMEM. The caller must check the stream for write errors.
 */
int report_text(FILE *f, const struct stats *s, enum report_type type, uint64_t violations);

/**
 * Write a report as one JSON object on one line. See report_text().
 *
 * @return
 *   0 or -ENOMEM. The caller must check the stream for write errors.
 */
int report_json(FILE *f, const struct stats *s, enum report_type type, uint64_t violations);

#endif /* REPORT_FORMAT_H_ */
