/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_REPORT_H_
#define RATION_DRAIN_REPORT_H_

/**
 * @file
 * The state of a running drain, with one row for each member, and the report to the caller.
 */

#include <stdbool.h>
#include <stdint.h>

#include "shm/layout.h"

/** A running drain. Large: ration_drain_init() does not clear the arrays. */
struct drain {
	struct ration_domain *domain;
	uint32_t target;
	uint32_t round;
	int drainer;
	uint64_t start; /**< TSC. */
	uint64_t deadline; /**< TSC. */
	uint64_t next_check; /**< TSC of the next search for dead members. */
	uint64_t units;
	uint32_t nb_rounds;
	uint32_t nb_timedout;
	uint32_t nb_waiting;
	uint32_t nb_rows;
	/* One element for each member that is drained. */
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	uint64_t units_before[RATION_MEMBERS_MAX]; /**< ration_lcore::ack_units at the start. */
	bool waiting[RATION_MEMBERS_MAX]; /**< The member has not answered yet. */
};

/** Return the member of a row. */
static inline struct member *
ration_row_member(const struct drain *dr, const struct ration_drain_row *row)
{
	return &dr->domain->members[row->member_id];
}

/** Finish the row of a member: it has returned `units`, and the drain no longer waits for it. */
void ration_row_done(struct drain *dr, struct ration_drain_row *row, uint64_t units);

/** Return the number of units that drains have returned from the member since the request. */
uint64_t ration_row_units(const struct drain *dr, const struct ration_drain_row *row);

/**
 * Finish the row of a member that did not answer in time, with the reason. Logs a warning, unless
 * the timeout is 0.
 */
void ration_row_timed_out(struct drain *dr, struct ration_drain_row *row);

/**
 * Write the caller's report, which may be NULL. Rows of members that timed out come first if not
 * all fit.
 */
void ration_report_write(const struct drain *dr, struct ration_drain_report *report);

#endif /* RATION_DRAIN_REPORT_H_ */
