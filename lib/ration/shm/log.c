/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_cycles.h>

#include "shm/log.h"
#include "shm/process.h"

RTE_LOG_REGISTER_DEFAULT(ration_logtype, NOTICE)

bool
ration_log_is_due(struct ration_domain *d, uint32_t *unlogged)
{
	struct local *l = ration_local(d);
	uint64_t now = rte_get_tsc_cycles(), next = ration_load(&l->log_next, relaxed);

	/* If several threads come at the same time, the compare-and-swap lets one of them write. */
	if (now < next || !ration_cas(&l->log_next, &next, now + rte_get_tsc_hz(), relaxed)) {
		ration_fetch_add(&l->nb_unlogged, 1, relaxed);
		return false;
	}
	*unlogged = ration_exchange(&l->nb_unlogged, 0, relaxed);
	return true;
}
