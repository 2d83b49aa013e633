/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Refused charges, counted per charged counter.
 *
 * A word of the counter would be written by all lcores that are refused at once. A word per counter
 * and lcore would add half of what a counter on an lcore takes now. So each lcore has a few words
 * of its own, for the counters that it was refused last, and moves a number to the counter when it
 * needs the word for another one:
 *
 * - Only the owner writes the words, with plain stores. Their sum and counter::refused is the
 *   number of refusals; like a ledger, a word stays when its owner leaves.
 * - A move is two changes. `refused_moves` is odd meanwhile, so that a reader does not see only one
 *   of them.
 * - The number of a counter that is being destroyed is not moved: the walk cannot know whether it
 *   will exist until the addition. If it is not being destroyed, and exists after this was read,
 *   then its release waits for this walk: as in stock.c, model e_destroy: NORECHECK.
 */

#include "lcore/refused.h"
#include "shm/zone.h"
#include "tree/counter.h"

/* A reader tries so many times to see no move; a dead owner may have left one unfinished. */
#define READ_TRIES 16

/* Add the number in a word to its counter, if that exists. @return false if this is not known */
static bool
move_to_counter(const struct ration_domain *d, struct refused *word)
{
	ration_counter_t handle = ration_load(&word->counter, relaxed);
	struct counter *c = ration_resolve(d, handle);

	if (c == NULL)
		return true;
	if (ration_load(&c->flags, seq_cst) & COUNTER_DYING)
		return false;
	if (ration_resolve(d, handle) != NULL)
		ration_fetch_add(&c->refused, ration_load(&word->nb, relaxed), release);
	return true;
}

/* Use a word for another counter. @return false if it is not free for it */
static bool
take_word(struct ration_lcore *lc, struct refused *word, ration_counter_t handle)
{
	RATION_ATOMIC(uint32_t) *moves = &ration_workspace(lc)->refused_moves;
	uint32_t odd = ration_load(moves, relaxed) | 1;
	bool taken;

	/* The changes are release stores: a reader that sees one of them sees the odd number. */
	ration_store(moves, odd, relaxed);
	taken = move_to_counter(ration_domain_of(lc), word);
	if (taken) {
		ration_store(&word->nb, 0, release);
		ration_store(&word->counter, handle, release);
	}
	/* Release: pairs with the acquire in sum_moves(). */
	ration_store(moves, odd + 1, release);
	return taken;
}

void
ration_refused_add(struct ration_lcore *lc, ration_counter_t handle)
{
	struct counter *c = ration_counter_at(ration_domain_of(lc), (uint32_t)handle);
	struct refused *word;

	if (lc->flags & RATION_LCORE_SHARED) {
		ration_fetch_add(&c->refused, 1, relaxed);
		return;
	}
	word = &ration_workspace(lc)->refused[(uint32_t)handle % RATION_REFUSED_WORDS];
	if (ration_load(&word->counter, relaxed) != handle && !take_word(lc, word, handle)) {
		ration_fetch_add(&c->refused, 1, relaxed);
		return;
	}
	ration_store(&word->nb, ration_load(&word->nb, relaxed) + 1, relaxed);
}

/* Sum of refused_moves of all lcores. @return false if one is odd: a move is in progress */
static bool
sum_moves(const struct ration_domain *d, uint32_t *sum)
{
	struct ration_area area;
	bool even = true;
	uint32_t i, moves;

	*sum = 0;
	for (i = 0; i < d->max_members; i++) {
		if (ration_area_find(d, i, &area) <= 0)
			continue;
		/* Acquire: pairs with the release in take_word(). */
		moves = ration_load(&area.workspace->refused_moves, acquire);
		even &= !(moves & 1);
		*sum += moves;
	}
	return even;
}

static uint64_t
sum_words(const struct ration_domain *d, ration_counter_t handle)
{
	uint32_t index = (uint32_t)handle, i;
	const struct refused *word;
	struct ration_area area;
	/* Acquire, here and below: before the moves are read again. */
	uint64_t nb = ration_load(&ration_counter_at(d, index)->refused, acquire), more;

	for (i = 0; i < d->max_members; i++) {
		if (ration_area_find(d, i, &area) <= 0)
			continue;
		word = &area.workspace->refused[index % RATION_REFUSED_WORDS];
		more = ration_load(&word->nb, acquire);
		if (ration_load(&word->counter, acquire) == handle)
			nb += more;
	}
	return nb;
}

uint64_t
ration_refused_sum(const struct ration_domain *d, ration_counter_t handle)
{
	uint32_t before, after, tries = 0;
	uint64_t nb;
	bool even;

	do {
		even = sum_moves(d, &before);
		nb = sum_words(d, handle);
	} while ((!sum_moves(d, &after) || !even || after != before) && ++tries < READ_TRIES);
	return nb;
}
