/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Conservation under random operations on random trees, by one thread with several members. Each
 * step is compared with a model that has the granted units only (model.h).
 * Arguments: seeds to run instead of the fixed list.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "model.h"
#include "prng.h"

#define NB_MEMBERS 5
#define STALE 32
#define STEPS 4000
#define FIXED_SEEDS 40
#define BURST 16

/* One run. */
struct run {
	uint64_t seed;
	unsigned int step;
	const char *doing;
	struct prng prng;
	struct model m;
	struct ration_lcore *lc[NB_MEMBERS];
	bool offline[NB_MEMBERS];
	ration_counter_t stale[STALE];
	unsigned int nb_stale;
};

static uint64_t
below(struct run *r, uint64_t n)
{
	return prng_below(&r->prng, n);
}

static int
random_counter(struct run *r)
{
	int i;

	do
		i = below(r, MODEL_COUNTERS);
	while (!r->m.c[i].live);
	return i;
}

/* The area of a random online member, or the shared area. */
static struct ration_lcore *
random_lcore(struct run *r)
{
	unsigned int i = below(r, NB_MEMBERS + 1);

	if (i == NB_MEMBERS || r->lc[i] == NULL || r->offline[i])
		return ration_lcore_shared(r->m.d);
	return r->lc[i];
}

static uint64_t
random_units(struct run *r)
{
	switch (below(r, 12)) {
	case 0:
		return 0;
	case 1:
		return below(r, 3000);
	case 2:
		return below(r, 3) == 0 ? prng_next(&r->prng) : below(r, 500);
	default:
		return below(r, 20) + 1;
	}
}

static uint32_t
random_batch(struct run *r)
{
	static const uint32_t batches[] = {0, 1, 7, 64, 64, 64, 500};

	return batches[below(r, RTE_DIM(batches))];
}

static struct ration_counter_params
random_params(struct run *r)
{
	static const uint64_t limits[] = {0, 1, 10, 100, 500, 2000, 20000, RATION_UNLIMITED};
	struct ration_counter_params params = {
		.max = ration_params_max(limits[below(r, RTE_DIM(limits))]),
		.batch = ration_params_batch(random_batch(r)),
		.flags = below(r, 5) == 0 ? RATION_COUNTER_DIRECT : 0,
	};

	return params;
}

/* ---- steps */

static void
step_create(struct run *r)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	const struct ration_counter_params params = random_params(r);
	const int parent = random_counter(r);
	const char *name = names[below(r, RTE_DIM(names))];
	ration_counter_t c;

	c = ration_counter_create(r->m.d, r->m.c[parent].handle, name, &params);
	if (r->m.c[parent].depth == RATION_DEPTH_MAX || model_child(&r->m, parent, name) >= 0 ||
	    model_full(&r->m)) {
		assert_true(c == RATION_COUNTER_NONE);
		assert_true(rte_errno == E2BIG || rte_errno == EEXIST || rte_errno == ENOSPC);
		return;
	}
	assert_true(c != RATION_COUNTER_NONE);
	model_add(&r->m, c, parent, name, &params);
}

static void
step_destroy(struct run *r)
{
	const int i = random_counter(r);
	struct model_counter *c = &r->m.c[i];
	const int rc = ration_counter_destroy(r->m.d, c->handle, 0);

	if (i == 0) {
		assert_int_equal(rc, -EPERM);
	} else if (c->nb_children > 0 || c->granted > 0) {
		assert_int_equal(rc, -EBUSY);
	} else {
		assert_int_equal(rc, 0);
		model_remove(&r->m, i);
		r->stale[r->nb_stale++ % STALE] = c->handle;
	}
}

/* A refusal counts once, at a level without room; without any stock, at the lowest such level. */
static void
check_refusal(struct run *r, int i, uint64_t n)
{
	const bool stocked = stock_of(r->m.d, r->m.c[i].handle) > 0;
	int counted = -1, j;

	for (j = i; j >= 0; j = r->m.c[j].parent) {
		uint64_t failures = failures_of(r->m.d, r->m.c[j].handle);

		if (failures == r->m.c[j].failures)
			continue;
		assert_int_equal(failures, r->m.c[j].failures + 1);
		assert_int_equal(counted, -1);
		counted = j;
	}
	assert_true(counted >= 0);
	r->m.c[counted].failures++;
	r->m.c[i].refused++;
	/* The level itself lacks room, independent of its descendants. */
	assert_int_equal(model_lowest_without_room(&r->m, counted, n), counted);
	if (!stocked)
		assert_int_equal(counted, model_lowest_without_room(&r->m, i, n));
}

static void
step_charge(struct run *r)
{
	const int i = random_counter(r);
	const uint64_t n = random_units(r);
	const int rc = ration_try_charge(random_lcore(r), r->m.c[i].handle, n);

	if (rc == 0) {
		assert_false(model_must_refuse(&r->m, i, n));
		r->m.c[i].granted += n;
		return;
	}
	assert_int_equal(rc, -EDQUOT);
	assert_false(model_fits(&r->m, i, n));
	check_refusal(r, i, n);
}

static void
step_burst(struct run *r)
{
	struct ration_lcore *lc = random_lcore(r);
	ration_counter_t c[BURST];
	uint32_t n[BURST];
	uint8_t granted[BURST];
	int which[BURST], i;
	uint16_t ok;

	for (i = 0; i < BURST; i++) {
		which[i] = i > 0 && below(r, 2) ? which[i - 1] : random_counter(r);
		c[i] = r->m.c[which[i]].handle;
		n[i] = below(r, 10);
	}
	ok = ration_try_charge_burst(lc, c, n, BURST, granted);
	for (i = 0; i < BURST; i++) {
		ok -= granted[i];
		r->m.c[which[i]].granted += granted[i] ? n[i] : 0;
	}
	assert_int_equal(ok, 0);
	/*
	 * The steps with single charges check which charges are refused, and at which level they
	 * count.
	 */
	for (i = 0; i < MODEL_COUNTERS; i++) {
		if (!r->m.c[i].live)
			continue;
		r->m.c[i].failures = failures_of(r->m.d, r->m.c[i].handle);
		r->m.c[i].refused = info_of(r->m.d, r->m.c[i].handle).refused;
	}
}

static void
step_force(struct run *r)
{
	const int i = random_counter(r);
	const uint64_t n = random_units(r);
	const int rc = ration_charge_force(random_lcore(r), r->m.c[i].handle, n);

	if (rc == 0) {
		assert_true(n <= RATION_UNLIMITED);
		r->m.c[i].granted += n;
		r->m.forced = i;
		return;
	}
	assert_int_equal(rc, -EOVERFLOW);
	assert_true(n > RATION_UNLIMITED || r->m.c[0].usage > RATION_UNLIMITED - n);
}

static void
step_uncharge(struct run *r)
{
	const int i = random_counter(r);
	struct model_counter *c = &r->m.c[i];
	const uint64_t n =
		below(r, 3) == 0 ? below(r, c->granted + 1) : RTE_MIN(c->granted, random_units(r));

	assert_int_equal(ration_uncharge(random_lcore(r), c->handle, n), 0);
	c->granted -= n;
}

/* Too many units to be mistaken for a return to stock. */
static void
step_overcharge(struct run *r)
{
	const int i = random_counter(r);
	struct model_counter *c = &r->m.c[i];
	const bool stockless = c->nb_children > 0 && !(c->flags & RATION_COUNTER_DIRECT);
	const uint64_t n = stockless || i == 0 ? c->granted + 1 + below(r, 100)
					       : c->usage + RATION_CAP_MASK + below(r, 100);

	assert_int_equal(ration_uncharge(random_lcore(r), c->handle, n), -ERANGE);
	c->rejected++;
}

static void
step_set_max(struct run *r)
{
	const int i = random_counter(r);
	struct model_counter *c = &r->m.c[i];
	const uint64_t max = below(r, 4) == 0 ? RATION_UNLIMITED : below(r, 5000);
	const bool strict = below(r, 2);
	const int rc =
		ration_counter_set_max(r->m.d, c->handle, max, strict ? RATION_MAX_STRICT : 0);

	/* All stock can be drained here, so only granted units can prevent the new limit. */
	if (strict && model_granted(&r->m, i) > max) {
		assert_int_equal(rc, -EBUSY);
		return;
	}
	assert_int_equal(rc, 0);
	c->max = max;
}

static void
step_set_batch(struct run *r)
{
	const int i = random_counter(r);
	const uint32_t batch = random_batch(r);

	assert_int_equal(ration_counter_set_batch(r->m.d, r->m.c[i].handle, batch), 0);
	r->m.c[i].batch = batch;
}

static void
step_reset_watermark(struct run *r)
{
	const int i = random_counter(r);

	assert_int_equal(ration_counter_reset_watermark(r->m.d, r->m.c[i].handle), 0);
	assert_int_equal(info_of(r->m.d, r->m.c[i].handle).watermark, r->m.c[i].usage);
	r->m.reset = i;
}

static void
step_drain(struct run *r)
{
	const int top = random_counter(r);
	int i;

	assert_int_equal(ration_drain(r->m.d, r->m.c[top].handle, 1000000, NULL), 0);
	for (i = 0; i < MODEL_COUNTERS; i++)
		if (r->m.c[i].live && model_below(&r->m, i, top))
			assert_int_equal(usage_of(r->m.d, r->m.c[i].handle),
					 model_granted(&r->m, i));
}

static void
step_move(struct run *r)
{
	const unsigned int i = below(r, NB_MEMBERS);

	if (r->lc[i] == NULL) {
		r->lc[i] = ration_lcore_register_extra(r->m.d);
		assert_non_null(r->lc[i]);
		r->offline[i] = false;
	} else if (below(r, 3) == 0) {
		assert_int_equal(ration_lcore_unregister(r->lc[i]), 0);
		r->lc[i] = NULL;
	} else if (r->offline[i]) {
		assert_int_equal(ration_lcore_online(r->lc[i]), 0);
		r->offline[i] = false;
	} else {
		assert_int_equal(ration_lcore_offline(r->lc[i]), 0);
		r->offline[i] = true;
	}
}

static void
step_stale(struct run *r)
{
	struct ration_lcore *lc = random_lcore(r);
	ration_counter_t c;

	if (r->nb_stale == 0)
		return;
	c = r->stale[below(r, RTE_MIN(r->nb_stale, (unsigned int)STALE))];
	assert_int_equal(ration_try_charge(lc, c, 1 + below(r, 100)), -ESTALE);
	assert_int_equal(ration_charge_force(lc, c, 1 + below(r, 100)), -ESTALE);
	assert_int_equal(ration_uncharge(lc, c, 1 + below(r, 100)), -ESTALE);
	assert_int_equal(ration_counter_destroy(r->m.d, c, 0), -ESTALE);
}

/* ---- runs */

static const struct {
	const char *name;
	void (*step)(struct run *r);
	unsigned int weight;
} steps[] = {
	{"charge", step_charge, 40},	    {"uncharge", step_uncharge, 40},
	{"burst", step_burst, 4},	    {"force", step_force, 3},
	{"overcharge", step_overcharge, 3}, {"create", step_create, 6},
	{"destroy", step_destroy, 4},	    {"set_max", step_set_max, 4},
	{"set_batch", step_set_batch, 3},   {"reset_watermark", step_reset_watermark, 1},
	{"drain", step_drain, 4},	    {"move", step_move, 6},
	{"stale", step_stale, 2},
};

static void
random_step(struct run *r)
{
	unsigned int sum = 0, i;
	uint64_t pick;

	for (i = 0; i < RTE_DIM(steps); i++)
		sum += steps[i].weight;
	pick = below(r, sum);
	for (i = 0; pick >= steps[i].weight; i++)
		pick -= steps[i].weight;
	r->doing = steps[i].name;
	steps[i].step(r);
	model_check(&r->m);
	if (r->step % 16 == 0)
		assert_sound(r->m.d);
}

/* Uncharge all units, and destroy all counters. */
static void
wind_up(struct run *r)
{
	int i;

	r->doing = "winding up";
	for (i = 0; i < MODEL_COUNTERS; i++) {
		struct model_counter *c = &r->m.c[i];

		if (c->live && c->granted > 0)
			assert_int_equal(ration_uncharge(random_lcore(r), c->handle, c->granted),
					 0);
		c->granted = 0;
	}
	for (i = 0; i < NB_MEMBERS; i++)
		if (r->lc[i] != NULL)
			assert_int_equal(ration_lcore_unregister(r->lc[i]), 0);
	model_check(&r->m);
	for (i = 0; i < MODEL_COUNTERS; i++)
		if (r->m.c[i].live)
			assert_int_equal(usage_of(r->m.d, r->m.c[i].handle), 0);
	assert_sound(r->m.d);
}

static void
operations_conserve_units(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = MODEL_COUNTERS,
		.max_members = NB_MEMBERS,
		.max = 50000,
	};
	struct run *r = *state;
	char name[RATION_DOMAIN_NAMESIZE];

	/* Each run has a new domain, because a failed run leaves its domain as it is. */
	snprintf(name, sizeof(name), "%" PRIx64, r->seed);
	r->prng.state = r->seed;
	model_init(&r->m, ration_domain_create(name, &params));
	for (r->step = 0; r->step < STEPS; r->step++)
		random_step(r);
	wind_up(r);
	assert_int_equal(ration_domain_free(r->m.d), 0);
	r->doing = NULL;
}

static int
report(void **state)
{
	const struct run *r = *state;

	if (r->doing == NULL)
		return 0;
	print_error("# seed %" PRIu64 ", step %u: %s\n", r->seed, r->step, r->doing);
	return 0;
}

int
main(int argc, char **argv)
{
	static struct CMUnitTest tests[FIXED_SEEDS];
	static struct run runs[FIXED_SEEDS];
	static char names[FIXED_SEEDS][32];
	unsigned int i, n = RTE_MIN(argc > 1 ? (uint32_t)argc - 1 : test_effort(FIXED_SEEDS),
				    (uint32_t)FIXED_SEEDS);

	for (i = 0; i < n; i++) {
		runs[i].seed = argc > 1 ? strtoull(argv[i + 1], NULL, 0) : i + 1;
		snprintf(names[i], sizeof(names[i]), "seed %" PRIu64, runs[i].seed);
		tests[i] = (struct CMUnitTest){names[i], operations_conserve_units, NULL, report,
					       &runs[i]};
	}
	if (test_eal_start("random", 0) != 0)
		return 1;
	return test_eal_stop(_cmocka_run_group_tests("random", tests, n, NULL, NULL));
}
