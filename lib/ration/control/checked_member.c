/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The checked calls of an owner that are not on the data path. The calls themselves refuse an lcore
 * area of another thread, and the shared one.
 */

#include <errno.h>

#include <ration_checked.h>

#include "lcore/checks.h"

int
__ration_checked_lcore_offline(struct __ration_check_site *site, struct ration_lcore *lc)
{
	struct checked_call call;
	int rc;

	if (!ration_check_mapped(site, lc) ||
	    !ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return -EINVAL;
	rc = ration_lcore_offline(lc);
	ration_check_end(&call);
	return rc;
}

int
__ration_checked_lcore_online(struct __ration_check_site *site, struct ration_lcore *lc)
{
	struct checked_call call;
	int rc;

	if (!ration_check_mapped(site, lc) ||
	    !ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return -EINVAL;
	rc = ration_lcore_online(lc);
	ration_check_end(&call);
	return rc;
}

int
__ration_checked_lcore_unregister(struct __ration_check_site *site, struct ration_lcore *lc)
{
	struct checked_call call;

	/* The header allows NULL. */
	if (lc == NULL)
		return -EINVAL;
	if (!ration_check_mapped(site, lc))
		return -ENODEV;
	if (!ration_check_begin(&call, site, lc, RATION_CHECK_OWNER))
		return -EINVAL;
	/* Another thread may use the member entry as soon as it is free. */
	ration_check_end(&call);
	return ration_lcore_unregister(lc);
}
