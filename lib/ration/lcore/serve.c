/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include "lcore/give_back.h"
#include "lcore/idle.h"
#include "lcore/member.h"
#include "lcore/requests.h"
#include "lcore/serve.h"
#include "lcore/stats.h"
#include "lcore/walk.h"
#include "shm/trace.h"

static void
pass_begin(struct ration_lcore *lc, struct pass *pass)
{
	ration_requests_take(lc, &pass->view);
	pass->next = 0;
	pass->running = true;
}

static void
pass_end(struct ration_lcore *lc, const struct pass *pass)
{
	ration_stat_add(lc, &lc->stats.drains, 1);
	/*
	 * Release: pairs with the acquire in answered(). The stock is back. Models a_feed_gate:
	 * ACKFIRST; n_handshakes: ACK.
	 */
	ration_store(&lc->ack, pass->view.gen, release);
}

/* Begin or continue a pass. */
static void
serve(struct ration_lcore *lc, uint64_t work)
{
	struct pass *pass = &ration_workspace(lc)->pass;
	uint32_t token;
	uint64_t units;

	if (!pass->running)
		pass_begin(lc, pass);
	token = ration_walk_begin(lc);
	units = ration_pass_go(lc, pass, work);
	ration_walk_end(lc, token);
	ration_stat_add(lc, &lc->stats.drained, units);
	ration_store(&lc->ack_units, ration_load(&lc->ack_units, relaxed) + units, relaxed);
	ration_trace_pass(lc->slot_id, pass->view.gen, units);
	if (!pass->running)
		pass_end(lc, pass);
	else /* So that the next quiescent point comes here. Others may set bits meanwhile. */
		ration_fetch_or(&lc->pending, RATION_PENDING_REQUESTS, relaxed);
}

__rte_noinline void
ration_serve(struct ration_lcore *lc)
{
	/* While it is parked a drainer may be at its slots. */
	if (unlikely(!ration_lcore_is_usable(lc)))
		return;
	if (ration_load(&lc->pending, relaxed) != 0)
		serve(lc, (uint64_t)ration_domain_of(lc)->drain_work * RATION_SLOT_WORK);
	if (ration_load(&lc->countdown, relaxed) == 0)
		ration_idle(lc);
}

void
ration_serve_fully(struct ration_lcore *lc)
{
	if (!ration_lcore_is_usable(lc))
		return;
	if (ration_workspace(lc)->pass.running)
		serve(lc, UINT64_MAX);
	serve(lc, UINT64_MAX);
}
