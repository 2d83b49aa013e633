/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Wrappers of the library's calls that record them in the books. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memory.h"
#include "world.h"

struct world *w;

static const char *const names[WORLD_COUNTERS] = {"a", "b", "c", "d", "e", "f", "g", "h"};

/* ------------------------------------------------------------------- books */

/* The first entries are for operations that are not looked up later: one for each fiber. */
static uint32_t
place_of(enum op_kind kind)
{
	switch (kind) {
	case OP_CHARGE:
	case OP_FORCE:
	case OP_SYNC:
	case OP_UNCHARGE:
		if (w->nb_ops < WORLD_OPS - EXPLORE_FIBERS)
			return EXPLORE_FIBERS + w->nb_ops++;
		explore_fail("the scenario has too many operations");
		return 0;
	default:
		return explore_me();
	}
}

static uint32_t
begin(enum op_kind kind, uint32_t index, uint64_t n)
{
	uint32_t number = place_of(kind);

	w->op[number] = (struct op){.kind = kind,
				    .fiber = explore_me(),
				    .index = index,
				    .n = n,
				    .limits = w->limits,
				    .tight = w->changing > 0};
	w->doing[explore_me()] = number + 1;
	return number;
}

static void
end(uint32_t number, bool granted)
{
	w->op[number].state = granted ? OP_GRANTED : OP_REFUSED;
	w->doing[explore_me()] = 0;
}

struct op *
world_op(uint32_t fiber)
{
	return w->doing[fiber] != 0 ? &w->op[w->doing[fiber] - 1] : NULL;
}

bool
world_does(enum op_kind kind)
{
	const struct op *op;
	uint32_t fiber;

	for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
		op = world_op(fiber);
		if (op != NULL && op->kind == kind)
			return true;
	}
	return false;
}

bool
world_is_below(uint32_t i, uint32_t top)
{
	while (i != top && i != RATION_INDEX_NONE)
		i = w->at[i].parent;
	return i == top;
}

uint64_t
world_granted(uint32_t top)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < WORLD_COUNTERS; i++) {
		if (w->at[i].known && world_is_below(i, top))
			sum += w->at[i].granted;
	}
	return sum;
}

uint64_t
world_stock(uint32_t top)
{
	const bool was = explore_hold(true);
	const struct ration_lcore *lc;
	uint64_t sum = 0;
	uint32_t i, m;

	for (m = 0; m < w->d->max_members; m++) {
		lc = ration_lcore_area(w->d, &w->d->members[m]);
		for (i = 0; lc != NULL && i < WORLD_COUNTERS; i++) {
			if (w->at[i].known && world_is_below(i, top))
				sum += explore_peek(&lc->stocks[i].units, sizeof(uint32_t));
		}
	}
	explore_hold(was);
	return sum;
}

static void
enter_counter(uint32_t index, uint32_t parent, uint32_t batch)
{
	const uint32_t destroys = w->at[index].destroys;

	w->at[index] = (struct entry){
		.known = true, .parent = parent, .batch = batch, .destroys = destroys};
}

/* ------------------------------------------------------------------- setup */

/* Statistics need no switch of fibers before each access. */
static void
mark_minor(struct ration_lcore *lc)
{
	struct workspace *ws;

	if (lc == NULL)
		return;
	memory_mark_minor(&lc->stats, sizeof(lc->stats));
	memory_mark_minor(&lc->countdown, sizeof(lc->countdown));
	if (lc->flags & RATION_LCORE_SHARED)
		return;
	ws = ration_workspace(lc);
	memory_mark_minor(&ws->refused_moves, sizeof(ws->refused_moves));
	memory_mark_minor(ws->refused, sizeof(ws->refused));
}

void
world_create(const struct ration_domain_params *params)
{
	static const struct ration_domain_params usual = {
		.max_counters = WORLD_COUNTERS, .max_members = 4, .timeout_us = 1000000};
	struct counter *c;
	uint32_t i;

	w = explore_alloc(sizeof(*w));
	w->d = ration_domain_create("explored", params != NULL ? params : &usual);
	if (w->d == NULL) {
		fprintf(stderr, "no domain: errno %d\n", rte_errno);
		return;
	}
	enter_counter(0, RATION_INDEX_NONE, 0);
	mark_minor(ration_lcore_shared(w->d));
	for (i = 0; i < w->d->max_members; i++)
		mark_minor(ration_lcore_area(w->d, &w->d->members[i]));
	for (i = 0; i < w->d->max_counters; i++) {
		c = ration_counter_at(w->d, i);
		memory_mark_minor(&c->watermark, 5 * sizeof(uint64_t));
		memory_mark_minor(&c->walkers, 3 * sizeof(uint64_t));
	}
}

void
world_counter(uint32_t which, uint32_t below, uint64_t max, uint32_t batch, uint32_t flags)
{
	const struct ration_counter_params params = {
		.max = ration_params_max(max), .batch = ration_params_batch(batch), .flags = flags};
	ration_counter_t parent = below == UINT32_MAX ? ration_domain_root(w->d) : w->c[below];

	w->c[which] = ration_counter_create(w->d, parent, names[which], &params);
	enter_counter((uint32_t)w->c[which], (uint32_t)parent, batch);
}

void
world_member(uint32_t fiber)
{
	explore_be(fiber);
	mark_minor(ration_lcore_register(w->d));
	explore_be(0);
}

struct ration_lcore *
world_lcore(void)
{
	return ration_lcore_self(w->d);
}

/* ------------------------------------------------------------------ charge */

/* A fiber that answers in time never makes a call time out. */
static int
timed(uint32_t timeout_us, int rc)
{
	if (rc == -ETIMEDOUT && timeout_us > 0 && !explore_scenario()->timeouts)
		explore_fail("a call timed out although all fibers answer");
	return rc;
}

/* Whether a call may have found its counter destroyed or dying. */
static void
check_gone(uint32_t index, int rc)
{
	if ((rc == -ENOENT || rc == -ESTALE) && w->at[index].destroys > 0)
		return;
	if (rc == -E_RTE_SECONDARY && world_lcore() == ration_lcore_shared(w->d))
		return;
	explore_fail("P8: a charge or uncharge returned an unexpected result");
}

static int
charged(uint32_t number, uint32_t which, ration_counter_t c, int rc)
{
	const struct op *op = &w->op[number];

	end(number, rc == 0);
	if (rc == 0 && (w->c[which] != c || w->at[op->index].destroyed))
		explore_fail("P8: a charge of a destroyed counter was granted");
	else if (rc == 0)
		w->at[op->index].granted += op->n;
	else if (rc == -EDQUOT && w->c[which] == c)
		w->at[op->index].refused++;
	else if (rc != -EDQUOT && rc != -ETIMEDOUT)
		check_gone(op->index, rc);
	return rc;
}

/*
 * P9: a refused charge writes no counter, and writes to mailboxes only once in a quiescent
 * interval: a request and `pending` of each other lcore.
 */
static void
check_price(const struct op *op, uint32_t nb_counters)
{
	const uint32_t me = UINT32_C(1) << explore_me();

	if (!w->price || world_lcore() == ration_lcore_shared(w->d))
		return;
	/* A walk that fails adds and subtracts; then one more try may add. */
	if (op->walks > 3 * nb_counters)
		explore_fail("P9: a call walked the tree more than twice for a counter");
	if (op->state == OP_REFUSED && op->shared_writes > 0)
		explore_fail("P9: a refused charge wrote to a counter");
	if (op->requests > (w->asked & me ? 0 : 2 * (w->d->max_members - 1)))
		explore_fail("P9: a refused charge requested stock again");
	if (op->requests > 0)
		w->asked |= me;
}

int
world_charge(uint32_t which, uint64_t n)
{
	ration_counter_t c = w->c[which];
	uint32_t number = begin(OP_CHARGE, (uint32_t)c, n);
	int rc = charged(number, which, c, ration_try_charge(world_lcore(), c, n));

	if (rc == -EDQUOT)
		check_price(&w->op[number], 1);
	if (rc == -EDQUOT && !w->op[number].tight && w->op[number].limits == w->limits)
		explore_fail("P3: a charge was refused although there was always room");
	return rc;
}

/* Number of different counters in a burst. */
static uint32_t
nb_of(const uint32_t *which, uint16_t nb)
{
	uint32_t seen = 0, i;

	for (i = 0; i < nb; i++)
		seen |= UINT32_C(1) << which[i];
	return (uint32_t)__builtin_popcount(seen);
}

/* Find the handles of a burst, and note its units. */
static void
note_burst(const uint32_t *which, const uint32_t *n, uint16_t nb, ration_counter_t *c)
{
	uint32_t i;

	for (i = 0; i < nb; i++) {
		c[i] = w->c[which[i]];
		w->in_burst[explore_me()][(uint32_t)c[i]] += n[i];
	}
}

uint32_t
world_charge_burst(const uint32_t *which, const uint32_t *n, uint16_t nb, uint8_t *granted)
{
	ration_counter_t c[16];
	uint32_t number = begin(OP_OTHER, 0, 0), i, ok = 0, told;

	note_burst(which, n, nb, c);
	w->bursts = true;
	told = ration_try_charge_burst(world_lcore(), c, n, nb, granted);
	end(number, told > 0);
	memset(w->in_burst[explore_me()], 0, sizeof(w->in_burst[0]));
	check_price(&w->op[number], nb_of(which, nb));
	for (i = 0; i < nb; i++) {
		ok += granted[i];
		if (granted[i])
			w->at[(uint32_t)c[i]].granted += n[i];
	}
	if (ok != told)
		explore_fail("a burst returned a wrong number of granted packets");
	return ok;
}

uint32_t
world_begin_other(void)
{
	return begin(OP_OTHER, 0, 0);
}

void
world_end_other(uint32_t number)
{
	end(number, true);
}

int
world_force(uint32_t which, uint64_t n)
{
	ration_counter_t c = w->c[which];
	uint32_t number = begin(OP_FORCE, (uint32_t)c, n);
	uint32_t i;
	int rc;

	for (i = (uint32_t)c; i != RATION_INDEX_NONE; i = w->at[i].parent)
		w->at[i].over = true;
	rc = charged(number, which, c, ration_charge_force(world_lcore(), c, n));
	if (rc == -EDQUOT)
		explore_fail("a forced charge was refused");
	return rc;
}

/* An exact refusal: keep the recorded state until the results of the others are known. */
static void
note_refusal(uint32_t index, uint64_t n)
{
	struct refusal *r = &w->refusal[w->nb_refusals];

	if (w->nb_refusals == WORLD_REFUSALS) {
		explore_fail("the scenario has too many exact refusals");
		return;
	}
	w->nb_refusals++;
	r->n = n;
	r->nb = 0;
	for (; index != RATION_INDEX_NONE; index = w->at[index].parent)
		r->sight[r->nb++] = w->sight[explore_me()][index];
}

int
world_sync(uint32_t which, uint64_t n, uint32_t timeout_us)
{
	ration_counter_t c = w->c[which];
	uint32_t number;
	int rc;

	memset(w->sight[explore_me()], 0, sizeof(w->sight[0]));
	number = begin(OP_SYNC, (uint32_t)c, n);
	rc = timed(timeout_us, ration_try_charge_sync(world_lcore(), c, n, timeout_us, NULL));
	rc = charged(number, which, c, rc);
	if (rc == -EDQUOT)
		note_refusal((uint32_t)c, n);
	return rc;
}

void
world_uncharge(uint32_t which, uint64_t n)
{
	const uint32_t index = (uint32_t)w->c[which];
	uint32_t number;

	w->at[index].granted -= n;
	number = begin(OP_UNCHARGE, index, n);
	if (ration_uncharge(world_lcore(), w->c[which], n) != 0)
		explore_fail("P8: an uncharge of granted units was refused");
	end(number, true);
}

void
world_uncharge_burst(const uint32_t *which, const uint32_t *n, uint16_t nb)
{
	ration_counter_t c[16];
	uint32_t number, i;

	note_burst(which, n, nb, c);
	for (i = 0; i < nb; i++)
		w->at[(uint32_t)c[i]].granted -= n[i];
	number = begin(OP_OTHER, 0, 0);
	if (ration_uncharge_burst(world_lcore(), c, n, nb) != nb)
		explore_fail("P8: an uncharge of granted packets was refused");
	end(number, true);
	check_price(&w->op[number], nb_of(which, nb));
	memset(w->in_burst[explore_me()], 0, sizeof(w->in_burst[0]));
}

int
world_uncharge_handle(ration_counter_t c, uint64_t n)
{
	uint32_t number = begin(OP_UNCHARGE, (uint32_t)c, 0);
	int rc = ration_uncharge(world_lcore(), c, n);

	end(number, true);
	return rc;
}

void
world_share(uint32_t which, uint64_t n)
{
	if (w->nb_pool < WORLD_POOL)
		w->pool[w->nb_pool++] = (struct holding){which, w->c[which], n};
	else
		world_uncharge(which, n);
}

bool
world_return_shared(void)
{
	const uint32_t number = w->nb_pool;
	struct holding h;
	uint32_t op;

	if (number == 0)
		return false;
	h = w->pool[--w->nb_pool];
	w->at[(uint32_t)h.c].granted -= h.n;
	op = begin(OP_UNCHARGE, (uint32_t)h.c, h.n);
	if (ration_uncharge(world_lcore(), h.c, h.n) != 0)
		explore_fail("P8: an uncharge of granted units was refused");
	end(op, true);
	return true;
}

/* ----------------------------------------------------------------- members */

int
world_drain(uint32_t which, uint32_t timeout_us)
{
	ration_counter_t c = which == UINT32_MAX ? ration_domain_root(w->d) : w->c[which];
	uint32_t number = begin(OP_DRAIN, (uint32_t)c, 0);
	int rc = timed(timeout_us, ration_drain(w->d, c, timeout_us, NULL));

	end(number, rc == 0);
	return rc;
}

void
world_quiescent(void)
{
	uint32_t number = begin(OP_QUIESCENT, 0, 0);

	ration_quiescent(world_lcore());
	end(number, true);
	w->asked &= ~(UINT32_C(1) << explore_me());
}

struct ration_lcore *
world_register(void)
{
	uint32_t number = begin(OP_REGISTER, 0, 0);
	struct ration_lcore *lc = ration_lcore_register(w->d);

	end(number, lc != NULL);
	mark_minor(lc);
	return lc;
}

void
world_offline(void)
{
	uint32_t number = begin(OP_OFFLINE, 0, 0);

	ration_lcore_offline(world_lcore());
	end(number, true);
}

void
world_online(void)
{
	uint32_t number = begin(OP_ONLINE, 0, 0);

	if (ration_lcore_online(world_lcore()) != 0)
		explore_fail("an offline lcore could not come back online");
	end(number, true);
}

void
world_unregister(void)
{
	uint32_t number = begin(OP_UNREGISTER, 0, 0);

	if (ration_lcore_unregister(world_lcore()) != 0)
		explore_fail("an lcore could not unregister");
	end(number, true);
}

/* ----------------------------------------------------------------- control */

int
world_create_below(uint32_t which, uint32_t below, uint64_t max, uint32_t batch)
{
	const struct ration_counter_params params = {.max = ration_params_max(max),
						     .batch = ration_params_batch(batch)};
	ration_counter_t parent = below == UINT32_MAX ? ration_domain_root(w->d) : w->c[below];
	uint32_t number = begin(OP_CREATE, (uint32_t)parent, 0);
	ration_counter_t c = ration_counter_create(w->d, parent, names[which], &params);

	end(number, c != RATION_COUNTER_NONE);
	w->c[which] = c;
	if (c == RATION_COUNTER_NONE)
		return timed(1, -rte_errno);
	if (w->at[(uint32_t)c].known &&
	    (!w->at[(uint32_t)c].destroyed || w->at[(uint32_t)c].granted != 0))
		explore_fail("P8: the index of a counter in use was given out again");
	enter_counter((uint32_t)c, (uint32_t)parent, batch);
	return 0;
}

/* Whether a destroy concerns a counter. */
static bool
is_destroyed_with(uint32_t i, uint32_t index, uint32_t flags)
{
	if (i == index)
		return true;
	return (flags & RATION_DESTROY_RECURSIVE) && w->at[i].known && !w->at[i].destroyed &&
	       world_is_below(i, index);
}

/* A counter was destroyed: with RATION_DESTROY_KEEP_UNITS it may be offline. */
static void
note_destroyed(uint32_t i, uint32_t flags)
{
	struct entry *e = &w->at[i];

	if (ration_counter_at(w->d, i)->flags & RATION_COUNTER_OFFLINE) {
		e->destroyed = true; /* Units are granted: the counter stays in the books. */
		if (!(flags & RATION_DESTROY_KEEP_UNITS))
			explore_fail("P8: a destroyed counter still exists");
	} else {
		if (e->granted != 0)
			explore_fail("P2: destroyed while units were granted");
		e->known = false;
	}
}

int
world_destroy(uint32_t which, uint32_t flags)
{
	const uint32_t index = (uint32_t)w->c[which];
	bool concerned[WORLD_COUNTERS];
	uint32_t number, i;
	int rc;

	for (i = 0; i < WORLD_COUNTERS; i++) {
		concerned[i] = is_destroyed_with(i, index, flags);
		w->at[i].destroys += concerned[i];
	}
	number = begin(OP_DESTROY, index, 0);
	rc = timed(1, ration_counter_destroy(w->d, w->c[which], flags));
	end(number, rc == 0);
	if (rc != 0)
		return rc;
	if (world_stock(index) != 0)
		explore_fail("P6: destroyed with stock");
	for (i = 0; i < WORLD_COUNTERS; i++) {
		if (concerned[i])
			note_destroyed(i, flags);
	}
	return 0;
}

int
world_set_max(uint32_t which, uint64_t max, uint32_t flags)
{
	const uint32_t index = (uint32_t)w->c[which];
	uint32_t number, fiber;
	int rc;

	w->limits++;
	w->changing++;
	for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
		if (world_op(fiber) != NULL)
			world_op(fiber)->tight = true;
	}
	if (!(flags & RATION_MAX_STRICT))
		w->at[index].over = true;
	number = begin(OP_SET_MAX, index, max);
	rc = ration_counter_set_max(w->d, w->c[which], max, flags);
	end(number, rc == 0);
	w->changing--;
	w->limits++;
	if ((flags & RATION_MAX_STRICT) && rc == 0 && !w->at[index].over &&
	    ration_counter_at(w->d, index)->max != max)
		explore_fail("a strict limit was not set");
	return rc;
}

void
world_set_batch(uint32_t which, uint32_t batch)
{
	struct entry *e = &w->at[(uint32_t)w->c[which]];

	e->batch = RTE_MAX(e->batch, batch);
	ration_counter_set_batch(w->d, w->c[which], batch);
}

void
world_set_batch_max(uint32_t which, uint32_t batch_max)
{
	struct entry *e = &w->at[(uint32_t)w->c[which]];

	e->batch = RTE_MAX(e->batch, batch_max);
	ration_counter_set_batch_max(w->d, w->c[which], batch_max);
}

int
world_reap(uint32_t timeout_us)
{
	const uint32_t deaths = w->deaths;
	uint32_t number = begin(OP_REAP, 0, 0);
	int rc = ration_reap(w->d, timeout_us, NULL, NULL);

	end(number, rc >= 0);
	/* The reap may have looked at a fiber before its death. */
	if (rc >= 0 && w->deaths == deaths)
		w->unreaped = false;
	return rc;
}

/* --------------------------------------------------------- end of a fiber */

bool
world_is_working(void)
{
	uint32_t fiber;

	for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
		if ((w->working >> fiber & 1) && !explore_is_dead(fiber))
			return true;
	}
	return false;
}

void
world_done(void)
{
	w->working &= ~(1u << explore_me());
}

void
world_finish(void)
{
	while (world_return_shared())
		;
	world_done();
	while (world_is_working()) {
		world_quiescent();
		explore_pause();
	}
	world_offline();
}
