/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_lcore.h>

#include "harness/budget.h"
#include "tests/limit_grants.h"
#include "tests/limit_table.h"

/**
 * @file
 * All lcores at and near the hard limit of one counter: the cost of packets, the share of the limit
 * that is used, and wrong refusals.
 */

/** Time of the whole test, see budget.h. */
#define SECONDS 90
/** Of so many parts of the time, one is for the grants, which have few cases. */
#define GRANTS_PARTS 10

static int
run_limit(struct bench *b)
{
	const uint64_t end = budget_of_test(b, SECONDS);
	int rc = limit_grants(b, budget_next(end, GRANTS_PARTS));

	return rc < 0 || bench_stops(b) ? rc : limit_table(b, end);
}

const struct bench_test test_limit = {
	.name = "limit",
	.summary = "charges of 1 to all lcores at and near the hard limit",
	.nb_lcores = 2,
	.run = run_limit,
};
