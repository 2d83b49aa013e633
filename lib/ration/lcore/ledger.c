/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/ledger.h"
#include "shm/zone.h"
#include "tree/counter.h"

void
ration_ledger_fold(struct ration_domain *d, struct member *m, ration_reap_cb cb, void *arg)
{
	struct ration_lcore *lc = ration_lcore_area(d, m);
	struct ration_dead row = {
		.member_id = (uint32_t)(m - d->members),
		.pid = ration_load(&m->pid, relaxed),
	};
	uint32_t i, nb = lc->nb_stocks;
	int64_t units;

	row.lcore_id = ration_load(&lc->lcore_id, relaxed);
	for (i = 0; i < nb; i++) {
		units = ration_load(&ration_ledger(lc)[i], relaxed);
		if (units == 0)
			continue;
		ration_fetch_add(&ration_counter_at(d, i)->ledger, units, relaxed);
		ration_store(&ration_ledger(lc)[i], 0, relaxed);
		row.counter = ration_handle(d, i);
		row.units = (uint64_t)units;
		if (units > 0 && cb != NULL)
			cb(&row, arg);
	}
}

/* The sum is 0, but one ledger need not be: units may be uncharged on another lcore. */
void
ration_ledgers_clear(struct ration_domain *d, uint32_t index)
{
	struct ration_lcore *lc;
	uint32_t i;

	for (i = 0; i < d->max_members; i++) {
		lc = ration_lcore_area(d, &d->members[i]);
		if (lc != NULL)
			ration_store(&ration_ledger(lc)[index], 0, relaxed);
	}
}

int64_t
ration_ledgers_sum(const struct ration_domain *d, uint32_t index)
{
	uint64_t sum = (uint64_t)ration_load(&ration_counter_at(d, index)->ledger, seq_cst);
	struct ration_area stocks;
	uint32_t i;

	for (i = 0; i < d->max_members; i++) {
		if (ration_area_find(d, i, &stocks) > 0)
			sum += (uint64_t)ration_load(&stocks.ledger[index], relaxed);
	}
	return (int64_t)sum;
}
