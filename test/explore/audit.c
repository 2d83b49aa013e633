/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The properties, checked after every step against the books of world.c. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explore_fakes.h"
#include "memory.h"
#include "reach.h"
#include "world.h"

static struct ration_lcore *
block_at(uint32_t member)
{
	return ration_lcore_area(w->d, &w->d->members[member]);
}

static uint32_t
slot_stock(const struct ration_lcore *lc, uint32_t index)
{
	return (uint32_t)explore_peek(&lc->stocks[index].units, sizeof(uint32_t));
}

static uint32_t
slot_cap(const struct ration_lcore *lc, uint32_t index)
{
	return (uint32_t)explore_peek(&lc->stocks[index].limit, sizeof(uint32_t)) & RATION_CAP_MASK;
}

/* ------------------------------------------------------- P1, P2: counters */

/* Usage may exceed a limit that was changed during the walk, if the walk then gives units back. */
static bool
may_pass(const struct op *op)
{
	return op != NULL && (op->kind == OP_FORCE || w->changing > 0 || op->limits != w->limits);
}

/* Sums for each counter and the counters below it. */
struct sums {
	uint64_t granted[WORLD_COUNTERS];
	uint64_t stock[WORLD_COUNTERS];
	uint64_t leak[WORLD_COUNTERS];
	uint64_t children[WORLD_COUNTERS]; /* Usage of the children only. */
};

static uint32_t
nb_counters(void)
{
	return RTE_MIN(w->d->nb_ever_used, (uint32_t)WORLD_COUNTERS);
}

static uint64_t
stock_of(uint32_t index)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < w->d->max_members; i++)
		sum += block_at(i) != NULL ? slot_stock(block_at(i), index) : 0;
	return sum;
}

static void
add_up(struct sums *sums)
{
	uint32_t i, up;
	uint64_t stock;

	memset(sums, 0, sizeof(*sums));
	for (i = 0; i < nb_counters(); i++) {
		if (!w->at[i].known)
			continue;
		stock = stock_of(i);
		for (up = i; up != RATION_INDEX_NONE; up = w->at[up].parent) {
			sums->granted[up] += w->at[i].granted;
			sums->stock[up] += stock;
			sums->leak[up] += w->at[i].leak;
		}
		if (w->at[i].parent != RATION_INDEX_NONE)
			sums->children[w->at[i].parent] += ration_counter_at(w->d, i)->usage;
	}
}

static uint64_t
leak_below(uint32_t top)
{
	struct sums sums;

	add_up(&sums);
	return sums.leak[top];
}

static bool
is_quiet(void)
{
	uint32_t fiber;

	for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
		if (w->doing[fiber] != 0)
			return false;
	}
	return !w->unreaped;
}

/* Whether all running operations have started since the last change of a limit. */
static bool
limits_are_settled(void)
{
	uint32_t fiber;

	for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
		if (world_op(fiber) != NULL && world_op(fiber)->limits != w->limits)
			return false;
	}
	return w->changing == 0;
}

static void
check_limit(uint32_t i, const struct counter *c, uint64_t granted, uint32_t writer)
{
	struct entry *e = &w->at[i];

	if (c->usage > c->max && c->usage > e->usage && !may_pass(world_op(writer)))
		explore_fail("P1: usage has risen above max");
	if (c->usage > c->max && !e->over && limits_are_settled())
		explore_fail("P1: usage stays above max");
	if (granted > c->max && !e->over && limits_are_settled())
		explore_fail("P1: more granted than max");
	e->usage = c->usage;
}

static void
check_counter(uint32_t i, const struct sums *sums, uint32_t writer, bool quiet)
{
	const struct counter *c = ration_counter_at(w->d, i);
	uint64_t accounted = sums->granted[i] + sums->stock[i];

	check_limit(i, c, sums->granted[i], writer);
	if (c->usage < accounted)
		explore_fail("P2: less usage than granted and in stock");
	if (c->usage < sums->children[i])
		explore_fail("P2: a parent does not cover its children");
	if (quiet && c->usage > accounted + sums->leak[i])
		explore_fail("P2: more usage than granted and in stock");
	if (c->rollbacks != w->rollbacks[i] && world_does(OP_SYNC))
		reach(REACH_PHANTOM_ROLLBACK);
	if (c->usage > c->max)
		reach(REACH_ABOVE_LIMIT);
	if (w->at[i].destroyed)
		reach(REACH_OFFLINE_COUNTER);
	w->rollbacks[i] = c->rollbacks;
}

/* ------------------------------------------------------- P4, P6: members */

static void
check_slots(uint32_t member)
{
	const enum member_state state = MEMBER_STATE(w->d->members[member].state);
	const struct ration_lcore *lc = block_at(member);
	uint64_t caps = 0;
	uint32_t i;

	for (i = 0; lc != NULL && i < nb_counters(); i++) {
		uint32_t stock = slot_stock(lc, i), cap = slot_cap(lc, i);

		caps += cap;
		if (stock != 0 && state != MEMBER_ONLINE && state != MEMBER_TAKEN && !w->unreaped)
			explore_fail("P6: stock of an lcore that is not online");
		/* During a walk the two words of an entry are written one after the other. */
		if (stock > cap && !w->unreaped && state != MEMBER_TAKEN &&
		    !(explore_peek(&lc->seq, sizeof(lc->seq)) & 1))
			explore_fail("P4: more in stock than the cap");
		if (stock != 0 && !w->at[i].known)
			explore_fail("P6: stock of a counter that does not exist");
		if (w->at[i].known && cap > 2 * w->at[i].batch)
			explore_fail("P4: the caps of an entry exceed two batches");
		if (w->at[i].known && cap > ration_counter_at(w->d, i)->cap_max)
			explore_fail("P4: the cap of an entry exceeds the bound of its counter");
	}
	if (caps > w->d->stock_share)
		explore_fail("P4: the caps of an lcore exceed stock_max");
}

/* An lcore that has acknowledged an open drain has no stock of its target, and gets none. */
static void
check_gate(uint32_t drainer, uint32_t member)
{
	const struct ration_lcore *lc = block_at(member);
	uint32_t target = w->d->targets[drainer], i;

	if (lc == NULL || MEMBER_STATE(w->d->members[member].state) != MEMBER_ONLINE ||
	    (int32_t)(lc->ack - w->gen_of[drainer]) < 0)
		return;
	for (i = 0; i < nb_counters(); i++) {
		if (w->at[i].known && world_is_below(i, target) && slot_stock(lc, i) != 0)
			explore_fail("P3: stock inside the gate of a drain");
	}
}

/* A drainer that has just opened the gate has opened it for its target. */
static void
check_target(uint32_t drainer, uint32_t writer)
{
	const struct op *op = world_op(writer);

	if (op != NULL && op->kind == OP_DRAIN && w->d->targets[drainer] != op->index)
		explore_fail("P3: the gate of another counter is set");
}

static void
check_rounds(uint32_t writer)
{
	uint32_t drainers = (uint32_t)w->d->round, fresh = drainers & ~(uint32_t)w->round, drainer,
		 i;

	for (; fresh != 0; fresh &= fresh - 1) {
		w->gen_of[__builtin_ctz(fresh)] = (uint32_t)(w->d->round >> 32);
		check_target((uint32_t)__builtin_ctz(fresh), writer);
	}
	w->round = w->d->round;
	for (; drainers != 0; drainers &= drainers - 1) {
		drainer = (uint32_t)__builtin_ctz(drainers);
		for (i = 0; i < w->d->max_members; i++)
			check_gate(drainer, i);
	}
}

static bool
lacks_room(uint32_t index, uint64_t n)
{
	const struct counter *c;

	for (; index != RATION_INDEX_NONE; index = w->at[index].parent) {
		c = ration_counter_at(w->d, index);
		if (n > c->max || c->usage > c->max - n)
			return true;
	}
	return false;
}

/* A charge also counts the fiber's stock of the counter. */
static uint64_t
own_stock(uint32_t fiber, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < w->d->max_members; i++) {
		if (w->d->members[i].tid == 100 + (int)fiber && block_at(i) != NULL)
			return slot_stock(block_at(i), index);
	}
	return 0;
}

static void
look_for_room(void)
{
	struct op *op;
	uint32_t fiber;
	uint64_t stock;

	for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
		op = world_op(fiber);
		if (op == NULL || op->kind != OP_CHARGE || op->tight)
			continue;
		stock = own_stock(fiber, op->index);
		op->tight = op->n > stock && lacks_room(op->index, op->n - stock);
	}
}

void
explore_audit(uint32_t writer)
{
	const bool quiet = is_quiet();
	static uint32_t turn;
	struct sums sums;
	uint32_t i;

	add_up(&sums);
	for (i = 0; i < nb_counters(); i++) {
		if (w->at[i].known)
			check_counter(i, &sums, writer, quiet);
	}
	for (i = 0; i < w->d->max_members; i++)
		check_slots(i);
	check_rounds(writer);
	look_for_room();
	/* A sample is enough. */
	if (turn++ % 8 == 0)
		reach_look();
}

/* --------------------------------------------------------- single accesses */

/* The member whose stock entries contain a word, or -1. */
static int
owner_of_slot(const volatile void *at)
{
	const struct ration_lcore *lc;
	uint32_t i;

	for (i = 0; i < w->d->max_members; i++) {
		lc = block_at(i);
		if (lc != NULL && (uintptr_t)at >= (uintptr_t)lc->stocks &&
		    (uintptr_t)at < (uintptr_t)&lc->stocks[lc->nb_stocks])
			return (int)i;
	}
	return -1;
}

/*
 * Only the owner writes the stock entries of a running lcore, and never while they are taken over.
 */
static void
check_writer(const volatile void *at)
{
	int i = owner_of_slot(at);
	const struct member *m;
	enum member_state state;

	if (i < 0)
		return;
	m = &w->d->members[i];
	state = MEMBER_STATE(explore_peek(&m->state, sizeof(uint64_t)));
	if (m->tid == explore_tid() ? state == MEMBER_TAKEN : state != MEMBER_TAKEN)
		explore_fail("P6: stock entries written by a thread that must not");
}

/* P9: count the writes of an operation to words that other lcores write. */
static void
count_write(const volatile void *at)
{
	struct op *op = world_op(explore_me());
	const char *first = (const char *)ration_counter_at(w->d, 0);
	const char *end = (const char *)ration_counter_at(w->d, w->d->max_counters);
	const struct ration_lcore *lc;
	uint32_t i;

	if (op == NULL)
		return;
	if ((const volatile char *)at >= first && (const volatile char *)at < end) {
		op->shared_writes++;
		op->walks += at == &ration_counter_at(w->d, 0)->usage;
		return;
	}
	for (i = 0; i < w->d->max_members; i++) {
		lc = block_at(i);
		if (lc != NULL && w->d->members[i].tid != explore_tid() &&
		    (const volatile char *)at >= (const char *)lc &&
		    (const volatile char *)at <
			    (const char *)lc + ration_area_size(w->d->max_counters, false))
			op->requests++;
	}
}

/*
 * Record the state when an exact charge reads usage of a level. The limit counts as the charge read
 * it: it reads limit and usage one after the other, and a control call may change the limit between
 * the two or after both.
 */
static void
note_sight(const struct op *op, const volatile void *at)
{
	const struct counter *c;
	struct sight *s;
	uint32_t i, fiber;

	for (i = op->index; i != RATION_INDEX_NONE; i = w->at[i].parent) {
		c = ration_counter_at(w->d, i);
		s = &w->sight[op->fiber][i];
		if (at == &c->max)
			s->max = c->max;
		if (at != &c->usage)
			continue;
		s->valid = true;
		s->usage = c->usage;
		s->granted = world_granted(i) + leak_below(i);
		s->stock = world_stock(i);
		for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
			s->op[fiber] = 0;
			if (fiber != op->fiber && world_op(fiber) != NULL &&
			    world_is_below(world_op(fiber)->index, i))
				s->op[fiber] = w->doing[fiber];
		}
	}
}

void
explore_audit_access(const volatile void *at, bool write)
{
	const struct op *op;
	bool was;

	if (w == NULL || memory_offset(at) < 0 || !explore_is_running())
		return;
	was = explore_hold(true);
	if (write) {
		check_writer(at);
		count_write(at);
	} else {
		op = world_op(explore_me());
		if (op != NULL && op->kind == OP_SYNC)
			note_sight(op, at);
	}
	explore_hold(was);
}

/* ------------------------------------------------------------ P3: refusals */

/*
 * Units granted below a level when it was read, including operations that were unfinished then and
 * succeeded.
 */
static uint64_t
granted_in_sight(const struct sight *s)
{
	uint64_t sum = s->granted;
	uint32_t fiber;
	const struct op *op;

	for (fiber = 0; fiber < EXPLORE_FIBERS; fiber++) {
		if (s->op[fiber] == 0)
			continue;
		op = &w->op[s->op[fiber] - 1];
		if (op->kind == OP_UNCHARGE || op->state == OP_GRANTED || op->state == OP_DIED)
			sum += op->kind == OP_UNCHARGE || op->kind == OP_CHARGE ||
					       op->kind == OP_SYNC || op->kind == OP_FORCE
				       ? op->n
				       : 0;
	}
	return sum;
}

static void
check_refusal(const struct refusal *r)
{
	const struct sight *s;
	uint32_t i;

	for (i = 0; i < r->nb; i++) {
		s = &r->sight[i];
		if (s->valid && s->stock == 0 && granted_in_sight(s) + r->n > s->max)
			return;
	}
	explore_fail("P3: an exact charge was refused although there was room");
}

/* ---------------------------------------------------------------- end state */

static void
check_end(void)
{
	const struct ration_domain *d = w->d;
	uint32_t i;

	if ((uint32_t)d->round != 0)
		explore_fail("P6: a gate is still open at the end");
	for (i = 0; i < RATION_DRAINERS_MAX; i++) {
		if (d->drainers[i] != 0)
			explore_fail("P6: the claim of a drainer's bit is lost");
	}
	if ((uint32_t)d->inflight[0] != 0 || (uint32_t)d->inflight[1] != 0)
		explore_fail("P6: a walk without registration is still counted");
	for (i = 0; i < d->max_members; i++) {
		if (block_at(i) != NULL && (block_at(i)->seq & 1))
			explore_fail("P6: an lcore remains in a walk");
	}
}

/* Each refused charge is counted once, for the counter that it charged. */
static void
check_refused(void)
{
	uint32_t i;

	for (i = 0; i < nb_counters(); i++) {
		if (w->at[i].known && !w->at[i].destroyed &&
		    ration_refused_sum(w->d, ration_handle(w->d, i)).charges != w->at[i].refused)
			explore_fail("a wrong number of refused charges");
	}
}

void
explore_audit_end(const struct scenario *scenario)
{
	uint32_t i;

	(void)scenario;
	explore_audit(0);
	for (i = 0; i < w->nb_refusals; i++)
		check_refusal(&w->refusal[i]);
	if (w->nb_refusals > 0)
		reach(REACH_SYNC_REFUSED);
	if (w->unreaped)
		return;
	check_end();
	if (w->deaths == 0 && !w->bursts)
		check_refused();
	if (ration_domain_verify(w->d, 1, NULL) != 0)
		explore_fail("P2: the domain does not verify at the end");
}

/* ------------------------------------------------------------------ deaths */

/*
 * Units that may stay charged: all units of an unfinished charge or uncharge or none of them, and
 * the stock that the lcore had or was just taking or giving back.
 */
void
explore_audit_crash(uint32_t fiber)
{
	struct op *op = world_op(fiber);
	uint32_t i;
	bool was = explore_hold(true);

	reach_death(fiber);
	w->unreaped = true;
	w->deaths++;
	if (op != NULL) {
		op->state = OP_DIED;
		w->doing[fiber] = 0;
		if (op->kind == OP_CHARGE || op->kind == OP_UNCHARGE || op->kind == OP_SYNC)
			w->at[op->index].leak += op->n;
		for (i = 0; i < WORLD_COUNTERS; i++) {
			if (w->at[i].known)
				w->at[i].leak += 2 * w->at[i].batch + w->in_burst[fiber][i];
		}
	}
	explore_hold(was);
}
