/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/refusal.h"
#include "lcore/refused.h"
#include "lcore/requests.h"
#include "lcore/stats.h"
#include "lcore/turn.h"
#include "lcore/watch.h"
#include "shm/trace.h"
#include "tree/counter.h"

/* An lcore that passes no quiescent point requests stock again after so many refused calls. */
#define REFUSALS_MAX 256

static struct refused *
count(struct ration_lcore *lc, struct counter *c, struct counter *failed, uint32_t nb)
{
	struct ration_domain *d = ration_domain_of(lc);

	ration_stat_add(lc, &lc->stats.refusals, nb);
	ration_trace_refusal(lc->member_id, ration_index_of(d, failed), nb);
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

/*
 * Watch the stock entry of c: the lcore has used all but what is left now. @return whether it was
 * granted a charge lately that was as large as the refused one
 */
static bool
watch_own(struct ration_lcore *lc, struct counter *c, const struct decision *decision)
{
	uint32_t index = ration_index_of(ration_domain_of(lc), c);
	struct watch *w;

	if (ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed)) > 0)
		ration_watch_begin(lc, index);
	w = ration_watch_of(lc, index);
	return decision->granted >= decision->refused ||
	       (w != NULL && RTE_MAX(w->granted, w->granted_now) >= decision->refused);
}

void
ration_refusal_count(struct ration_lcore *lc, struct counter *c, struct counter *failed,
		     uint32_t nb)
{
	count(lc, c, failed, nb);
}

void
ration_refusal(struct ration_lcore *lc, struct counter *c, struct counter *failed,
	       const struct decision *decision)
{
	struct refused *entry = count(lc, c, failed, decision->nb_refused);
	bool all;

	/* The shared area has no quiescent points, and no table. */
	if (entry == NULL) {
		ration_request_return(lc, c, failed, true, ration_load(&failed->failures, relaxed));
		return;
	}
	if (!is_time_to_ask(lc, entry))
		return;
	all = !watch_own(lc, c, decision);
	ration_request_return(lc, c, failed, all, entry->nb_asked++);
}
