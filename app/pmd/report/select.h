/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef REPORT_SELECT_H_
#define REPORT_SELECT_H_

/**
 * @file
 * Which tenants and which counters a report contains: a domain has up to 65,536 of them.
 *
 * --stats-filter and --stats-changed select rows. If more rows than --stats-rows remain, those with
 * the most offered packets (tenants) or the most refused charges (counters) since the last report
 * come first, and the others are left out.
 */

#include <stdint.h>

#include "stats/stats.h"

/** Default of --stats-rows. */
#define SELECT_ROWS_TEXT 20
#define SELECT_ROWS_JSON 100

/** Selected rows. */
struct selection {
	uint32_t nb; /**< Rows of the report. */
	uint32_t nb_more; /**< Rows left out because of --stats-rows. */
	/** Indexes of nb rows, then of nb_more rows. The caller frees it with free(). */
	uint32_t *rows;
};

/** Select tenants. @return 0, or -ENOMEM with an empty selection */
int select_tenants(const struct stats *s, struct selection *selection);

/** Select counters. @return 0, or -ENOMEM with an empty selection */
int select_counters(const struct stats *s, struct selection *selection);

#endif /* REPORT_SELECT_H_ */
