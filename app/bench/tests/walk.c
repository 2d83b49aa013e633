/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_common.h>

#include <ration.h>

#include "harness/cases.h"
#include "tests/test.h"

/**
 * @file
 * Cost of walking the tree: charges and uncharges without stock at each depth, and charges that the
 * root refuses, so that all levels below it must be rolled back.
 */

static const struct backend *const trees[] = {&backend_ration, &backend_atomic_tree,
					      &backend_cas_tree, &backend_spinlock_tree, NULL};

static void
add_ratio(struct bench *b, const char *name, const char *impl, const char *kind, uint32_t depth)
{
	const struct row_key over = {"ration", kind, 0, depth, 0},
			     under = {impl, kind, 0, depth, 0};

	results_ratio(&b->results, name, results_find(&b->results, &over),
		      results_find(&b->results, &under), 0);
}

static int
run_walk(struct bench *b)
{
	struct bench_case c = {
		.name = "walk", .pattern = BACKEND_SAME, .counters = 1, .no_stock = true};
	struct case_list l = {0};
	int rc;

	for (c.depth = 1; c.depth <= RATION_DEPTH_MAX; c.depth++)
		cases_add_all(&l, trees, c);
	c.name = "walk refused at the root";
	c.full = true;
	for (c.depth = 1; c.depth <= RATION_DEPTH_MAX; c.depth++)
		cases_add_all(&l, trees, c);
	rc = cases_run(b, "walk", &l);
	if (rc == 0) {
		add_ratio(b, "walk of 3 levels: ration / cas-tree", "cas-tree", "walk", 2);
		add_ratio(b, "walk of 3 levels: ration / atomic-tree", "atomic-tree", "walk", 2);
		add_ratio(b, "refusal by the root, 3 levels: ration / cas-tree", "cas-tree", c.name,
			  2);
	}
	cases_free(&l);
	return rc;
}

const struct bench_test test_walk = {
	.name = "walk",
	.summary = "charge and uncharge without stock, and refusals, at each depth",
	.nb_lcores = 1,
	.run = run_walk,
};
