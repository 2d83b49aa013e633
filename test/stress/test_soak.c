/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * All calls at the same time, for any duration: lcores that charge, go offline, unregister and come
 * back, threads beyond the number of lcores, counters that are created and destroyed, limits that
 * change, forced charges, drains from all threads. Limits are checked all the time; at each of many
 * stops every unit must be where the book has it.
 *
 * Options: --seed N, --seconds N. The seed determines the operations of each lcore, but not the
 * order of events between lcores.
 */

#include <getopt.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "eal.h"
#include "soak.h"

#define SECONDS 20
/** A shorter run need not reach all events. */
#define SECONDS_FOR_ALL 10
/**
 * A longer run that has not reached all continues, for this many times its duration at most: CPUs
 * may be scarce.
 */
#define PATIENCE 4

static const char *const event_names[SOAK_EVENTS] = {
	[SOAK_GRANTED] = "granted",
	[SOAK_REFUSED] = "refused",
	[SOAK_FORCED] = "charged by force",
	[SOAK_SYNC_GRANTED] = "granted in sync",
	[SOAK_SYNC_REFUSED] = "refused in sync",
	[SOAK_HANDED_OVER] = "handed over",
	[SOAK_CHECKED] = "held within limits",
	[SOAK_DRAINED] = "drained",
	[SOAK_DRAIN_TIMED_OUT] = "drains timed out",
	[SOAK_OFFLINE] = "offline",
	[SOAK_LEAVING] = "unregistered",
	[SOAK_UNREGISTERED] = "bursts without registration",
	[SOAK_GUEST] = "guests",
	[SOAK_BEYOND_LCORES] = "guests without lcore id",
	[SOAK_BEYOND_MEMBERS] = "registrations without a free member entry",
	[SOAK_CREATED] = "counters created",
	[SOAK_DESTROYED] = "counters destroyed",
	[SOAK_DESTROY_REFUSED] = "destroys refused",
	[SOAK_OFFLINE_COUNTER] = "destroyed with units",
	[SOAK_OFFLINE_RELEASED] = "released later",
	[SOAK_CLAMPED] = "limits below usage",
	[SOAK_STRICT] = "strict limits",
	[SOAK_STRICT_REFUSED] = "strict limits refused",
};

static uint64_t seed;
static uint32_t seconds = SECONDS;
static struct soak soak;

static void
must_be_right(const struct soak *s)
{
	if (ration_load(&s->wrong, acquire) == 0)
		return;
	print_error("# %s\n# again: test_soak --seed %" PRIu64 " --seconds %u\n", s->error, seed,
		    seconds);
	/* Other lcores still run: an orderly end is not possible. */
	fail();
}

static void
one_phase(struct soak *s, uint32_t stops)
{
	struct player *me = &s->workers[SOAK_WORKERS];
	const bool many = stops % 16 == 5;

	s->by_force = prng_below(&me->prng, 4) == 0;
	soak_start_phase(s, 1 + prng_below(&me->prng, 60));
	if (many || prng_below(&me->prng, 16) == 0)
		soak_invite(s, many ? SOAK_GUESTS : 1 + prng_below(&me->prng, 4));
	do {
		soak_change(s);
		soak_play(me, 8);
		if (prng_below(&me->prng, 4) == 0)
			soak_drain(me);
		soak_check_running(s);
		must_be_right(s);
	} while (!soak_is_still(s));
	soak_check_stopped(s);
	must_be_right(s);
}

static uint64_t
count_of(const struct soak *s, enum soak_event event)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i <= SOAK_WORKERS; i++)
		sum += ration_load(&s->workers[i].events[event], relaxed);
	for (i = 0; i < SOAK_GUESTS; i++)
		sum += ration_load(&s->guests[i].events[event], relaxed);
	return sum;
}

/* An event that was never reached was not tested. */
static bool
has_reached_all(const struct soak *s)
{
	uint32_t i;

	for (i = 0; i < SOAK_EVENTS; i++) {
		if (count_of(s, i) == 0)
			return false;
	}
	return true;
}

static void
report(const struct soak *s, uint32_t stops)
{
	uint32_t i;

	printf("# %u stops", stops);
	for (i = 0; i < SOAK_EVENTS; i++)
		printf(", %" PRIu64 " %s", count_of(s, i), event_names[i]);
	printf("\n");
	if (seconds >= SECONDS_FOR_ALL)
		assert_true(has_reached_all(s));
}

static void
units_are_conserved_whatever_happens(void **state)
{
	const uint64_t start = rte_get_timer_cycles(), hz = rte_get_timer_hz();
	struct soak *s = &soak;
	uint32_t stops = 0;
	uint64_t elapsed;

	(void)state;
	printf("# seed %" PRIu64 "\n", seed);
	fflush(stdout);
	assert_int_equal(soak_make(s, seed), 0);
	assert_int_equal(soak_start(s, seed), 0);
	do {
		one_phase(s, stops++);
		elapsed = (rte_get_timer_cycles() - start) / hz;
	} while (elapsed < seconds || (elapsed < PATIENCE * seconds && seconds >= SECONDS_FOR_ALL &&
				       !has_reached_all(s)));
	assert_int_equal(soak_end(s), 0);
	soak_check_stopped(s);
	must_be_right(s);
	assert_int_equal(s->book[0].held, 0);
	assert_int_equal(ration_lcore_unregister(s->workers[SOAK_WORKERS].lc), 0);
	soak_unmake(s);
	must_be_right(s);
	report(s, stops);
}

static int
parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"seed", required_argument, NULL, 's'},
		{"seconds", required_argument, NULL, 't'},
		{NULL, 0, NULL, 0},
	};
	int option;

	seed = (uint64_t)time(NULL);
	seconds = test_effort(SECONDS);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (option == 't')
			seconds = (uint32_t)strtoul(optarg, NULL, 0);
		else
			return -1;
	}
	if (optind == argc && seconds > 0)
		return 0;
	fprintf(stderr, "usage: %s [--seed N] [--seconds N]\n", argv[0]);
	return -1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_are_conserved_whatever_happens),
	};
	int failed;

	if (parse(argc, argv) != 0)
		return 2;
	if (test_eal_start("soak", SOAK_WORKERS) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	/* After a failure lcores may still run: their memory is not freed. */
	return failed != 0 ? failed : test_eal_stop(0);
}
