/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_CHECKS_PLANT_H_
#define TEST_CHECKS_PLANT_H_

/**
 * @file
 * What a planted violation leaves: a number in ration_checks, and lines in the log.
 */

#include <stdint.h>

#include <ration.h>

#include "fixture.h"

/** Whether this file was compiled with checks. The same tests are compiled without, too. */
#ifdef RATION_CHECKS
#define CHECKED 1
#else
#define CHECKED 0
#endif

/** Begin to keep what the library logs, and remember the violations so far. For a fixture. */
int plant_setup(void **state);

/** End of plant_setup(). */
int plant_teardown(void **state);

/** Text that was logged since the test began or plant_seen() was called. */
const char *plant_log(void);

/** Number of times that a text stands in plant_log(). */
unsigned int plant_count(const char *text);

/** All violations so far are expected: count from here. */
void plant_seen(void);

/**
 * Since plant_seen() there were exactly nb violations of one kind and none of another, and the log
 * has `reports` of them, of the call with this name, each with a backtrace. Without checks there
 * was nothing at all.
 */
void assert_planted(enum ration_check kind, unsigned int nb, unsigned int reports,
		    const char *call);

/** No violation was found, and nothing was logged. */
void assert_clean(void);

#define planted(test) cmocka_unit_test_setup_teardown(test, plant_setup, plant_teardown)

#endif /* TEST_CHECKS_PLANT_H_ */
