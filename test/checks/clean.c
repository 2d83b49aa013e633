/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Linked into the other tests of the library when they are compiled with checks: a test that obeys
 * the rules must end without a violation, else its status is 99. So it shows false alarms.
 */

#include <stdio.h>
#include <unistd.h>

#include <ration.h>

/** Status of a process that has violations. */
#define VIOLATIONS 99

static void __attribute__((destructor)) fail_if_violated(void)
{
	struct ration_checks checks;
	unsigned int kind;

	ration_checks_get(&checks);
	if (checks.total == 0)
		return;
	for (kind = 0; kind < RATION_CHECKS_MAX; kind++) {
		if (checks.violations[kind] > 0)
			fprintf(stderr, "# %llu violations: %s\n",
				(unsigned long long)checks.violations[kind],
				ration_check_name((enum ration_check)kind));
	}
	fflush(NULL);
	_exit(VIOLATIONS);
}
