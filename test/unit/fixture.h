/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_FIXTURE_H_
#define TEST_FIXTURE_H_

/**
 * @file
 * What most unit tests begin with: a domain of their own and slots in it, and short ways to say
 * what is expected of them.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ration.h>

#include "actor.h"

/** Other threads that a test can have. */
#define FIXTURE_ACTORS 4
/** Slots that the test's own thread can join. */
#define FIXTURE_MEMBERS 4

struct fixture {
	struct ration_domain *d;
	ration_counter_t root;
	/** Slots that the test's thread has joined; left at the end. The test may set one to NULL.
	 */
	struct ration_lcore *lc[FIXTURE_MEMBERS];
	/** Stopped at the end where the test has started them. */
	struct actor actors[FIXTURE_ACTORS];
};

/** A domain without members: 1024 counters, 8 slots, waits of at most 2 s. */
int fixture_setup(void **state);

/** The same, and the test's thread has joined it once: lc[0]. */
int fixture_setup_one(void **state);

/** The same, and the test's thread has joined it twice: lc[0] and lc[1]. */
int fixture_setup_two(void **state);

int fixture_teardown(void **state);

/** Table entries of tests that run in such a fixture. */
#define in_domain(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
#define with_one_member(test)                                                                      \
	cmocka_unit_test_setup_teardown(test, fixture_setup_one, fixture_teardown)
#define with_two_members(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, fixture_setup_two, fixture_teardown)

/** Create a counter that must come into being. RATION_BATCH_UNSET takes the default. */
ration_counter_t make_counter(struct ration_domain *d, ration_counter_t parent, const char *name,
			      uint64_t max, uint32_t batch);

/** Figures of a counter that must exist. */
struct ration_counter_info info_of(const struct ration_domain *d, ration_counter_t c);

/** Two readings of a counter that must not differ in anything. */
void assert_same_info(const struct ration_counter_info *a, const struct ration_counter_info *b);

uint64_t usage_of(const struct ration_domain *d, ration_counter_t c);

uint64_t failures_of(const struct ration_domain *d, ration_counter_t c);

/** Units in stock on all lcores, by the exact reading of a counter that must exist. */
uint64_t stock_of(const struct ration_domain *d, ration_counter_t c);

struct ration_lcore_stats stats_of(const struct ration_lcore *lc);

/** Drain everything; it must succeed. */
void drain_all(struct ration_domain *d);

/** No promise is broken while nobody charges. Violations are printed. */
void assert_sound(const struct ration_domain *d);

/** The call fails with this rte_errno. */
#define assert_errno(none, call, err)                                                              \
	do {                                                                                       \
		rte_errno = 0;                                                                     \
		assert_true((call) == (none));                                                     \
		assert_int_equal(rte_errno, err);                                                  \
	} while (0)

#endif /* TEST_FIXTURE_H_ */
