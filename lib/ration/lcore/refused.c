/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Refused charges, counted per counter that was charged and per counter that lacked room.
 *
 * A refusal must not write a word that other lcores write (promise P9): when a counter is full, all
 * lcores are refused at once. A word per counter and lcore would add half of what a counter on an
 * lcore takes now. So each lcore has a small table of its own, for the counters of its last
 * refusals, and moves the numbers of one to the counter when it needs the entry for another one:
 *
 * - Only the owner writes the table, with plain stores. The sum of its numbers and those in the
 *   counter is the number of refusals; like a ledger, a table stays when its owner leaves.
 * - A counter has one of a few entries in a row. Bursts name few counters more than once, so a
 *   table twice as large as a burst moves rarely.
 * - A move is more than one change. `refused_moves` is odd meanwhile, so that a reader does not see
 *   only a part of them.
 * - The numbers of a counter that is being destroyed are not moved: the walk cannot know whether it
 *   will exist until the addition. If it is not being destroyed, and exists after this was read,
 *   then its release waits for this walk: as in stock.c, model e_destroy: NORECHECK.
 */

#include "lcore/refused.h"
#include "shm/zone.h"
#include "tree/counter.h"

/* Entries in a row that may hold a counter. */
#define WAYS RTE_MIN(4u, RATION_REFUSED_MAX)
/* The upper bits of the product are those that depend on all bits of the index. */
#define HASH_DIVISOR (UINT32_C(1) << 16)
/* A reader tries so many times to see no move; a dead owner may have left one unfinished. */
#define READ_TRIES 16

static inline uint32_t
way_of(uint32_t index, uint32_t way)
{
	/* Children of many parents often have the same index modulo a power of 2. */
	return ((uint32_t)(index * UINT32_C(0x9e3779b1)) / HASH_DIVISOR + way) % RATION_REFUSED_MAX;
}

/* Add the numbers in an entry to its counter, if that exists. @return false if it may not move */
static bool
move_to_counter(const struct ration_domain *d, struct refused *entry)
{
	ration_counter_t handle = ration_load(&entry->counter, relaxed);
	struct counter *c = ration_resolve(d, handle);

	if (c == NULL)
		return true;
	if (ration_load(&c->flags, seq_cst) & COUNTER_DYING)
		return false;
	if (ration_resolve(d, handle) == NULL)
		return true;
	ration_fetch_add(&c->refused, ration_load(&entry->charges, relaxed), release);
	ration_fetch_add(&c->failures, ration_load(&entry->failures, relaxed), release);
	return true;
}

/* Use an entry for another counter. @return false if it is not free for it */
static bool
take_entry(struct ration_lcore *lc, struct refused *entry, ration_counter_t handle)
{
	RATION_ATOMIC(uint32_t) *moves = &ration_workspace(lc)->refused_moves;
	uint32_t odd = ration_load(moves, relaxed) | 1;
	bool taken;

	/* The changes are release stores: a reader that sees one of them sees the odd number. */
	ration_store(moves, odd, relaxed);
	taken = move_to_counter(ration_domain_of(lc), entry);
	if (taken) {
		ration_store(&entry->charges, 0, release);
		ration_store(&entry->failures, 0, release);
		ration_store(&entry->counter, handle, release);
		entry->asked = 0;
		/* Not always the same members first, if entries move often. */
		entry->nb_asked = ration_workspace(lc)->slow_turn;
	}
	/* Release: pairs with the acquire in sum_moves(). */
	ration_store(moves, odd + 1, release);
	return taken;
}

/* The entry of the counter at an index, which exists; or NULL. */
static struct refused *
find_entry(const struct ration_lcore *lc, uint32_t index)
{
	struct workspace *ws = ration_workspace(lc);
	ration_counter_t handle = ration_handle(ration_domain_of(lc), index);
	struct refused *entry;
	uint32_t way;

	for (way = 0; way < WAYS; way++) {
		entry = &ws->refused[way_of(index, way)];
		if (ration_load(&entry->counter, relaxed) == handle)
			return entry;
	}
	return NULL;
}

/* The entry of a counter, which exists; or NULL if all that may hold it are in use. */
static struct refused *
entry_of(struct ration_lcore *lc, uint32_t index)
{
	struct workspace *ws = ration_workspace(lc);
	ration_counter_t handle = ration_handle(ration_domain_of(lc), index);
	struct refused *entry = find_entry(lc, index), *victim = NULL;
	uint32_t way;

	if (entry != NULL)
		return entry;
	for (way = 0; way < WAYS && victim == NULL; way++) {
		entry = &ws->refused[way_of(index, way)];
		if (ration_load(&entry->counter, relaxed) == RATION_COUNTER_NONE)
			victim = entry;
	}
	if (victim == NULL) /* Another one each time. */
		victim = &ws->refused[way_of(index,
					     ration_load(&ws->refused_moves, relaxed) / 2 % WAYS)];
	return take_entry(lc, victim, handle) ? victim : NULL;
}

struct refused *
ration_refused_add(struct ration_lcore *lc, uint32_t charged, uint32_t failed, uint32_t nb)
{
	struct ration_domain *d = ration_domain_of(lc);
	struct refused *entry = NULL;

	if (!(lc->flags & RATION_LCORE_SHARED))
		entry = entry_of(lc, charged);
	if (entry != NULL)
		ration_store(&entry->charges, ration_load(&entry->charges, relaxed) + nb, relaxed);
	else
		ration_fetch_add(&ration_counter_at(d, charged)->refused, nb, relaxed);
	if (failed != charged)
		entry = lc->flags & RATION_LCORE_SHARED ? NULL : entry_of(lc, failed);
	if (entry != NULL)
		ration_store(&entry->failures, ration_load(&entry->failures, relaxed) + nb,
			     relaxed);
	else
		ration_fetch_add(&ration_counter_at(d, failed)->failures, nb, relaxed);
	return entry;
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
		/* Acquire: pairs with the release in take_entry(). */
		moves = ration_load(&area.workspace->refused_moves, acquire);
		even &= !(moves & 1);
		*sum += moves;
	}
	return even;
}

/* Add the numbers of one lcore. */
static void
add_entries(const struct workspace *ws, ration_counter_t handle, struct refusals *sum)
{
	const struct refused *entry;
	struct refusals more;
	uint32_t way;

	for (way = 0; way < WAYS; way++) {
		entry = &ws->refused[way_of((uint32_t)handle, way)];
		/* Acquire, here and below: before the moves are read again. */
		more.charges = ration_load(&entry->charges, acquire);
		more.failures = ration_load(&entry->failures, acquire);
		if (ration_load(&entry->counter, acquire) != handle)
			continue;
		sum->charges += more.charges;
		sum->failures += more.failures;
	}
}

static struct refusals
sum_entries(const struct ration_domain *d, ration_counter_t handle)
{
	const struct counter *c = ration_counter_at(d, (uint32_t)handle);
	struct refusals sum = {
		.charges = ration_load(&c->refused, acquire),
		.failures = ration_load(&c->failures, acquire),
	};
	struct ration_area area;
	uint32_t i;

	for (i = 0; i < d->max_members; i++) {
		if (ration_area_find(d, i, &area) > 0)
			add_entries(area.workspace, handle, &sum);
	}
	return sum;
}

struct refusals
ration_refused_sum(const struct ration_domain *d, ration_counter_t handle)
{
	uint32_t before, after, tries = 0;
	struct refusals sum;
	bool even;

	do {
		even = sum_moves(d, &before);
		sum = sum_entries(d, handle);
	} while ((!sum_moves(d, &after) || !even || after != before) && ++tries < READ_TRIES);
	return sum;
}
