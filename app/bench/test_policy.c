/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>

#include <rte_errno.h>
#include <rte_lcore.h>

#include <ration.h>

#include "progress.h"
#include "test.h"

/**
 * @file
 * How often an operation leaves the stock and walks the tree: counts, not times.
 */

#define BATCH 64
#define OPERATIONS 1000000
#define OPERATIONS_QUICK 100000
#define BURST 32

/** The domain, the counter, and what is granted of it. */
struct policy {
	struct ration_domain *d;
	struct ration_lcore *lc;
	ration_counter_t c;
	uint64_t granted;
	uint64_t random;
};

struct policy_case {
	const char *name;
	const char *ratio;
	double target; /**< In percent. */
	/** One operation, or two that belong together. @return 0 or a negative errno */
	int (*operate)(struct policy *p, uint32_t i);
};

static int
charge(struct policy *p)
{
	int rc = ration_try_charge(p->lc, p->c, 1);

	p->granted += rc == 0;
	return rc;
}

static int
uncharge(struct policy *p)
{
	p->granted--;
	return ration_uncharge(p->lc, p->c, 1);
}

/* xorshift64, by George Marsaglia: the same in every run. */
static bool
toss(struct policy *p)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return p->random >> 63;
}

static int
random_walk(struct policy *p, uint32_t i)
{
	(void)i;
	return toss(p) || p->granted == 0 ? charge(p) : uncharge(p);
}

static int
charge_only(struct policy *p, uint32_t i)
{
	(void)i;
	return charge(p);
}

static int
bursts(struct policy *p, uint32_t i)
{
	return i / BURST % 2 == 0 ? charge(p) : uncharge(p);
}

static const struct policy_case policy_cases[] = {
	{"random walk by 1", "slow paths of a random walk by 1: %", 0.1, random_walk},
	{"charge only", "slow paths of charges only: %", 100.0 / BATCH, charge_only},
	{"32 charges, 32 uncharges", "slow paths of bursts up and down: %", 0.1, bursts},
};

static uint64_t
walks(const struct policy *p)
{
	struct ration_lcore_stats stats;

	ration_lcore_stats_get(p->lc, &stats);
	return stats.refills + stats.trims;
}

static int
measure(struct bench *b, struct policy *p, const struct policy_case *c)
{
	uint32_t nb = b->quick ? OPERATIONS_QUICK : OPERATIONS, i;
	struct row *row = results_row(&b->results, "ration", c->name, "%",
				      json_pack("{s:i,s:i}", "batch", BATCH, "operations", nb));
	uint64_t before = walks(p);
	int rc;

	for (i = 0; i < nb; i++) {
		rc = c->operate(p, i);
		if (rc != 0) {
			warnx("policy: %s: %s", c->name, rte_strerror(-rc));
			return -1;
		}
	}
	samples_add(&row->samples, 100.0 * (double)(walks(p) - before) / nb);
	if (results_close_row(row) < 0)
		return -1;
	results_value(&b->results, c->ratio, row, c->target);
	rc = ration_uncharge(p->lc, p->c, p->granted);
	p->granted = 0;
	return rc;
}

static int
run_policy(struct bench *b)
{
	const struct ration_domain_params params = {.max_counters = 2, .max_lcores = 1};
	const struct ration_counter_params counter = {.max = RATION_UNLIMITED, .batch = BATCH};
	struct policy p = {.d = ration_domain_create("bench-policy", &params), .random = 88172645};
	uint32_t i;
	int rc = 0;

	if (p.d != NULL) {
		p.c = ration_counter_create(p.d, ration_domain_root(p.d), "c", &counter);
		p.lc = ration_lcore_online(p.d);
	}
	if (p.d == NULL || p.c == RATION_COUNTER_NONE || p.lc == NULL) {
		warnx("policy: %s", rte_strerror(rte_errno));
		return -1;
	}
	for (i = 0; i < RTE_DIM(policy_cases) && rc == 0; i++) {
		progress("policy", i, RTE_DIM(policy_cases));
		rc = measure(b, &p, &policy_cases[i]);
	}
	progress("policy", i, RTE_DIM(policy_cases));
	ration_lcore_leave(p.lc);
	ration_domain_free(p.d);
	return rc;
}

const struct bench_test test_policy = {
	.name = "policy",
	.summary = "how often an operation leaves the stock and walks the tree",
	.nb_lcores = 1,
	.run = run_policy,
};
