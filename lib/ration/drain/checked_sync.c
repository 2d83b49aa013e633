/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>

#include <ration_checked.h>

#include "lcore/checks.h"
#include "lcore/granted.h"

int
__ration_checked_try_charge_sync(struct __ration_check_site *site, struct ration_lcore *lc,
				 ration_counter_t c, uint64_t n, uint32_t timeout_us,
				 struct ration_drain_report *report)
{
	struct checked_call call;
	int rc;

	if (!ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return -EINVAL;
	/* If the handle is bad, the slow path refuses it: -ESTALE. */
	if (!ration_check_handle(site, call.d, c))
		rc = __ration_refill(call.lc, c, n);
	else
		rc = ration_try_charge_sync(call.lc, c, n, timeout_us, report);
	if (rc == 0)
		ration_granted_add(call.d, c, n);
	ration_check_end(&call);
	return rc;
}
