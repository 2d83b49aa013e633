/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * The idle mark: stock that its lcore does not use is returned.
 *
 * A hit must not cost more because of this search, so a hit does not record that the entry is in
 * use. Instead, as in the CLOCK algorithm for pages, a hand passes over all stock entries twice
 * within ration_domain_params::idle_us.
 *
 * I1: an active entry without the mark is marked: the generation bits in its `limit` are inverted.
 * I2: the next charge or uncharge misses, because no handle of the counter matches. The slow path
 *     finds the mark, clears it and continues with the same units and cap. If they suffice, usage
 *     does not change.
 * I3: an entry that still has the mark when the hand comes again was not used meanwhile. Its stock
 *     is returned.
 *
 * So a busy entry pays one miss for each pass of the hand, and only the owner writes the mark. See
 * "Idle mark" in doc/guide/internals/protocols.rst.
 */

#include <rte_cycles.h>

#include "lcore/entry.h"
#include "lcore/give_back.h"
#include "lcore/idle.h"
#include "lcore/idle_mark.h"
#include "lcore/stats.h"
#include "lcore/turn.h"
#include "lcore/walk.h"
#include "lcore/watch.h"
#include "lcore/watch_levels.h"
#include "shm/clock.h"
#include "tree/gather.h"

/* Quiescent points between two readings of the TSC. */
#define COUNTDOWN 64

void
ration_idle_start(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);

	ws->idle_since = rte_get_tsc_cycles();
	ws->idle_next = 0;
	ws->slow_turn++; /* The first turn is not 0. */
	ws->idle_turn = ws->slow_turn + COUNTDOWN;
	ration_turn_start(lc, COUNTDOWN);
	ration_watch_reset(lc);
	ration_levels_reset(lc);
}

/*
 * Number of bitmap words that the hand has to pass now. Limited to the work of one quiescent point;
 * idle_since advances only by the time of these words, so the rest is due at the next call.
 */
static uint32_t
words_due(const struct ration_lcore *lc, struct workspace *ws)
{
	const struct ration_domain *d = ration_domain_of(lc);
	uint64_t nb_words = lc->nb_stocks / 64, now = rte_get_tsc_cycles(), elapsed, words;
	uint64_t period = ration_us_to_cycles(d->idle_us) / 2; /* Of the hand. */

	elapsed = now - ws->idle_since;
	if (elapsed >= period) { /* Do not scan an entry twice in one call. */
		elapsed = period;
		ws->idle_since = now - period;
	}
	words = RTE_MIN(elapsed * nb_words / period, (d->drain_work + 63) / 64);
	ws->idle_since += words * period / nb_words;
	return (uint32_t)words;
}

/* Prefetch the counters of a bitmap word: move_hand() reads the generation of each. */
static void
prefetch_counters(const struct ration_lcore *lc, uint32_t index, uint64_t bits)
{
	const struct counter *c = ration_counter_at(ration_domain_of(lc), index);

	for (; bits != 0; bits &= bits - 1)
		__builtin_prefetch((const void *)&c[__builtin_ctzll(bits)].gen);
}

/* Find the first active entry in *next to end - 1, or RATION_INDEX_NONE. Advances *next. */
static uint32_t
next_active(const struct ration_lcore *lc, uint32_t *next, uint32_t end)
{
	uint64_t bits;
	uint32_t index;

	while (*next < end) {
		bits = ration_load(&ration_active(lc)[*next / 64], relaxed);
		if (*next % 64 == 0)
			prefetch_counters(lc, *next, bits);
		bits &= UINT64_MAX << (*next % 64);
		if (bits != 0) {
			index = RTE_ALIGN_FLOOR(*next, 64u) + (uint32_t)__builtin_ctzll(bits);
			*next = index + 1;
			return index;
		}
		*next = RTE_ALIGN_FLOOR(*next, 64u) + 64;
	}
	return RATION_INDEX_NONE;
}

/*
 * Move the hand to entry `end`: return the stock of marked entries, mark the others.
 * @return units
 */
static uint64_t
move_hand(struct ration_lcore *lc, struct workspace *ws, uint32_t end)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint64_t units = 0;
	uint32_t gen, index;

	for (;;) {
		index = next_active(lc, &ws->idle_next, end);
		if (index == RATION_INDEX_NONE)
			break;
		gen = ration_load(&ration_counter_at(d, index)->gen, relaxed);
		if (ration_watch_of(lc, index) != NULL)
			continue; /* What is unused goes back sooner. */
		if (ration_idle_marked(&lc->stocks[index], gen))
			units += ration_give_back_entry(lc, index);
		else
			ration_toggle_idle_mark(&lc->stocks[index]);
	}
	ration_gather_finish(d, &ws->gather);
	ws->idle_next = end == lc->nb_stocks ? 0 : end;
	return units;
}

static void
look(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);
	uint32_t words = words_due(lc, ws), end, token;
	uint64_t units = 0;

	if (words == 0)
		return;
	token = ration_walk_begin(lc);
	end = RTE_MIN(ws->idle_next + words * 64, lc->nb_stocks);
	words -= (end - ws->idle_next) / 64;
	units = move_hand(lc, ws, end);
	if (words > 0) /* The hand continues at the first entry. */
		units += move_hand(lc, ws, words * 64);
	ration_walk_end(lc, token);
	ration_stat_add(lc, &lc->stats.idle, units);
}

void
ration_idle(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);
	uint64_t turn = ration_lcore_turn(lc);
	uint32_t nth;

	if (turn >= ws->idle_turn) {
		ws->idle_turn = turn + COUNTDOWN;
		if (ration_domain_of(lc)->idle_us != 0)
			look(lc);
	}
	nth = (uint32_t)(ws->idle_turn - turn);
	ration_turn_start(lc,
			  ws->nb_watches > 0 ? RTE_MIN(nth, (uint32_t)RATION_WATCH_TURNS) : nth);
}
