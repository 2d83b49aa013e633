/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/refusal.h"
#include "lcore/refused.h"
#include "lcore/requests.h"
#include "lcore/share.h"
#include "lcore/stats.h"
#include "lcore/turn.h"
#include "lcore/watch.h"
#include "shm/trace.h"
#include "tree/counter.h"

/* An lcore that passes no quiescent point requests stock again after so many refused calls. */
#define REFUSALS_MAX 256

/*
 * So often an lcore that is refused all the time asks members that watch their stock: 8 of them
 * each time, so that the watches of 64 members do not end in between.
 */
#define SHARE_TURNS (RATION_WATCH_TURNS / 8)

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
	entry->lasting = entry->asked + 1 == turn ? entry->lasting + 1 : 0;
	entry->asked = turn;
	entry->refusals = 0;
	return true;
}

/*
 * Whether to request stock of members, too, that return what they do not use anyway: they keep
 * their share then, and return the rest. At once if the refusals begin now, and then more and more
 * rarely, but often enough that their watches do not end.
 */
static bool
is_time_to_share(const struct refused *entry)
{
	return (entry->lasting & (entry->lasting - 1)) == 0 || entry->lasting % SHARE_TURNS == 0;
}

/* The lcore has used all stock of c but what is left now. */
static void
watch_own(struct ration_lcore *lc, struct counter *c)
{
	uint32_t index = ration_index_of(ration_domain_of(lc), c);

	if (ration_limit_cap(ration_load(&lc->stocks[index].limit, relaxed)) > 0)
		ration_watch_begin(lc, index);
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
		ration_request_return(lc, c, failed, true, ration_load(&failed->failures, relaxed));
		return;
	}
	if (!is_time_to_ask(lc, entry))
		return;
	watch_own(lc, c);
	ration_share_join(lc, failed);
	ration_request_return(lc, c, failed, is_time_to_share(entry), entry->nb_asked++);
}
