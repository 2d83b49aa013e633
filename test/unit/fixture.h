/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_FIXTURE_H_
#define TEST_FIXTURE_H_

/**
 * @file
 * The setup of most unit tests: a new domain with members, and short assertions.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ration.h>

#include "actor.h"

/** Number of other threads that a test can have. */
#define FIXTURE_ACTORS 4
/** Number of members that the test's own thread can register. */
#define FIXTURE_MEMBERS 4

struct fixture {
	struct ration_domain *d;
	ration_counter_t root;
	/**
	 * Members that the test's thread has registered; unregistered at the end. A test may set an
	 * entry to NULL.
	 */
	struct ration_lcore *lc[FIXTURE_MEMBERS];
	/** Stopped at the end if the test has started them. */
	struct actor actors[FIXTURE_ACTORS];
};

/** A domain without members: 1024 counters, 8 member entries, a timeout of 2 s. */
int fixture_setup(void **state);

/** The same domain, with the test's thread registered once: lc[0]. */
int fixture_setup_one(void **state);

/** The same domain, with the test's thread registered twice: lc[0] and lc[1]. */
int fixture_setup_two(void **state);

int fixture_teardown(void **state);

/** Table entries of tests that use this fixture. */
#define in_domain(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
#define with_one_member(test)                                                                      \
	cmocka_unit_test_setup_teardown(test, fixture_setup_one, fixture_teardown)
#define with_two_members(test)                                                                     \
	cmocka_unit_test_setup_teardown(test, fixture_setup_two, fixture_teardown)

/** Create a counter; the creation must succeed. */
ration_counter_t make_counter(struct ration_domain *d, ration_counter_t parent, const char *name,
			      uint64_t max, uint32_t batch);

/** Information about a counter that must exist. */
struct ration_counter_info info_of(const struct ration_domain *d, ration_counter_t c);

/** All fields of both must be equal. */
void assert_same_info(const struct ration_counter_info *a, const struct ration_counter_info *b);

uint64_t usage_of(const struct ration_domain *d, ration_counter_t c);

uint64_t failures_of(const struct ration_domain *d, ration_counter_t c);

/** Units in stock on all lcores, from ration_read_sum(). The counter must exist. */
uint64_t stock_of(const struct ration_domain *d, ration_counter_t c);

struct ration_lcore_stats stats_of(const struct ration_lcore *lc);

/** Drain the root; the drain must succeed. */
void drain_all(struct ration_domain *d);

/** No invariant is violated while no lcore charges. Violations are printed. */
void assert_sound(const struct ration_domain *d);

/** The call must fail with this rte_errno. */
#define assert_errno(none, call, err)                                                              \
	do {                                                                                       \
		rte_errno = 0;                                                                     \
		assert_true((call) == (none));                                                     \
		assert_int_equal(rte_errno, err);                                                  \
	} while (0)

#endif /* TEST_FIXTURE_H_ */
