/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The checked calls of the data path: they check, make the call of ration_charge.h, and count what
 * it granted. A handle that is not one of the domain takes the slow path at once: the data path
 * would use its index, and compare only part of its generation.
 */

#include <errno.h>
#include <inttypes.h>

#include <ration_checked.h>

#include "lcore/checks.h"
#include "lcore/granted.h"
#include "lcore/stats.h"
#include "shm/violation.h"
#include "tree/counter.h"

static bool
units_fit(const struct checked_call *call, uint64_t n)
{
	if (likely(n <= RATION_UNLIMITED))
		return true;
	ration_violation(call->site, RATION_CHECK_UNITS,
			 "%" PRIu64 " units: is it a negative number?", n);
	return false;
}

static int
charge(const struct checked_call *call, ration_counter_t c, uint64_t n)
{
	int rc;

	if (!ration_check_handle(call->site, call->d, c) || !units_fit(call, n))
		return __ration_refill(call->lc, c, n);
	rc = ration_try_charge(call->lc, c, n);
	if (rc == 0)
		ration_granted_add(call->d, c, n);
	return rc;
}

static int
force(const struct checked_call *call, ration_counter_t c, uint64_t n)
{
	int rc;

	if (!ration_check_handle(call->site, call->d, c) || !units_fit(call, n))
		return __ration_force(call->lc, c, n);
	rc = ration_charge_force(call->lc, c, n);
	if (rc == 0)
		ration_granted_add(call->d, c, n);
	return rc;
}

static void
report_excess(const struct checked_call *call, ration_counter_t c, uint64_t n)
{
	ration_violation(call->site, RATION_CHECK_EXCESS,
			 "%" PRIu64 " units of counter %u of domain %s, which has fewer granted", n,
			 (uint32_t)c, call->d->name);
}

/* Reject and count an excess uncharge, as the slow path does if it does not fit into the stock. */
static int
reject(const struct checked_call *call, ration_counter_t c, uint64_t n)
{
	report_excess(call, c, n);
	ration_fetch_add(&ration_counter_at(call->d, (uint32_t)c)->rejected, 1, relaxed);
	ration_stat_add(call->lc, &call->lc->stats.rejected, 1);
	return -ERANGE;
}

static int
uncharge(const struct checked_call *call, ration_counter_t c, uint64_t n)
{
	int rc;

	if (!ration_check_handle(call->site, call->d, c) || !units_fit(call, n))
		return __ration_trim(call->lc, c, n);
	if (!ration_granted_take(call->d, c, n))
		return reject(call, c, n);
	rc = ration_uncharge(call->lc, c, n);
	if (rc != 0)
		ration_granted_add(call->d, c, n);
	if (rc == -ERANGE)
		report_excess(call, c, n);
	return rc;
}

int
__ration_checked_try_charge(struct __ration_check_site *site, struct ration_lcore *lc,
			    ration_counter_t c, uint64_t n)
{
	struct checked_call call;
	int rc;

	if (!ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return -EINVAL;
	rc = charge(&call, c, n);
	ration_check_end(&call);
	return rc;
}

int
__ration_checked_charge_force(struct __ration_check_site *site, struct ration_lcore *lc,
			      ration_counter_t c, uint64_t n)
{
	struct checked_call call;
	int rc;

	if (!ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return -EINVAL;
	rc = force(&call, c, n);
	ration_check_end(&call);
	return rc;
}

int
__ration_checked_uncharge(struct __ration_check_site *site, struct ration_lcore *lc,
			  ration_counter_t c, uint64_t n)
{
	struct checked_call call;
	int rc;

	if (!ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return -EINVAL;
	rc = uncharge(&call, c, n);
	ration_check_end(&call);
	return rc;
}

/* Whether all handles are those of counters of the domain. Reports nothing. */
static bool
are_sound(const struct checked_call *call, const ration_counter_t *c, uint16_t nb)
{
	uint16_t i;

	for (i = 0; i < nb; i++) {
		if (ration_resolve(call->d, c[i]) == NULL)
			return false;
	}
	return true;
}

uint16_t
__ration_checked_try_charge_burst(struct __ration_check_site *site, struct ration_lcore *lc,
				  const ration_counter_t *c, const uint32_t *n, uint16_t nb,
				  uint8_t *granted)
{
	struct checked_call call;
	uint16_t i, done = 0;

	if (nb == 0 || !__ration_check_pointer(site, granted, "the array of results"))
		return 0;
	memset(granted, 0, nb);
	if (!__ration_check_pointer(site, c, "the array of counters") ||
	    !ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return 0;
	if (are_sound(&call, c, nb)) {
		done = ration_try_charge_burst(call.lc, c, n, nb, granted);
		for (i = 0; i < nb; i++) {
			if (granted[i])
				ration_granted_add(call.d, c[i], n != NULL ? n[i] : 1);
		}
	} else {
		for (i = 0; i < nb; i++) {
			granted[i] = charge(&call, c[i], n != NULL ? n[i] : 1) == 0;
			done += granted[i];
		}
	}
	ration_check_end(&call);
	return done;
}

uint16_t
__ration_checked_uncharge_burst(struct __ration_check_site *site, struct ration_lcore *lc,
				const ration_counter_t *c, const uint32_t *n, uint16_t nb)
{
	struct checked_call call;
	uint32_t i, end, done = 0;
	uint64_t sum;

	if (nb == 0 || !__ration_check_pointer(site, c, "the array of counters") ||
	    !ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return 0;
	for (i = 0; i < nb; i = end) {
		sum = __ration_run_units(c, n, i, nb, &end);
		if (uncharge(&call, c[i], sum) == 0)
			done += end - i;
	}
	ration_check_end(&call);
	return (uint16_t)done;
}

void
__ration_checked_prefetch(struct __ration_check_site *site, struct ration_lcore *lc,
			  const ration_counter_t *c, uint16_t nb)
{
	const struct ration_domain *d;
	uint16_t i;

	if (nb == 0 || !__ration_check_pointer(site, c, "the array of counters"))
		return;
	d = ration_check_area(site, lc);
	for (i = 0; d != NULL && i < nb; i++) {
		if (ration_check_handle(site, d, c[i]))
			ration_prefetch(lc, &c[i], 1);
	}
}

void
__ration_checked_quiescent(struct __ration_check_site *site, struct ration_lcore *lc)
{
	struct checked_call call;

	if (!ration_check_begin(&call, site, lc, RATION_CHECK_QUIESCENT))
		return;
	/* Not through the shared area, whose countdown nobody writes. */
	if (call.lc == lc && !(lc->flags & RATION_LCORE_SHARED))
		ration_quiescent(lc);
	ration_check_end(&call);
}
