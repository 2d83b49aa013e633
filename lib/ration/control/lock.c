/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_ticketlock.h>

#include "control/lock.h"
#include "lcore/self.h"
#include "shm/clock.h"
#include "shm/process.h"

void
ration_control_lock(struct ration_domain *d)
{
	while (!rte_ticketlock_trylock(&ration_local(d)->control))
		ration_wait_on(UINT64_MAX);
}

void
ration_control_unlock(struct ration_domain *d)
{
	rte_ticketlock_unlock(&ration_local(d)->control);
}

uint64_t
ration_deadline(const struct ration_domain *d)
{
	return ration_cycles_in(d->timeout_us);
}
