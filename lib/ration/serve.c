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
#include "upward.h"

/* What a look costs, in arbitrary units: at an empty word of the bitmap, at a slot. */
#define WORD_WORK 1
#define SLOT_WORK 16

/* More was in stock than is charged: somebody has uncharged what was never charged. */
static __rte_noinline void
reject_rest(struct ration_lcore *lc, uint32_t index, uint64_t rest)
{
	ration_ledger_add(lc, index, (int64_t)rest);
	ration_fetch_add(&ration_counter_at(ration_domain_of(lc), index)->rejected, 1, relaxed);
	ration_stat_add(lc, &lc->stats.rejected, 1);
}

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
	if (unlikely(charged < stock))
		reject_rest(lc, index, stock - charged);
	return charged;
}

/* Whether a pass covers a counter. */
static bool
pass_covers(const struct ration_domain *d, struct pass *pass, const struct counter *c)
{
	if (!ration_round_covers(d, &pass->view, c))
		return false;
	if (c->parent != RATION_INDEX_NONE &&
	    ration_round_covers(d, &pass->view, ration_counter_at(d, c->parent)))
		pass->covered = c->parent;
	return true;
}

/* A word of the bitmap of active slots, as a pass goes through it. */
struct word {
	uint32_t base; /* Index of its first slot. */
	uint64_t left; /* Slots to look at yet. */
	uint64_t ahead; /* Those of them whose counters are not on their way into cache. */
	uint64_t emptied;
	uint64_t caps; /* Sum of the caps that these had. */
};

/* How many counters are fetched ahead: the atomic operations on them wait for each other. */
#define FETCH_AHEAD 8

static inline uint32_t
first_of(uint64_t bits)
{
	return (uint32_t)__builtin_ctzll(bits);
}

static inline void
fetch_ahead(struct word *w, const struct counter *counters)
{
	if (w->ahead == 0)
		return;
	__builtin_prefetch((const void *)&counters[first_of(w->ahead)].usage, 1);
	w->ahead &= w->ahead - 1;
}

/*
 * Give back the slots of children of pass->covered at the head of a word. They are most of what a
 * large drain gives back, so all that does not change from one to the next is read once, and what
 * goes to the parent is added up here: after a death, repair.c needs to know only which it was.
 */
static inline uint64_t
give_back_siblings(struct ration_lcore *lc, const struct pass *pass, struct word *w, uint64_t *work)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct workspace *ws = ration_workspace(lc);
	struct counter *counters = ration_counter_at(d, w->base);
	struct ration_slot *slots = &lc->slots[w->base];
	RATION_ATOMIC(int64_t) *ledger = &ration_ledger(lc)[w->base];
	const uint32_t parent = pass->covered, depth = counters[first_of(w->left)].parent_depth;
	uint64_t units = 0, taken;
	uint32_t i, stock;

	ration_upward_turn(d, &ws->up, parent, depth);
	for (; w->left != 0 && *work > 0; w->left &= w->left - 1) {
		i = first_of(w->left);
		if (counters[i].parent != parent)
			break;
		fetch_ahead(w, counters);
		*work -= RTE_MIN(*work, (uint64_t)SLOT_WORK);
		w->emptied |= w->left & -w->left;
		w->caps += ration_limit_cap(ration_load(&slots[i].limit, relaxed));
		stock = ration_load(&slots[i].stock, relaxed);
		/* In the order of ration_give_back_slot(). */
		ration_store(&slots[i].stock, 0, relaxed);
		ration_store(&slots[i].limit, 0, relaxed);
		if (stock == 0)
			continue;
		ration_store(&ws->walking, w->base + i + 1, release);
		ration_store(&ledger[i], ration_load(&ledger[i], relaxed) - stock, release);
		taken = ration_take_own_and_usage(&counters[i], stock);
		if (unlikely(taken < stock))
			reject_rest(lc, w->base + i, stock - taken);
		units += taken;
	}
	ws->up.units[depth] += units;
	return units;
}

/*
 * Go on with a pass, through one word of the bitmap. Bitmap and sum of the caps follow the slots:
 * a bit too many does no harm, and each atomic operation waits for all stores before it.
 */
static uint64_t
pass_word(struct ration_lcore *lc, struct pass *pass, uint64_t *work)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct word w = {.base = RTE_ALIGN_FLOOR(pass->next, 64u)};
	RATION_ATOMIC(uint64_t) *word = &ration_active(lc)[w.base / 64];
	const struct counter *counters = ration_counter_at(d, w.base), *c;
	uint64_t all = ration_load(word, relaxed), budget = *work - WORD_WORK, units = 0;
	uint32_t i;

	w.left = w.ahead = all & UINT64_MAX << pass->next % 64;
	for (i = 0; i < FETCH_AHEAD; i++)
		fetch_ahead(&w, counters);
	while (w.left != 0 && budget > 0) {
		c = &counters[first_of(w.left)];
		if (c->parent != RATION_INDEX_NONE && c->parent == pass->covered) {
			units += give_back_siblings(lc, pass, &w, &budget);
		} else if (!pass_covers(d, pass, c)) {
			budget -= RTE_MIN(budget, (uint64_t)SLOT_WORK);
			fetch_ahead(&w, counters);
			w.left &= w.left - 1;
		} else if (c->parent == RATION_INDEX_NONE || c->parent != pass->covered) {
			budget -= RTE_MIN(budget, (uint64_t)SLOT_WORK);
			fetch_ahead(&w, counters);
			w.emptied |= w.left & -w.left;
			units += ration_give_back_slot(lc, w.base + first_of(w.left));
			w.left &= w.left - 1;
		}
	}
	ration_store(word, all & ~w.emptied, relaxed);
	ration_workspace(lc)->caps -= w.caps;
	pass->next = w.left != 0 ? w.base + first_of(w.left) : w.base + 64;
	*work = budget;
	return units;
}

/* Go on with a pass, for so much work. The caller is within a walk. @return units given back */
static uint64_t
pass_go(struct ration_lcore *lc, struct pass *pass, uint64_t work)
{
	uint64_t units = 0;

	/* Its place may have become another counter's since the last quiescent point. */
	pass->covered = RATION_INDEX_NONE;
	if (pass->view.nb_targets == 0 && !pass->view.everything)
		pass->next = lc->nb_slots;
	while (pass->next < lc->nb_slots && work > 0)
		units += pass_word(lc, pass, &work);
	ration_upward_finish(ration_domain_of(lc), &ration_workspace(lc)->up);
	pass->running = pass->next < lc->nb_slots;
	return units;
}

uint64_t
ration_give_back(struct ration_lcore *lc, const struct round_view *view)
{
	struct pass pass = {.view = *view, .running = true};

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
