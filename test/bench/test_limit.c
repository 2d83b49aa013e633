/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/limit_split.h"
#include "tests/limit_truth.h"

/**
 * @file
 * What --test=limit says of an implementation whose behavior is known: the time of its granted and
 * refused packets, its wrong refusals and the share of the limit in use.
 */

/** An lcore that is measured, and another one whose word is set by the test. */
static struct limit_run run;
static struct limit_setup setup;
static struct limit_case hold = {.load = LIMIT_HOLD};

/** Packets of each burst that the backend grants. */
static uint32_t granted_of_burst;
static uint32_t charged;

static int
grant_first(void *ctx, uint64_t c, uint64_t n)
{
	(void)ctx;
	(void)c;
	(void)n;
	return charged++ % BURST_SIZE < granted_of_burst ? 0 : -1;
}

static uint16_t
grant_first_of_burst(void *ctx, const uint64_t *c, uint16_t nb, uint8_t *granted)
{
	uint16_t i, sum = 0;

	for (i = 0; i < nb; i++) {
		granted[i] = grant_first(ctx, c[i], 1) == 0;
		sum += granted[i];
	}
	return sum;
}

static int
uncharge(void *ctx, uint64_t c, uint64_t n)
{
	(void)ctx;
	(void)c;
	(void)n;
	return 0;
}

static uint16_t
uncharge_burst(void *ctx, const uint64_t *c, uint16_t nb)
{
	(void)ctx;
	(void)c;
	return nb;
}

static const struct backend fake = {
	.name = "fake",
	.charge = grant_first,
	.uncharge = uncharge,
	.charge_burst = grant_first_of_burst,
	.uncharge_burst = uncharge_burst,
};

/** The word of an lcore: units held, and units that it is charging. */
#define WORD(held, charging) ((uint64_t)(held) | (uint64_t)(charging) << 10)

#define BURSTS 400

/* Run bursts beside another lcore with this word. @return what was counted */
static struct limit_truth
look(bool bursts, uint64_t room, uint32_t granted, uint64_t other)
{
	struct limit_truth sum = {0};
	uint32_t i;

	memset(&run, 0, sizeof(run));
	setup = (struct limit_setup){.c = &hold, .impl = &fake, .bursts = bursts, .nb = 2};
	granted_of_burst = granted;
	charged = 0;
	run.workers.impl = &fake;
	run.workers.nb = 2;
	for (i = 0; i < 2; i++) {
		run.workers.worker[i].workers = &run.workers;
		run.workers.worker[i].id = i;
		run.workers.worker[i].task_arg = &run.lcores[i];
	}
	run.lcores[0].setup = &setup;
	run.lcores[0].room = room;
	run.lcores[0].random = 1;
	ration_store(&run.workers.worker[1].held, other, relaxed);
	for (i = 0; i < BURSTS; i++)
		limit_hold_looking(&run.workers.worker[0]);
	limit_truth_sum(&run, &sum);
	assert_int_equal(charged, BURSTS * BURST_SIZE);
	assert_int_equal(ration_load(&run.workers.worker[0].progress, relaxed), BURSTS * granted);
	return sum;
}

static void
a_refusal_with_room_is_wrong(void **state)
{
	const bool bursts = *state != NULL;
	const struct limit_truth t = look(bursts, 100, 16, WORD(30, 0));

	assert_true(t.refused > 0 && t.refused < t.packets);
	assert_int_equal(t.wrong, t.refused);
	assert_int_equal(t.sure, t.refused);
}

static void
a_refusal_without_room_is_right(void **state)
{
	const bool bursts = *state != NULL;
	const struct limit_truth t = look(bursts, 46, 16, WORD(30, 0));

	assert_true(t.refused > 0);
	assert_int_equal(t.wrong, 0);
	assert_int_equal(t.sure, 0);
}

/* Room for 3 of the 16 packets of a burst that are refused. */
static void
only_packets_with_room_are_wrong(void **state)
{
	const struct limit_truth t = look(true, 49, 16, WORD(30, 0));

	(void)state;
	assert_true(t.refused > 0);
	assert_int_equal(t.wrong * 16, t.refused * 3);
	assert_int_equal(t.sure, t.wrong);
}

static void
units_that_are_being_charged_are_in_use(void **state)
{
	const bool bursts = *state != NULL;
	const uint64_t charging = bursts ? 2 : 1;
	const struct limit_truth t = look(bursts, 46, 16, WORD(30 - charging, charging));

	assert_true(t.refused > 0);
	assert_int_equal(t.wrong, 0);
	assert_int_equal(t.sure, 0);
}

static void
a_charge_without_refusals_is_never_wrong(void **state)
{
	const struct limit_truth t = look(*state != NULL, 32, BURST_SIZE, WORD(0, 0));

	assert_true(t.packets > 0);
	assert_int_equal(t.refused, 0);
	assert_int_equal(t.wrong, 0);
}

/* The own units go from 0 to 32, and the other lcore holds 30. */
static void
units_in_use_are_those_of_all_lcores(void **state)
{
	const bool bursts = *state != NULL;
	const struct limit_truth t = look(bursts, 100, BURST_SIZE, WORD(30, 0));
	const double mean = (double)t.held / (double)t.looks;

	assert_true(t.looks > 0);
	if (bursts)
		assert_true(mean == 30 + 16);
	else
		assert_true(mean > 30 + 13 && mean < 30 + 19);
}

/* Count bursts of which so many packets are granted, and take their time. */
static void
add_bursts(struct limit_split *s, uint64_t granted, uint64_t ticks)
{
	const uint64_t refused = BURST_SIZE - granted;

	s->gg += granted * granted;
	s->gr += granted * refused;
	s->rr += refused * refused;
	s->tg += ticks * granted;
	s->tr += ticks * refused;
}

static void
the_time_of_mixed_bursts_is_split(void **state)
{
	struct limit_split s = {0};
	double granted, refused;

	(void)state;
	add_bursts(&s, 32, 32 * 3);
	add_bursts(&s, 16, 16 * 3 + 16 * 50);
	add_bursts(&s, 20, 20 * 3 + 12 * 50);
	limit_split_solve(&s, &granted, &refused);
	assert_true(fabs(granted - 3) < 1e-9);
	assert_true(fabs(refused - 50) < 1e-9);
}

static void
bursts_of_one_kind_have_one_time(void **state)
{
	struct limit_split s = {0};
	double granted, refused;

	(void)state;
	add_bursts(&s, 32, 32 * 3);
	limit_split_solve(&s, &granted, &refused);
	assert_true(granted == 3 && isnan(refused));
	s = (struct limit_split){0};
	add_bursts(&s, 0, 32 * 50);
	limit_split_solve(&s, &granted, &refused);
	assert_true(isnan(granted) && refused == 50);
}

static void
bursts_of_the_same_mix_are_not_split(void **state)
{
	struct limit_split s = {0};
	double granted, refused;

	(void)state;
	limit_split_solve(&s, &granted, &refused);
	assert_true(isnan(granted) && isnan(refused));
	add_bursts(&s, 24, 100);
	add_bursts(&s, 24, 120);
	limit_split_solve(&s, &granted, &refused);
	assert_true(isnan(granted) && isnan(refused));
}

#define BURSTS_STATE ((void *)1)
#define BOTH(f)                                                                                    \
	{"single calls: " #f, f, NULL, NULL, NULL},                                                \
	{                                                                                          \
		"bursts: " #f, f, NULL, NULL, BURSTS_STATE                                         \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_refusal_with_room_is_wrong),
		BOTH(a_refusal_without_room_is_right),
		cmocka_unit_test(only_packets_with_room_are_wrong),
		BOTH(units_that_are_being_charged_are_in_use),
		BOTH(a_charge_without_refusals_is_never_wrong),
		BOTH(units_in_use_are_those_of_all_lcores),
		cmocka_unit_test(the_time_of_mixed_bursts_is_split),
		cmocka_unit_test(bursts_of_one_kind_have_one_time),
		cmocka_unit_test(bursts_of_the_same_mix_are_not_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
