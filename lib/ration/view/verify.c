/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Check the promises from outside. Each unit of usage must be in a ledger of the counter, or in the
 * usage of a child.
 */

#include <inttypes.h>

#include "lcore/ledger.h"
#include "shm/tree_lock.h"
#include "shm/zone.h"
#include "tree/counter.h"
#include "view/inspect.h"

/* A check in progress. */
struct check {
	const struct ration_domain *d;
	FILE *f;
	int violations;
};

/* Count a violation, and print the counter. @return whether to print the description too */
static bool
violation_starts(struct check *k, struct counter *c)
{
	char path[RATION_COUNTER_NAMESIZE * RATION_DEPTH_MAX] = "";

	k->violations++;
	if (k->f == NULL)
		return false;
	ration_counter_path(k->d, ration_handle(k->d, ration_index_of(k->d, c)), path,
			    sizeof(path));
	fprintf(k->f, "domain %s counter \"%s\": ", k->d->name, path);
	return true;
}

/* A macro, so that the compiler checks the arguments against the format. */
#define report_violation(k, c, fmt, ...)                                                           \
	do {                                                                                       \
		if (violation_starts(k, c))                                                        \
			fprintf((k)->f, fmt "\n", __VA_ARGS__);                                    \
	} while (0)

/* Promise P1: usage is at most max. */
static void
check_limit(struct check *k, struct counter *c)
{
	uint64_t usage = ration_load(&c->usage, relaxed);
	uint64_t max = ration_load(&c->max, relaxed);

	if (usage > max && !ration_load(&c->over_max_ok, relaxed))
		report_violation(k, c, "usage %" PRIu64 " is above max %" PRIu64, usage, max);
}

static uint64_t
children_usage(struct check *k, struct counter *c)
{
	struct ration_lineage parent, lineage;
	uint64_t sum = 0;
	uint32_t child;

	if (!ration_lineage_to(k->d, ration_index_of(k->d, c), &parent))
		return 0;
	child = ration_first_child(k->d, &parent);
	while (child < k->d->max_counters) {
		sum += ration_load(&ration_counter_at(k->d, child)->usage, relaxed);
		if (!ration_lineage_to(k->d, child, &lineage))
			break;
		child = ration_next_sibling(k->d, &lineage);
	}
	return sum;
}

/* Sum of the stock of one counter over all lcore areas. */
static uint64_t
sum_stocks(const struct ration_domain *d, uint32_t index)
{
	struct ration_area of;
	uint64_t stock = 0;
	uint32_t i;

	for (i = 0; i < d->max_members; i++) {
		if (ration_area_find(d, i, &of) > 0)
			stock += ration_load(&of.stocks[index].units, relaxed);
	}
	return stock;
}

/*
 * Promise P2: usage = usage_local + usage of the children; the ledgers add up to usage_local; stock
 * is part of usage_local.
 */
static void
check_balance(struct check *k, struct counter *c)
{
	uint32_t index = ration_index_of(k->d, c);
	uint64_t usage = ration_load(&c->usage, relaxed),
		 local = ration_load(&c->usage_local, relaxed);
	uint64_t children = children_usage(k, c), stock = sum_stocks(k->d, index);
	int64_t ledger;

	/* check_areas() reports an area that is not found. */
	ration_ledgers_sum(k->d, index, &ledger);

	if (usage != local + children)
		report_violation(k, c,
				 "usage is %" PRIu64 ", but usage_local is %" PRIu64
				 " and the children's usage %" PRIu64,
				 usage, local, children);
	if (ledger < 0 || local != (uint64_t)ledger)
		report_violation(k, c,
				 "usage_local is %" PRIu64 ", but the ledgers sum up to %" PRId64,
				 local, ledger);
	if (stock > local)
		report_violation(k, c, "stock is %" PRIu64 ", more than usage_local, %" PRIu64,
				 stock, local);
}

/* Promise P4: a stock is at most its cap. And the active bit is set if there is a cap. */
static void
check_entry(struct check *k, struct counter *c, uint32_t member_id, const struct ration_area *of)
{
	uint32_t index = ration_index_of(k->d, c);
	const struct ration_stock *s = &of->stocks[index];
	uint32_t stock = ration_load(&s->units, relaxed);
	uint32_t cap = ration_limit_cap(ration_load(&s->limit, relaxed));
	bool active = ration_load(&of->active[index / 64], relaxed) >> (index % 64) & 1;

	if (stock > cap)
		report_violation(k, c, "member %u has stock %u, more than its cap %u", member_id,
				 stock, cap);
	if (active != (cap != 0))
		report_violation(k, c, "member %u has cap %u, but its active bit is %d", member_id,
				 cap, active);
}

/* Checks that are valid only while no other thread uses the domain. */
static void
check_quiet(struct check *k, struct counter *c)
{
	struct ration_area of;
	uint32_t i;

	check_balance(k, c);
	for (i = 0; i < k->d->max_members; i++) {
		if (ration_area_find(k->d, i, &of) > 0)
			check_entry(k, c, i, &of);
	}
}

/* Each lcore area must be at the offset in its member entry. */
static void
check_areas(struct check *k)
{
	struct counter *root = ration_counter_at(k->d, 0);
	struct ration_area of;
	uint32_t i;

	for (i = 0; i < k->d->max_members; i++) {
		if (ration_area_find(k->d, i, &of) < 0)
			report_violation(k, root,
					 "the offset of the lcore area of member %u is corrupted",
					 i);
	}
}

/* The next counter; RATION_INDEX_NONE at the end, or if the counter does not exist any more. */
static uint32_t
index_after(const struct ration_domain *d, ration_counter_t handle)
{
	uint32_t token, next;

	do {
		token = ration_tree_read(d);
		next = RATION_INDEX_NONE;
		if (ration_resolve(d, handle) != NULL)
			next = ration_next_index(d, (uint32_t)handle);
	} while (ration_tree_retry(d, token));
	return next;
}

int
ration_domain_verify(const struct ration_domain *d, int quiet, FILE *f)
{
	struct check k = {.d = d, .f = f};
	uint32_t index = 0, nb = 0;
	struct counter *c = NULL;

	check_areas(&k);
	/* The number of steps is bounded, because the tree may change all the time. */
	for (; index < d->max_counters && nb < d->max_counters; nb++) {
		c = ration_counter_at(d, index);
		check_limit(&k, c);
		if (quiet)
			check_quiet(&k, c);
		index = index_after(d, ration_handle(d, index));
	}
	if (index == RATION_INDEX_DAMAGED)
		report_violation(&k, c, "the links after counter %u are corrupted",
				 ration_index_of(d, c));
	return k.violations;
}
