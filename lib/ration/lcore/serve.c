/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_ring.h>

#include "lcore/give_back.h"
#include "lcore/idle.h"
#include "lcore/member.h"
#include "lcore/serve.h"
#include "lcore/stats.h"
#include "lcore/walk.h"
#include "shm/trace.h"
#include "tree/gate.h"

/*
 * Add counters that messages have named to a view. Who waits is found in the round without them; an
 * asker that has given up is found here only. A full mailbox has turned messages away, for any
 * counter.
 */
static void
add_messages(struct round_view *view, void *const *messages, uint32_t nb)
{
	uint32_t i;

	if (nb >= RATION_MAILBOX_SIZE - 1)
		view->everything = true;
	for (i = 0; i < nb; i++)
		view->targets[view->nb_targets++] = (uint32_t)(uintptr_t)messages[i];
}

/* Add what refused charges want back. */
static void
add_wanted(struct ration_lcore *lc, struct round_view *view)
{
	uint32_t i, index;

	for (i = 0; i < RATION_WANTED_MAX; i++) {
		if (ration_load(&lc->wanted[i], relaxed) == 0)
			continue;
		/* Acquire: pairs with ration_want(); the place is free for the next. */
		index = ration_exchange(&lc->wanted[i], 0, acquire) - 1;
		view->targets[view->nb_targets++] = index;
	}
}

static void
pass_begin(struct ration_lcore *lc, struct pass *pass)
{
	void *messages[RATION_MAILBOX_SIZE];
	bool attention = ration_load(&lc->attention, relaxed) != 0;
	uint32_t nb;

	/*
	 * Before the round is read: a message that comes later must be found by the next pass.
	 * Model f_partial: MAILLATE.
	 */
	nb = rte_ring_sc_dequeue_burst(&lc->mailbox, messages, RTE_DIM(messages), NULL);
	/*
	 * seq_cst, before wanted[] is read: who writes there afterwards sets it again. Model
	 * n_handshakes: WISH, CALL.
	 */
	if (attention)
		ration_exchange(&lc->attention, 0, seq_cst);
	/*
	 * The generation before the drain: never acknowledge one that came during it. Models
	 * f_partial and k_targets: NEWEST.
	 */
	ration_round_look(ration_domain_of(lc), &pass->view);
	add_messages(&pass->view, messages, nb);
	if (attention)
		add_wanted(lc, &pass->view);
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
	else /* So that the next quiescent point comes here. */
		ration_store(&lc->attention, 1, relaxed);
}

__rte_noinline void
ration_serve(struct ration_lcore *lc)
{
	/* While it is parked a drainer may be at its slots. */
	if (unlikely(!ration_lcore_is_usable(lc)))
		return;
	if (!rte_ring_empty(&lc->mailbox) || ration_load(&lc->attention, relaxed) != 0)
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
