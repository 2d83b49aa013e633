/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Destroy, drains, parking and coming again against charges and uncharges, in many orders.
 *
 * Usage: test_explore [SECONDS [SEED]]: schedules from SEED on. test_explore --replay MODE SEED.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_common.h>

#include "explore.h"
#include "ration_pvt.h"

#define LEAVES 2
#define HELD 8
#define OPERATIONS 24

struct holding {
	ration_counter_t c;
	uint32_t which, n;
};

/* In the arena: as it was after the setup when a schedule begins. */
struct scene {
	struct ration_domain *d;
	ration_counter_t leaf[LEAVES];
	uint64_t granted[LEAVES];
	struct holding pool[HELD]; /* Units that go from one lcore to another. */
	uint32_t nb_pool;
	uint32_t nb_working;
	uint32_t destroyed;
};

static struct scene *s;
static char kept[256 * 1024];
static uint64_t nb_destroyed;

/* Units of a leaf in stock, on all lcores. */
static uint64_t
stock_of(uint32_t index)
{
	const struct ration_lcore *lc;
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < s->d->max_lcores; i++) {
		lc = ration_block(s->d, &s->d->members[i]);
		if (lc != NULL)
			sum += lc->slots[index].stock;
	}
	return sum;
}

static void
audit(void)
{
	const struct counter *root = ration_counter_at(s->d, 0);
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < LEAVES; i++) {
		const uint32_t index = (uint32_t)s->leaf[i];
		const struct counter *c = ration_counter_at(s->d, index);

		if (s->leaf[i] == RATION_COUNTER_NONE)
			continue;
		sum += c->usage;
		if (c->usage > c->max)
			explore_fail("P1: usage above max");
		if (c->usage < s->granted[i] + stock_of(index))
			explore_fail("P2: less usage than granted and in stock");
	}
	if (root->usage > root->max)
		explore_fail("P1: usage of the root above max");
	if (root->usage < sum)
		explore_fail("P2: a parent does not cover its children");
}

static void
give_back(struct ration_lcore *lc, const struct holding *h)
{
	s->granted[h->which] -= h->n;
	if (ration_uncharge(lc, h->c, h->n) != 0)
		explore_fail("an uncharge of granted units was refused");
}

static void
charge(struct ration_lcore *lc)
{
	const uint32_t which = explore_below(LEAVES);
	struct holding h = {s->leaf[which], which, 1 + explore_below(4)};
	int rc;

	if (h.c == RATION_COUNTER_NONE)
		return;
	rc = ration_try_charge(lc, h.c, h.n);
	if (rc == 0 && s->leaf[which] != h.c) {
		explore_fail("granted of a counter that is destroyed");
	} else if (rc == 0) {
		s->granted[which] += h.n;
		if (s->nb_pool < HELD)
			s->pool[s->nb_pool++] = h;
		else
			give_back(lc, &h);
	} else if (rc != -EDQUOT && rc != -ENOENT && rc != -ESTALE) {
		explore_fail("a charge ended in a way it must not");
	}
}

static struct ration_lcore *
come_and_go(struct ration_lcore *lc)
{
	if (explore_below(2)) {
		ration_lcore_offline(lc);
		ration_lcore_resume(lc);
		return lc;
	}
	ration_lcore_leave(lc);
	return ration_lcore_online(s->d);
}

static void
one_operation(struct ration_lcore **lc, bool slotless)
{
	struct holding h;
	const uint32_t what = explore_below(10);

	if (what < 4) {
		charge(*lc);
	} else if (what < 8 && s->nb_pool > 0) {
		h = s->pool[--s->nb_pool];
		give_back(*lc, &h);
	} else if (!slotless && what == 8) {
		ration_quiescent(*lc);
	} else if (!slotless && what == 9) {
		*lc = come_and_go(*lc);
	}
}

static void
work(bool slotless)
{
	struct ration_lcore *lc = ration_lcore_self(s->d);
	struct holding h;
	uint32_t i;

	for (i = 0; i < OPERATIONS; i++)
		one_operation(&lc, slotless);
	while (s->nb_pool > 0) {
		h = s->pool[--s->nb_pool];
		give_back(lc, &h);
	}
	s->nb_working--;
	while (!slotless && s->nb_working > 0) {
		ration_quiescent(lc);
		explore_pause();
	}
	if (!slotless)
		ration_lcore_offline(lc);
}

static void
member(void)
{
	work(false);
}

static void
slotless(void)
{
	work(true);
}

/* Destroy a leaf and put another in its place. */
static void
replace(uint32_t i)
{
	const ration_counter_t old = s->leaf[i];
	int rc = ration_counter_destroy(s->d, old, 0);

	if (rc != 0) {
		if (rc != -EBUSY && rc != -ETIMEDOUT)
			explore_fail("a destroy ended in a way it must not");
		return;
	}
	if (s->granted[i] != 0)
		explore_fail("destroyed while units were granted");
	if (stock_of((uint32_t)old) != 0)
		explore_fail("destroyed with stock");
	s->destroyed++;
	s->leaf[i] = ration_counter_create(s->d, ration_domain_root(s->d), i ? "b" : "a",
					   &(struct ration_counter_params){.max = 12, .batch = 4});
}

static void
control(void)
{
	uint32_t i, which;

	for (i = 0; i < 3; i++) {
		which = explore_below(LEAVES);
		if (explore_below(2))
			ration_drain(s->d, s->leaf[which], explore_below(2) * 1000, NULL);
		replace(which);
	}
	s->nb_working--;
}

/* Everybody is parked: usage is what is granted, and that is nothing. */
static void
check_end(struct explore_run *run)
{
	uint64_t left = ration_counter_at(s->d, 0)->usage;

	if (run->failed == NULL && (left != 0 || ration_domain_verify(s->d, 1, stdout) != 0))
		run->failed = "P2: units are lost or made at the end";
}

static void
set_up(void)
{
	const struct ration_domain_params params = {
		.max_counters = 5, .max_lcores = 3, .max = 20, .timeout_us = 1000000};
	uint32_t i;

	s = explore_alloc(sizeof(*s));
	explore_be(3);
	s->d = ration_domain_create("explored", &params);
	for (i = 0; i < LEAVES; i++)
		s->leaf[i] = ration_counter_create(
			s->d, ration_domain_root(s->d), i ? "b" : "a",
			&(struct ration_counter_params){.max = 12, .batch = 4});
	for (i = 0; i < 2; i++) {
		explore_be(i);
		ration_lcore_online(s->d);
	}
	s->nb_working = EXPLORE_FIBERS;
	explore_locals_keep();
	memcpy(kept, explore_arena, explore_arena_used());
}

static void
schedule(struct explore_run *run)
{
	memcpy(explore_arena, kept, explore_arena_used());
	explore_run(run);
	check_end(run);
	nb_destroyed += s->destroyed;
}

int
main(int argc, char **argv)
{
	struct explore_run run = {.nb_fibers = EXPLORE_FIBERS,
				  .fiber = {member, member, slotless, control},
				  .audit = audit};
	const bool replay = argc > 3 && strcmp(argv[1], "--replay") == 0;
	const clock_t end = clock() + (argc > 1 ? atol(argv[1]) : 20) * CLOCKS_PER_SEC;
	uint64_t nb = 0, steps = 0;

	set_up();
	run.seed = replay ? strtoull(argv[3], NULL, 0) : argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	run.mode = replay ? (enum explore_mode)atoi(argv[2]) % EXPLORE_MODES : EXPLORE_RANDOM;
	run.trace = replay;
	do {
		schedule(&run);
		nb++;
		steps += run.steps;
		if (run.failed != NULL || replay)
			break;
		run.mode = (run.mode + 1) % EXPLORE_MODES;
		run.seed += run.mode == EXPLORE_RANDOM;
	} while (clock() < end);
	printf("1..1\n# %" PRIu64 " schedules, %" PRIu64 " steps, %" PRIu64 " destroyed\n", nb,
	       steps, nb_destroyed);
	if (run.failed != NULL)
		printf("# %s: --replay %d %" PRIu64 "\n", run.failed, (int)run.mode, run.seed);
	printf("%s 1 - destroy keeps its promises\n", run.failed != NULL ? "not ok" : "ok");
	return run.failed != NULL;
}
