/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/give_back.h"
#include "lcore/idle.h"
#include "lcore/member.h"
#include "lcore/recall.h"
#include "lcore/requests.h"
#include "lcore/serve.h"
#include "lcore/stats.h"
#include "lcore/walk.h"
#include "shm/trace.h"

static void
scan_start(struct ration_lcore *lc, struct drain_scan *scan)
{
	ration_requests_take(lc, &scan->set);
	scan->next = 0;
	/* Each member starts at another counter, so that they do not wait for each other. */
	scan->first = lc->member_id * 64 % lc->nb_stocks;
	scan->running = true;
}

static void
scan_end(struct ration_lcore *lc, const struct drain_scan *scan)
{
	ration_stat_add(lc, &lc->stats.drains, 1);
	/*
	 * Release, after the stock is in the tree: pairs with the acquire in answered(). Models
	 * a_feed_gate: ACKFIRST; n_handshakes: ACK.
	 */
	ration_store(&lc->ack, scan->set.round, release);
}

/* Start or continue a drain scan, for `work` units of work. */
static void
serve(struct ration_lcore *lc, uint64_t work)
{
	struct drain_scan *scan = &ration_workspace(lc)->scan;
	uint32_t token;
	uint64_t units;

	if (!scan->running)
		scan_start(lc, scan);
	token = ration_walk_begin(lc);
	units = ration_scan_go(lc, scan, work);
	ration_walk_end(lc, token);
	ration_stat_add(lc, &lc->stats.drained, units);
	ration_store(&lc->ack_units, ration_load(&lc->ack_units, relaxed) + units, relaxed);
	ration_trace_scan(lc->member_id, scan->set.round, units);
	if (!scan->running)
		scan_end(lc, scan);
	else /* Continue at the next quiescent point. Atomic or: other threads set bits too. */
		ration_fetch_or(&lc->pending, RATION_PENDING_REQUESTS, relaxed);
}

__rte_noinline void
__ration_serve(struct ration_lcore *lc)
{
	/* While the member is offline, a drainer may be writing its stock entries. */
	if (unlikely(!ration_lcore_is_usable(lc)))
		return;
	if (ration_load(&lc->pending, relaxed) != 0)
		serve(lc, (uint64_t)ration_domain_of(lc)->drain_work * RATION_ENTRY_WORK);
	if (ration_load(&lc->countdown, relaxed) == 0) {
		ration_recall_unused(lc);
		ration_idle(lc);
	}
}

void
ration_serve_fully(struct ration_lcore *lc)
{
	if (!ration_lcore_is_usable(lc))
		return;
	if (ration_workspace(lc)->scan.running)
		serve(lc, UINT64_MAX);
	serve(lc, UINT64_MAX);
}
