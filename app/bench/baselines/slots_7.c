/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>

#include <rte_common.h>

#include "baselines/backend_loops.h"
#include "baselines/slots_7.h"
#include "baselines/tree.h"
#include "baselines/xorshift.h"

/**
 * @file
 * The stock of the kernel's memory cgroups before the series: seven slots for each CPU, in one
 * cache line. Each slot holds units of one counter. Slots are searched in order.
 *
 * - A charge of up to a batch is taken from the slot of the counter, if it has enough units.
 * - Otherwise a batch is charged to the tree (or only the requested units, if there is no room for
 *   a batch), and the remaining units go to a slot.
 * - An uncharge of up to a batch goes to a slot. A slot with more than a batch is emptied.
 * - A counter without a slot takes an empty one, or evicts another counter, whose units are
 *   uncharged. The victim is a random slot or (since May 2026) the next slot in turn.
 *
 * Simplified in favor of the slots: there is no lock, because nothing interrupts the lcore; random
 * numbers cost three shifts; counters have no reference counts; and a bit mask gives the first
 * empty slot, which the kernel finds by searching.
 */

struct slots_lcore {
	/** One cache line, as in the kernel. */
	alignas(RTE_CACHE_LINE_SIZE) struct tree_node *cached[SLOTS];
	uint8_t units[SLOTS];
	uint8_t next; /**< Next victim, if slots are evicted in turn. */
	alignas(RTE_CACHE_LINE_SIZE) struct tree *tree;
	uint64_t random;
	uint64_t slow;
	uint8_t used; /**< One bit for each slot that has a counter. */
};

struct slots {
	struct tree *tree;
	uint32_t nb_lcores;
	struct slots_lcore *lcores;
};

static inline uint32_t
random_slot(struct slots_lcore *l)
{
	return (uint32_t)(((xorshift_next(&l->random) >> 32) * SLOTS) >> 32);
}

static inline uint32_t
next_slot(struct slots_lcore *l)
{
	uint32_t slot = l->next;

	l->next = slot + 1 < SLOTS ? (uint8_t)(slot + 1) : 0;
	return slot;
}

static inline bool
slots_consume(struct slots_lcore *l, const struct tree_node *node, uint64_t n)
{
	uint32_t i;

	if (unlikely(n > BACKEND_BATCH))
		return false;
	for (i = 0; i < SLOTS; i++) {
		if (l->cached[i] != node)
			continue;
		if (unlikely(l->units[i] < n))
			return false;
		l->units[i] -= (uint8_t)n;
		return true;
	}
	return false;
}

/* Return the units of a slot and make it available. */
static __rte_noinline void
slots_empty(struct slots_lcore *l, uint32_t i)
{
	if (l->units[i] > 0)
		tree_uncharge(l->cached[i], l->units[i]);
	l->units[i] = 0;
	l->cached[i] = NULL;
	l->used &= (uint8_t) ~(1u << i);
	l->slow++;
}

static __rte_noinline void
slots_install(struct slots_lcore *l, struct tree_node *node, uint64_t n, bool in_turn)
{
	/* The first slot that is not in use. */
	uint32_t i = (uint32_t)__builtin_ctz(~(uint32_t)l->used);

	if (i == SLOTS) {
		i = in_turn ? next_slot(l) : random_slot(l);
		slots_empty(l, i);
	}
	l->used |= (uint8_t)(1u << i);
	l->cached[i] = node;
	l->units[i] = (uint8_t)n;
}

static __rte_always_inline void
slots_refill(struct slots_lcore *l, struct tree_node *node, uint64_t n, bool in_turn)
{
	uint32_t i;

	if (unlikely(n > BACKEND_BATCH)) {
		l->slow++;
		tree_uncharge(node, n);
		return;
	}
	for (i = 0; i < SLOTS; i++) {
		if (l->cached[i] != node)
			continue;
		l->units[i] += (uint8_t)n;
		if (unlikely(l->units[i] > BACKEND_BATCH))
			slots_empty(l, i);
		return;
	}
	slots_install(l, node, n, in_turn);
}

static __rte_always_inline int
slots_charge_tree(struct slots_lcore *l, struct tree_node *node, uint64_t n, bool in_turn)
{
	uint64_t ahead = n < BACKEND_BATCH ? BACKEND_BATCH - n : 0, charged;

	l->slow++;
	charged = tree_charge_ahead(node, n, ahead);
	if (charged > n)
		slots_refill(l, node, charged - n, in_turn);
	return charged > 0 || n == 0 ? 0 : -1;
}

static __rte_noinline int
slots_charge_random(struct slots_lcore *l, struct tree_node *node, uint64_t n)
{
	return slots_charge_tree(l, node, n, false);
}

static __rte_noinline int
slots_charge_in_turn(struct slots_lcore *l, struct tree_node *node, uint64_t n)
{
	return slots_charge_tree(l, node, n, true);
}

static inline int
random_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct slots_lcore *l = ctx;
	struct tree_node *node = tree_node_of(l->tree, c);

	return likely(slots_consume(l, node, n)) ? 0 : slots_charge_random(l, node, n);
}

static inline int
random_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct slots_lcore *l = ctx;

	slots_refill(l, tree_node_of(l->tree, c), n, false);
	return 0;
}

static inline int
rr_charge(void *ctx, uint64_t c, uint64_t n)
{
	struct slots_lcore *l = ctx;
	struct tree_node *node = tree_node_of(l->tree, c);

	return likely(slots_consume(l, node, n)) ? 0 : slots_charge_in_turn(l, node, n);
}

static inline int
rr_uncharge(void *ctx, uint64_t c, uint64_t n)
{
	struct slots_lcore *l = ctx;

	slots_refill(l, tree_node_of(l->tree, c), n, true);
	return 0;
}

BACKEND_SINGLE_LOOPS(random, random_charge, random_uncharge)
BACKEND_SINGLE_LOOPS(rr, rr_charge, rr_uncharge)

static void
slots_destroy(void *self)
{
	struct slots *s = self;

	free(s->tree);
	free(s->lcores);
	free(s);
}

static void *
slots_create(const struct backend_tree *tree)
{
	struct slots *s = calloc(1, sizeof(*s));
	uint32_t i;

	if (s == NULL)
		return NULL;
	s->nb_lcores = backend_nb_lcores(tree);
	s->lcores = aligned_alloc(alignof(struct slots_lcore), s->nb_lcores * sizeof(*s->lcores));
	s->tree = tree_create("slots-7", tree);
	if (s->tree == NULL || s->lcores == NULL) {
		warnx("slots-7: no memory for %u lcores", s->nb_lcores);
		slots_destroy(s);
		return NULL;
	}
	for (i = 0; i < s->nb_lcores; i++)
		s->lcores[i] = (struct slots_lcore){.tree = s->tree, .random = XORSHIFT_SEED + i};
	return s;
}

static void *
slots_join(void *self, uint32_t lcore)
{
	struct slots *s = self;

	return &s->lcores[lcore];
}

static void
slots_leave(void *ctx)
{
	struct slots_lcore *l = ctx;
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		if (l->cached[i] != NULL)
			slots_empty(l, i);
	}
}

static uint64_t
slots_counter(void *self, uint32_t i)
{
	const struct slots *s = self;

	return s->tree->interior + i;
}

uint64_t
slots_7_charged(void *self, uint64_t c)
{
	struct slots *s = self;

	return tree_usage(s->tree, c);
}

int
slots_7_stock(void *ctx, uint64_t c)
{
	struct slots_lcore *l = ctx;
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		if (l->cached[i] == tree_node_of(l->tree, c))
			return l->units[i];
	}
	return -1;
}

static uint64_t
slots_granted(void *self, uint64_t c)
{
	uint64_t granted = slots_7_charged(self, c);
	struct slots *s = self;
	uint32_t i;

	for (i = 0; i < s->nb_lcores; i++)
		granted -= (uint64_t)RTE_MAX(slots_7_stock(&s->lcores[i], c), 0);
	return granted;
}

static uint64_t
slots_slow_paths(void *ctx)
{
	const struct slots_lcore *l = ctx;

	return l->slow;
}

const struct backend backend_slots_7_random = {
	.name = "slots-7-random",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = slots_create,
	.destroy = slots_destroy,
	.join = slots_join,
	.leave = slots_leave,
	.counter = slots_counter,
	.charge = random_charge,
	.uncharge = random_uncharge,
	.granted = slots_granted,
	.slow_paths = slots_slow_paths,
	.loop = {BACKEND_LOOP_TABLE(random)},
};

const struct backend backend_slots_7_rr = {
	.name = "slots-7-rr",
	.flags = BACKEND_TREE | BACKEND_SHARED | BACKEND_EXACT,
	.create = slots_create,
	.destroy = slots_destroy,
	.join = slots_join,
	.leave = slots_leave,
	.counter = slots_counter,
	.charge = rr_charge,
	.uncharge = rr_uncharge,
	.granted = slots_granted,
	.slow_paths = slots_slow_paths,
	.loop = {BACKEND_LOOP_TABLE(rr)},
};
