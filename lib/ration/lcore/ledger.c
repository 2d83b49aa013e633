/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/ledger.h"
#include "shm/zone.h"
#include "tree/counter.h"

int64_t
ration_ledger_fold(struct ration_domain *d, struct ration_lcore *lc, uint32_t index)
{
	RATION_ATOMIC(int64_t) *entry = &ration_ledger(lc)[index];
	int64_t units = ration_load(entry, relaxed);

	if (units == 0)
		return 0;
	ration_fetch_add(&ration_counter_at(d, index)->ledger, units, relaxed);
	ration_store(entry, 0, relaxed);
	return units;
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

int
ration_ledgers_sum(const struct ration_domain *d, uint32_t index, int64_t *sum)
{
	uint64_t units = (uint64_t)ration_load(&ration_counter_at(d, index)->ledger, seq_cst);
	struct ration_area area;
	uint32_t i;
	int rc = 0, found;

	for (i = 0; i < d->max_members; i++) {
		found = ration_area_find(d, i, &area);
		if (found > 0)
			units += (uint64_t)ration_load(&area.ledger[index], relaxed);
		else if (found < 0)
			rc = found;
	}
	*sum = (int64_t)units;
	return rc;
}
