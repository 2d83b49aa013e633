/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Giving stock back: what an lcore does when it is asked.
 *
 * A pass goes over the slots of an lcore once and gives back those that its view covers. The work
 * of one quiescent point is bounded, so a pass may take several. It ends with the view it began
 * with, and acknowledges the generation of that view, never a newer one (model f_partial); what was
 * asked for meanwhile waits in mailbox and attention word for the next pass.
 */

#include "ration_pvt.h"
#include "trace.h"

/* What a look costs, in arbitrary units: at an empty word of the bitmap, at a slot. */
#define WORD_WORK 1
#define SLOT_WORK 16

uint64_t
ration_give_back_slot(struct ration_lcore *lc, uint32_t index)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct workspace *ws = ration_workspace(lc);
	struct counter *c = ration_counter_at(d, index);
	uint32_t stock = ration_load(&lc->slots[index].stock, relaxed);
	uint64_t charged;

	/*
	 * The slot first: so usage >= granted + stock at every instant. Model a_feed_gate:
	 * LATESLOT.
	 */
	ration_slot_set(lc, index, 0, 0, 0);
	if (stock == 0)
		return 0;
	ration_store(&ws->walking, index + 1, release);
	/* Before usage: see repair.c. */
	ration_ledger_add(lc, index, -(int64_t)stock);
	charged = ration_upward_uncharge(d, &ws->up, c, stock);
	/* More in stock than charged: somebody has uncharged what was never charged. */
	if (unlikely(charged < stock)) {
		ration_ledger_add(lc, index, (int64_t)(stock - charged));
		ration_fetch_add(&c->rejected, 1, relaxed);
		ration_stat_add(lc, &lc->stats.rejected, 1);
	}
	return charged;
}

/* Have the counters of a word of the bitmap fetched: the atomic operations to come wait for each
 * other.
 */
static void
prefetch_counters(const struct ration_domain *d, uint32_t index, uint64_t bits)
{
	const struct counter *c;

	for (; bits != 0; bits &= bits - 1) {
		c = ration_counter_at(d, index + (uint32_t)__builtin_ctzll(bits));
		__builtin_prefetch((const void *)&c->usage, 1);
	}
}

uint32_t
ration_next_active(const struct ration_lcore *lc, uint32_t *next, uint32_t end, uint64_t *work)
{
	uint64_t bits;
	uint32_t index;

	while (*next<end && * work> 0) {
		bits = ration_load(&ration_active(lc)[*next / 64], relaxed);
		if (*next % 64 == 0)
			prefetch_counters(ration_domain_of(lc), *next, bits);
		bits &= UINT64_MAX << (*next % 64);
		if (bits != 0) {
			index = RTE_ALIGN_FLOOR(*next, 64u) + (uint32_t)__builtin_ctzll(bits);
			*next = index + 1;
			*work -= RTE_MIN(*work, (uint64_t)SLOT_WORK);
			return index;
		}
		*next = RTE_ALIGN_FLOOR(*next, 64u) + 64;
		*work -= WORD_WORK;
	}
	return RATION_INDEX_NONE;
}

/* Whether a pass covers a counter. Siblings follow each other: mostly the parent is known to be. */
static bool
pass_covers(const struct ration_domain *d, struct pass *pass, uint32_t index)
{
	const struct counter *c = ration_counter_at(d, index);

	if (c->parent != RATION_INDEX_NONE && c->parent == pass->covered)
		return true;
	if (!ration_round_covers(d, &pass->view, c))
		return false;
	if (c->parent != RATION_INDEX_NONE &&
	    ration_round_covers(d, &pass->view, ration_counter_at(d, c->parent)))
		pass->covered = c->parent;
	return true;
}

/* Go on with a pass, for so much work. The caller is within a walk. @return units given back */
static uint64_t
pass_go(struct ration_lcore *lc, struct pass *pass, uint64_t work)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint64_t units = 0;
	uint32_t index;

	if (pass->view.nb_targets == 0 && !pass->view.everything)
		pass->next = lc->nb_slots;
	for (;;) {
		index = ration_next_active(lc, &pass->next, lc->nb_slots, &work);
		if (index == RATION_INDEX_NONE)
			break;
		if (pass_covers(d, pass, index))
			units += ration_give_back_slot(lc, index);
	}
	ration_upward_finish(d, &ration_workspace(lc)->up);
	pass->running = pass->next < lc->nb_slots;
	return units;
}

uint64_t
ration_give_back(struct ration_lcore *lc, const struct round_view *view)
{
	struct pass pass = {.view = *view, .covered = RATION_INDEX_NONE, .running = true};

	return pass_go(lc, &pass, UINT64_MAX);
}

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
	pass->covered = RATION_INDEX_NONE;
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
	units = pass_go(lc, pass, work);
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
		serve(lc, (uint64_t)ration_domain_of(lc)->drain_work * SLOT_WORK);
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
