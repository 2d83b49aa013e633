/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Many lcores on few CPUs use one tree, while the main lcore drains without end and checks the
 * limits (P1); whenever the lcores stand still, every unit must be accounted for (P2).
 *
 * Argument: the seed (default 1). The seed determines the operations of each lcore, but not the
 * order of events between lcores.
 */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "ration_pvt.h"
#include "world.h"

#define MINUTE 60000000u

static uint64_t seed = 1;

static uint64_t
usage_of(const struct world *w, uint32_t i)
{
	struct ration_counter_info info;

	assert_int_equal(ration_counter_get(w->d, w->c[i].handle, &info), 0);
	return info.usage;
}

/* P1 at every level, at any moment by reading usage, and for all moments by the watermark. */
static void
check_limits(const struct world *w)
{
	struct ration_counter_info info;
	uint32_t i;

	for (i = 0; i < w->nb_counters; i++) {
		if (ration_counter_get(w->d, w->c[i].handle, &info) != 0)
			continue;
		assert_true(info.usage <= w->c[i].max);
		assert_true(info.watermark <= w->c[i].max);
		assert_int_equal(info.rejected, 0);
	}
	assert_int_equal(ration_domain_verify(w->d, 0, stderr), 0);
	if (ration_load(&w->wrong, acquire) > 0)
		fail_msg("%s", w->error);
}

/* P2: no lcore runs and all stock is back, so usage is the held units, at every level. */
static void
check_still(struct world *w)
{
	uint32_t i;

	/*
	 * An lcore that has answered twice has no older request to serve: it looked into its
	 * mailbox for the second answer after it gave the first. Each answer is a quiescent point.
	 * An lcore that was refused returns its unused stock after some of them.
	 */
	for (i = 0; i < 3 * RATION_WATCH_TURNS; i++)
		assert_int_equal(ration_drain(w->d, w->nothing, MINUTE, NULL), 0);
	assert_int_equal(ration_domain_verify(w->d, 1, stderr), 0);
	/* No stock is left. */
	assert_int_equal(ration_drain(w->d, w->c[0].handle, MINUTE, NULL), 0);
	for (i = 0; i < w->nb_counters; i++)
		assert_int_equal(usage_of(w, i), w->c[i].held);
	assert_int_equal(ration_domain_verify(w->d, 1, stderr), 0);
}

/*
 * The main lcore also charges now and then, without registration: it has a CPU of its own for that.
 */
static void
meddle(struct world *w, struct prng *prng)
{
	struct ration_lcore *none = ration_lcore_shared(w->d);
	uint32_t which = prng_below(prng, w->nb_counters), n = prng_below(prng, 30), i;

	if (!w->c[which].chargeable)
		return;
	for (i = 0; i < 20; i++) {
		if (ration_try_charge(none, w->c[which].handle, n) != 0)
			continue;
		world_hold(w, which, n);
		world_let_go(w, which, n);
		assert_int_equal(ration_uncharge(none, w->c[which].handle, n), 0);
	}
}

static void
drain_something(struct world *w, struct prng *prng)
{
	static const uint32_t timeouts[] = {0, 10, MINUTE, MINUTE};
	const uint32_t timeout = timeouts[prng_below(prng, RTE_DIM(timeouts))];
	const uint32_t which = prng_below(prng, w->nb_counters);
	static struct ration_drain_row rows[RATION_MEMBERS_MAX];
	static struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint64_t sum = 0;
	uint32_t i;
	int rc;

	rc = ration_drain(w->d, w->c[which].handle, timeout, &report);
	assert_true(rc == 0 || (rc == -ETIMEDOUT && timeout < MINUTE));
	for (i = 0; i < report.nb_rows; i++)
		sum += report.rows[i].units;
	assert_int_equal(sum, report.units);
	w->drains++;
}

static void
end_world(struct world *w)
{
	uint64_t granted = 0, refused = 0;
	unsigned int i;

	world_end(w);
	world_empty_handover(w);
	check_limits(w);
	check_still(w);
	for (i = 0; i < w->nb_counters; i++)
		assert_int_equal(usage_of(w, i), 0);
	for (i = 0; i < WORLD_WORKERS; i++) {
		granted += w->workers[i].granted;
		refused += w->workers[i].refused;
	}
	printf("# %" PRIu64 " granted, %" PRIu64 " refused, %u drains, %u replaced\n", granted,
	       refused, w->drains, w->replaced);
	/* Limits were reached, and yet charges were granted. */
	assert_true(granted > 1000);
	assert_true(refused > 1000);
}

/* Counters that all lcores share, below limits that are always short. */
static void
make_tight_tree(struct world *w, const char *name)
{
	char leaf[RATION_COUNTER_NAMESIZE];
	int mid[2], i;

	assert_int_equal(world_make(w, name, 300), 0);
	mid[0] = world_add(w, 0, "left", 180, 64);
	mid[1] = world_add(w, 0, "right", 200, 0);
	for (i = 0; i < 8; i++) {
		snprintf(leaf, sizeof(leaf), "leaf%d", i);
		assert_true(world_add(w, mid[i % 2], leaf, 30 + 10 * i, i == 6 ? 0 : 8 << i % 4) >
			    0);
	}
}

static void
limits_hold_while_lcores_hammer_a_tight_tree(void **state)
{
	struct world *w = *state;
	struct prng prng = {seed};
	unsigned int phase;

	make_tight_tree(w, "tight");
	w->bursts = test_effort(3000);
	assert_int_equal(world_start(w, seed), 0);
	for (phase = 0; phase < 30; phase++) {
		world_start_phase(w);
		while (!world_is_still(w)) {
			drain_something(w, &prng);
			check_limits(w);
			meddle(w, &prng);
		}
		check_still(w);
	}
	end_world(w);
}

/* No drains: full speed, stock everywhere, limits far away except those of the leaves. */
static void
units_are_conserved_at_full_speed(void **state)
{
	struct world *w = *state;
	unsigned int phase, i;
	char leaf[RATION_COUNTER_NAMESIZE];
	int mid;

	assert_int_equal(world_make(w, "wide", RATION_UNLIMITED), 0);
	mid = world_add(w, 0, "mid", 1000000, 0);
	for (i = 0; i < 8; i++) {
		snprintf(leaf, sizeof(leaf), "leaf%u", i);
		assert_true(world_add(w, mid, leaf, 100u << i % 6, 64) > 0);
	}
	w->bursts = test_effort(6000);
	assert_int_equal(world_start(w, seed), 0);
	for (phase = 0; phase < 10; phase++) {
		world_start_phase(w);
		while (!world_is_still(w))
			check_limits(w);
		check_still(w);
	}
	end_world(w);
}

/* ---- with counters that come and go, and limits that change */

/* Replace a counter by a new one, if no units of it are held. */
static void
replace(struct world *w, uint32_t i, struct prng *prng)
{
	const struct ration_counter_params params = {
		.max = ration_params_max(w->c[i].max),
		.batch = ration_params_batch(prng_below(prng, 100)),
	};
	struct ration_counter_info info;
	int rc;

	assert_int_equal(ration_counter_get(w->d, w->c[i].handle, &info), 0);
	rc = ration_counter_destroy(w->d, w->c[i].handle, 0);
	if (rc == -EBUSY)
		return;
	assert_int_equal(rc, 0);
	/* A counter can be destroyed only if no units of it are held. */
	assert_int_equal(ration_load(&w->c[i].held, acquire), 0);
	ration_store(&w->c[i].handle, ration_counter_create(w->d, info.parent, info.name, &params),
		     release);
	assert_true(w->c[i].handle != RATION_COUNTER_NONE);
	w->replaced++;
}

/*
 * Lower a limit and restore it; usage may then be above the lowered limit, but never above the
 * original one.
 */
static void
change_limit(struct world *w, uint32_t i, struct prng *prng)
{
	const uint64_t max = prng_below(prng, w->c[i].max + 1);
	int rc;

	rc = ration_counter_set_max(w->d, w->c[i].handle, max,
				    prng_below(prng, 2) ? RATION_MAX_STRICT : 0);
	assert_true(rc == 0 || rc == -EBUSY);
	meddle(w, prng);
	assert_int_equal(ration_counter_set_max(w->d, w->c[i].handle, w->c[i].max, 0), 0);
}

static void
units_are_conserved_while_the_tree_changes(void **state)
{
	struct world *w = *state;
	struct prng prng = {seed};
	unsigned int phase;

	make_tight_tree(w, "churn");
	/* The held units must be zero now and then, so that counters can be destroyed. */
	w->bursts = test_effort(1000);
	assert_int_equal(world_start(w, seed), 0);
	for (phase = 0; phase < 30; phase++) {
		world_start_phase(w);
		while (!world_is_still(w)) {
			/* The leaves come after the root and the two inner counters. */
			uint32_t i = 3 + prng_below(&prng, w->nb_counters - 3);

			replace(w, i, &prng);
			change_limit(w, prng_below(&prng, w->nb_counters), &prng);
			ration_counter_set_batch(w->d, w->c[i].handle, prng_below(&prng, 200));
			drain_something(w, &prng);
			check_limits(w);
		}
		check_still(w);
	}
	end_world(w);
	assert_true(w->replaced > 0);
}

static int
setup(void **state)
{
	static struct world w;

	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	return world_free(*state);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest stress[] = {
		cmocka_unit_test_setup_teardown(limits_hold_while_lcores_hammer_a_tight_tree, setup,
						teardown),
		cmocka_unit_test_setup_teardown(units_are_conserved_at_full_speed, setup, teardown),
		cmocka_unit_test_setup_teardown(units_are_conserved_while_the_tree_changes, setup,
						teardown),
	};

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0);
	if (test_eal_start("stress", WORLD_WORKERS) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(stress, NULL, NULL));
}
