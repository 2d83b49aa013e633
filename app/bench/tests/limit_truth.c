/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <sched.h>

#include <rte_pause.h>

#include "baselines/xorshift.h"
#include "tests/limit_truth.h"

/** An lcore reads the others around one of this many bursts, or one single call of each burst. */
#define LOOK_EVERY 4
/** Tries to wait for the end of a burst. */
#define TRIES 10000

/**
 * worker.held consists of fields of 10 bits: the units that are held, those that are being charged,
 * and those that were held after the last charge. The number of changes is above.
 */
#define FIELD_BITS 10
#define FIELD_MASK ((UINT64_C(1) << FIELD_BITS) - 1)
#define CHANGES_SHIFT (3 * FIELD_BITS)

static uint64_t
held_in(uint64_t word)
{
	return word & FIELD_MASK;
}

static uint64_t
charging_in(uint64_t word)
{
	return word >> FIELD_BITS & FIELD_MASK;
}

static uint64_t
charged_in(uint64_t word)
{
	return word >> (2 * FIELD_BITS) & FIELD_MASK;
}

static uint64_t
changes_in(uint64_t word)
{
	return word >> CHANGES_SHIFT;
}

static uint64_t
own_held(const struct worker *wk)
{
	return held_in(ration_load(&wk->held, relaxed));
}

static void
publish(struct worker *wk, uint64_t held, uint64_t charging)
{
	const uint64_t old = ration_load(&wk->held, relaxed);
	const uint64_t charged = charging_in(old) > 0 ? held : charged_in(old);

	/* Pairs with the acquire in look(): who sees the word sees the call that it follows. */
	ration_store(&wk->held,
		     (changes_in(old) + 1) << CHANGES_SHIFT | charged << (2 * FIELD_BITS) |
			     charging << FIELD_BITS | held,
		     release);
}

/* Read the words of all lcores. */
static void
look(const struct workers *ws, uint64_t *words)
{
	uint32_t i;

	for (i = 0; i < ws->nb; i++)
		/* Pairs with the release in publish(). */
		words[i] = ration_load(&ws->worker[i].held, acquire);
}

/* Wait until the word has changed. @return the new word */
static uint64_t
wait_change(const struct workers *ws, uint32_t i, uint64_t word)
{
	uint64_t now = ration_load(&ws->worker[i].held, acquire);
	int tries;

	for (tries = 0; now == word && tries < TRIES; tries++) {
		if (ws->yields)
			sched_yield();
		else
			rte_pause();
		now = ration_load(&ws->worker[i].held, acquire);
	}
	return now;
}

/* What lcore i held at a reading, at most: see the file comment. */
static uint64_t
held_at(const struct workers *ws, uint32_t i, uint64_t word)
{
	uint64_t now;

	if (charging_in(word) <= 1)
		return held_in(word) + charging_in(word);
	/* The last charge is this one, unless another one has ended meanwhile. */
	now = wait_change(ws, i, word);
	if (now == word || changes_in(now) - changes_in(word) > 3)
		return held_in(word) + charging_in(word);
	return charged_in(now);
}

/* What all others held at a reading. */
static uint64_t
held_by_others(const struct worker *wk, const uint64_t *words)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < wk->workers->nb; i++)
		sum += i == wk->id ? 0 : held_at(wk->workers, i, words[i]);
	return sum;
}

/* The most that the others can have held between two readings. */
static uint64_t
most_held_by_others(const struct worker *wk, const uint64_t *a, const uint64_t *b)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < wk->workers->nb; i++) {
		if (i != wk->id)
			sum += a[i] == b[i] ? held_in(a[i]) + charging_in(a[i]) : BURST_SIZE;
	}
	return sum;
}

/* Units of the shared counter among packets; `granted` NULL: of all packets. */
static uint64_t
shared_units(const struct limit_lcore *l, uint32_t first, uint32_t nb, const uint8_t *granted)
{
	uint64_t units = 0;
	uint32_t i;

	for (i = first; i < first + nb; i++)
		units += l->order[i] == l->shared && (granted == NULL || granted[i]);
	return units;
}

static void
charge(struct worker *wk, struct limit_lcore *l, uint32_t first, uint32_t nb)
{
	const struct backend *impl = wk->workers->impl;

	publish(wk, own_held(wk), shared_units(l, first, nb, NULL));
	if (nb > 1)
		impl->charge_burst(wk->ctx, &l->order[first], (uint16_t)nb, &l->granted[first]);
	else
		l->granted[first] = impl->charge(wk->ctx, l->order[first], 1) == 0;
	publish(wk, own_held(wk) + shared_units(l, first, nb, l->granted), 0);
}

static void
uncharge(struct worker *wk, struct limit_lcore *l, uint32_t first, uint32_t nb)
{
	const struct backend *impl = wk->workers->impl;
	uint64_t back[BURST_SIZE] = {0};
	uint16_t n = 0;
	uint32_t i;

	for (i = first; i < first + nb; i++) {
		if (l->granted[i])
			back[n++] = l->order[i];
	}
	if (n == 0)
		return;
	if (nb > 1)
		impl->uncharge_burst(wk->ctx, back, n);
	else
		impl->uncharge(wk->ctx, back[0], 1);
	publish(wk, own_held(wk) - shared_units(l, first, nb, l->granted), 0);
}

/* Refused packets for which there was room beside `held` units. */
static uint64_t
wrong_beside(const struct limit_lcore *l, uint64_t held, uint64_t refused)
{
	return held >= l->room ? 0 : RTE_MIN(refused, l->room - held);
}

/* Charge between two readings. */
static void
charge_looking(struct worker *wk, struct limit_lcore *l, uint32_t first, uint32_t nb)
{
	uint64_t a[RTE_MAX_LCORE] = {0}, b[RTE_MAX_LCORE] = {0};
	uint64_t own, refused, held_a, held_b;
	struct limit_truth *t = &l->truth;

	look(wk->workers, a);
	charge(wk, l, first, nb);
	look(wk->workers, b);
	own = own_held(wk);
	held_a = held_by_others(wk, a);
	held_b = held_by_others(wk, b);
	refused = shared_units(l, first, nb, NULL) - shared_units(l, first, nb, l->granted);
	t->packets += nb;
	t->refused += refused;
	t->wrong += wrong_beside(l, own + RTE_MAX(held_a, held_b), refused);
	t->sure += wrong_beside(l, own + most_held_by_others(wk, a, b), refused);
	t->looks += 2;
	t->held += held_in(a[wk->id]) + held_a + own + held_b;
}

void
limit_hold_looking(struct worker *wk)
{
	struct limit_lcore *l = wk->task_arg;
	/* Without a burst function, a burst is made of single calls. */
	const bool bursts = l->setup->bursts && l->setup->impl->charge_burst != NULL;
	const uint32_t step = bursts ? BURST_SIZE : 1;
	const uint64_t random = xorshift_next(&l->random);
	/* The first burst is among them, so that there is a reading. */
	const bool looks = !bursts || l->truth.looks == 0 || random % LOOK_EVERY == 0;
	const uint32_t chosen = bursts ? 0 : (uint32_t)(random % BURST_SIZE);
	uint32_t i;

	for (i = 0; i < BURST_SIZE; i += step) {
		if (looks && i == chosen)
			charge_looking(wk, l, i, step);
		else
			charge(wk, l, i, step);
	}
	for (i = 0; i < BURST_SIZE; i += step)
		uncharge(wk, l, i, step);
	worker_add(&wk->progress, shared_units(l, 0, BURST_SIZE, l->granted));
}

void
limit_truth_sum(const struct limit_run *r, struct limit_truth *sum)
{
	const struct limit_truth *t;
	uint32_t i;

	for (i = 0; i < r->workers.nb; i++) {
		t = &r->lcores[i].truth;
		sum->packets += t->packets;
		sum->refused += t->refused;
		sum->wrong += t->wrong;
		sum->sure += t->sure;
		sum->looks += t->looks;
		sum->held += t->held;
	}
}
