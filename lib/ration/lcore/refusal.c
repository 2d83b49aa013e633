/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/idle.h"
#include "lcore/refusal.h"
#include "lcore/refused.h"
#include "lcore/requests.h"
#include "lcore/stats.h"
#include "shm/trace.h"
#include "tree/counter.h"

/* An lcore that passes no quiescent point requests stock again after so many refused calls. */
#define REFUSALS_MAX 256

static struct refused *
count(struct ration_lcore *lc, struct counter *c, struct counter *failed, uint32_t nb)
{
	struct ration_domain *d = ration_domain_of(lc);

	ration_stat_add(lc, &lc->stats.refusals, nb);
	ration_trace_refusal(lc->member_id, ration_index_of(d, failed));
	return ration_refused_add(lc, ration_index_of(d, c), ration_index_of(d, failed), nb);
}

/* Whether to request stock now; note that it is requested. */
static bool
is_time_to_ask(struct ration_lcore *lc, struct refused *entry)
{
	uint64_t turn = ration_lcore_turn(lc);

	if (entry->asked == turn && ++entry->refusals < REFUSALS_MAX)
		return false;
	entry->asked = turn;
	entry->refusals = 0;
	return true;
}

void
ration_refusal_count(struct ration_lcore *lc, struct counter *c, struct counter *failed,
		     uint32_t nb)
{
	count(lc, c, failed, nb);
}

void
ration_refusal(struct ration_lcore *lc, struct counter *c, struct counter *failed, uint32_t nb)
{
	struct refused *entry = count(lc, c, failed, nb);

	/* The shared area has no quiescent points, and no table. */
	if (entry == NULL) {
		ration_request_return(lc, c, failed, ration_load(&failed->failures, relaxed));
		return;
	}
	if (is_time_to_ask(lc, entry))
		ration_request_return(lc, c, failed, entry->nb_asked++);
}
