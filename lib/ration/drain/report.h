/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_REPORT_H_
#define RATION_DRAIN_REPORT_H_

/**
 * @file
 * A drain under way, and what is known of each member: rows for the caller's report.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** A drain that is under way. Large, and filled row by row: leave it uninitialised. */
struct drain {
	struct ration_domain *domain;
	uint32_t target;
	uint32_t round;
	int drainer;
	uint64_t start; /**< TSC. */
	uint64_t deadline; /**< TSC. */
	uint64_t next_check; /**< TSC of the next check whether silent members are alive. */
	uint64_t cycles; /**< TSC cycles of the drain, once it is closed. */
	uint64_t units;
	uint32_t nb_rounds;
	uint32_t nb_timedout;
	uint32_t nb_waiting;
	uint32_t nb_rows;
	/* For each member that is drained: its row, what it had returned before, and whether the drain
	 * waits for it. */
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	uint64_t units_before[RATION_MEMBERS_MAX];
	bool waiting[RATION_MEMBERS_MAX];
};

/** The member of a row. */
static inline struct member *
ration_row_member(const struct drain *dr, const struct ration_drain_row *row)
{
	return &dr->domain->members[row->member_id];
}

/** A member is drained, or need not be: it gave so many units back. */
void ration_row_done(struct drain *dr, struct ration_drain_row *row, uint64_t units);

/** What the member has given back since this drain began. */
uint64_t ration_row_units(const struct drain *dr, const struct ration_drain_row *row);

/** A member has not answered in time: say so and why. */
void ration_row_timed_out(struct drain *dr, struct ration_drain_row *row);

/** Write what is known of a drain to the caller's report, which may be NULL. */
void ration_report_write(const struct drain *dr, struct ration_drain_report *report);

#endif /* RATION_DRAIN_REPORT_H_ */
