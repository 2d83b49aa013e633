/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_LCORE_CHECKS_H_
#define RATION_LCORE_CHECKS_H_

/**
 * @file
 * What every checked call begins and ends with. ration_checked.h declares the checked calls.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration_checks.h>

#include "shm/layout.h"

/** A checked call that uses an lcore area. */
struct checked_call {
	struct __ration_check_site *site;
	struct ration_domain *d;
	/** Lcore area to use: that of the caller, or the shared area if it belongs to another. */
	struct ration_lcore *lc;
	/** Mark that the lcore area is in use, or NULL if this call has not set it. */
	RATION_ATOMIC(int32_t) *mark;
};

/**
 * Find the domain of an lcore area without reading the area, because its memory may be freed. A
 * secondary process does not know its domains well enough: there only the domain is checked.
 *
 * @return the domain, or NULL after a report
 */
struct ration_domain *ration_check_area(struct __ration_check_site *site,
					const struct ration_lcore *lc);

/**
 * Report a call on an lcore area that is not online or offline for the calling thread.
 *
 * @param site
 *   Place of the call.
 * @param d
 *   Domain of the area.
 * @param lc
 *   The lcore area, not the shared one.
 * @param wrong_owner
 *   Kind to report if the area belongs to another thread.
 * @return true if the calling thread owns the area
 */
bool ration_check_owner(struct __ration_check_site *site, const struct ration_domain *d,
			const struct ration_lcore *lc, enum ration_check wrong_owner);

/**
 * Check that rte_eal_cleanup() has not unmapped an lcore area; NULL passes. For calls outside the
 * data path: the checks of others trust the area that a thread used before.
 */
bool ration_check_mapped(struct __ration_check_site *site, const struct ration_lcore *lc);

/**
 * Begin a checked call: check the lcore area, its owner, and that no other call uses it.
 * @return false if the call must be refused
 */
bool ration_check_begin(struct checked_call *call, struct __ration_check_site *site,
			struct ration_lcore *lc, enum ration_check wrong_owner);

/** End a checked call, for which ration_check_begin() returned true. */
void ration_check_end(struct checked_call *call);

/**
 * Check the handle of a counter. A stale handle is no violation.
 * @return false if only the slow path may see it, which compares all of it and refuses it
 */
bool ration_check_handle(struct __ration_check_site *site, const struct ration_domain *d,
			 ration_counter_t c);

#endif /* RATION_LCORE_CHECKS_H_ */
