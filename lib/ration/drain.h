/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_DRAIN_H_
#define RATION_DRAIN_H_

/**
 * @file
 * A drain as its caller sees it: begin, run, end. What happens between run and end happens inside
 * the gate.
 */

#include "ration_pvt.h"

/** A drain that is under way. Large, and filled row by row: leave it uninitialised. */
struct drain {
	struct ration_domain *domain;
	uint32_t target;
	uint32_t gen;
	int asker;
	uint64_t start; /**< TSC. */
	uint64_t deadline; /**< TSC. */
	uint64_t look; /**< TSC of the next look whether those who do not answer are alive. */
	uint32_t nb_waiting;
	struct ration_drain_report *report;
	/* Per row: what the member had given back before, and whether we wait for it. */
	uint64_t units_before[RATION_LCORES_MAX];
	bool waiting[RATION_LCORES_MAX];
};

/** Prepare; the report is emptied. */
void ration_drain_init(struct drain *dr, struct ration_domain *d, uint32_t timeout_us,
		       struct ration_drain_report *report);

/** Open the gate for a target. @return 0, or -EAGAIN if there was no place for an asker in time */
int ration_drain_open(struct drain *dr, uint32_t target);

/** Ask everybody, then wait for all. @return 0 or -ETIMEDOUT */
int ration_drain_run(struct drain *dr);

/** Close the gate. */
void ration_drain_close(struct drain *dr);

#endif /* RATION_DRAIN_H_ */
