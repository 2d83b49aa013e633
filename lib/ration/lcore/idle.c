/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Stock that its lcore does not use goes back on its own.
 *
 * A hand goes round over the slots, twice within the configured time, as in the CLOCK algorithm for
 * pages. A slot in use is put to sleep: the generation in its `limit` is inverted, so that the next
 * operation misses, wakes it and goes on without a walk. A slot that still sleeps when the hand
 * comes round again was not used meanwhile, and goes back. So a hit pays nothing to be noticed, and
 * a busy slot one miss a round.
 */

#include <rte_cycles.h>

#include "lcore/entry.h"
#include "lcore/give_back.h"
#include "lcore/idle.h"
#include "lcore/stats.h"
#include "lcore/walk.h"
#include "shm/clock.h"
#include "tree/gather.h"

/* Quiescent points between two looks at the clock. */
#define COUNTDOWN 64

void
ration_idle_start(struct ration_lcore *lc)
{
	struct workspace *ws = ration_workspace(lc);

	ws->idle_since = rte_get_tsc_cycles();
	ws->idle_next = 0;
	ration_store(&lc->countdown, COUNTDOWN, relaxed);
}

/*
 * Words of the bitmap that the hand has to pass now; their time is then accounted for. Not more
 * than the work of one quiescent point: the rest is due at the next look.
 */
static uint32_t
words_due(const struct ration_lcore *lc, struct workspace *ws)
{
	const struct ration_domain *d = ration_domain_of(lc);
	uint64_t nb_words = lc->nb_stocks / 64, now = rte_get_tsc_cycles(), elapsed, words;
	uint64_t round = ration_us_to_cycles(d->idle_us) / 2;

	elapsed = now - ws->idle_since;
	if (elapsed >= round) { /* More than once round would only look at the same slots. */
		elapsed = round;
		ws->idle_since = now - round;
	}
	words = RTE_MIN(elapsed * nb_words / round, (d->drain_work + 63) / 64);
	ws->idle_since += words * round / nb_words;
	return (uint32_t)words;
}

/* Have the counters of a word of the bitmap fetched: of each the generation is looked at. */
static void
prefetch_counters(const struct ration_lcore *lc, uint32_t index, uint64_t bits)
{
	const struct counter *c = ration_counter_at(ration_domain_of(lc), index);

	for (; bits != 0; bits &= bits - 1)
		__builtin_prefetch((const void *)&c[__builtin_ctzll(bits)].gen);
}

/* The next active slot from *next on, or RATION_INDEX_NONE if there is none before `end`. */
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

/* Move the hand to a slot; give back what sleeps on the way. @return units */
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
	if (words > 0) /* It has come round. */
		units += move_hand(lc, ws, words * 64);
	ration_walk_end(lc, token);
	ration_stat_add(lc, &lc->stats.idle, units);
}

void
ration_idle(struct ration_lcore *lc)
{
	/* Without idle time the next look comes after 4 billion quiescent points. */
	if (ration_domain_of(lc)->idle_us == 0)
		return;
	ration_store(&lc->countdown, COUNTDOWN, relaxed);
	look(lc);
}
