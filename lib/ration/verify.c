/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * Checking the promises from outside: every unit of usage must be accounted for in a ledger, in a
 * child, and nowhere else.
 */

#include <inttypes.h>

#include "ration_pvt.h"

/* A check in progress. */
struct check {
	const struct ration_domain *d;
	FILE *f;
	int violations;
};

/* Count a violation. @return whether it is to be described: then the description follows */
static bool
complaint_begins(struct check *k, struct counter *c)
{
	char path[RATION_NAMESIZE * RATION_DEPTH_MAX] = "";

	k->violations++;
	if (k->f == NULL)
		return false;
	ration_counter_path(k->d, ration_handle(k->d, ration_index_of(k->d, c)), path,
			    sizeof(path));
	fprintf(k->f, "domain %s counter \"%s\": ", k->d->name, path);
	return true;
}

/* A macro, so that the compiler checks the arguments against the format. */
#define complain(k, c, fmt, ...)                                                                   \
	do {                                                                                       \
		if (complaint_begins(k, c))                                                        \
			fprintf((k)->f, fmt "\n", __VA_ARGS__);                                    \
	} while (0)

/* P1. */
static void
check_limit(struct check *k, struct counter *c)
{
	uint64_t usage = ration_load(&c->usage, relaxed);
	uint64_t max = ration_load(&c->max, relaxed);

	if (usage > max && !ration_load(&c->excused, relaxed))
		complain(k, c, "usage %" PRIu64 " is above max %" PRIu64, usage, max);
}

static uint64_t
children_usage(const struct ration_domain *d, uint32_t index)
{
	uint32_t child = ration_node_at(d, index)->first_child;
	uint64_t sum = 0;

	for (; child != RATION_INDEX_NONE; child = ration_node_at(d, child)->next)
		sum += ration_load(&ration_counter_at(d, child)->usage, relaxed);
	return sum;
}

/* Ledger and stock of one counter, over all places that ever had a block. */
static int64_t
sum_ledgers(const struct ration_domain *d, uint32_t index, uint64_t *stock)
{
	int64_t ledger = ration_load(&ration_counter_at(d, index)->ledger, relaxed);
	const struct ration_lcore *lc;
	uint32_t i;

	*stock = 0;
	for (i = 0; i < d->max_lcores; i++) {
		lc = ration_block(d, &d->members[i]);
		if (lc == NULL)
			continue;
		ledger += ration_load(&ration_ledger(lc)[index], relaxed);
		*stock += ration_load(&lc->slots[index].stock, relaxed);
	}
	return ledger;
}

/* P2: usage = what was charged to the counter itself + usage of its children; stock is part of it.
 */
static void
check_balance(struct check *k, struct counter *c)
{
	uint32_t index = ration_index_of(k->d, c);
	uint64_t usage = ration_load(&c->usage, relaxed), own = ration_load(&c->own, relaxed);
	uint64_t children = children_usage(k->d, index), stock;
	int64_t ledger = sum_ledgers(k->d, index, &stock);

	if (usage != own + children)
		complain(k, c,
			 "usage is %" PRIu64 ", but its own charges are %" PRIu64
			 " and its children's usage %" PRIu64,
			 usage, own, children);
	if (ledger < 0 || own != (uint64_t)ledger)
		complain(k, c, "own charges are %" PRIu64 ", but the ledgers say %" PRId64, own,
			 ledger);
	if (stock > own)
		complain(k, c, "stock is %" PRIu64 ", more than its own charges, %" PRIu64, stock,
			 own);
}

/* P4, and that the active bit says what the slot says. */
static void
check_slot(struct check *k, struct counter *c, const struct ration_lcore *lc)
{
	uint32_t index = ration_index_of(k->d, c);
	const struct ration_slot *s = &lc->slots[index];
	uint32_t stock = ration_load(&s->stock, relaxed);
	uint32_t cap = ration_limit_cap(ration_load(&s->limit, relaxed));
	bool active = ration_load(&ration_active(lc)[index / 64], relaxed) >> (index % 64) & 1;

	if (stock > cap)
		complain(k, c, "lcore slot %u has stock %u, more than its cap %u", lc->slot_id,
			 stock, cap);
	if (active != (cap != 0))
		complain(k, c, "lcore slot %u has cap %u, but its active bit is %d", lc->slot_id,
			 cap, active);
}

static void
check_quiet(struct check *k, struct counter *c)
{
	const struct ration_lcore *lc;
	uint32_t i;

	check_balance(k, c);
	for (i = 0; i < k->d->max_lcores; i++) {
		lc = ration_block(k->d, &k->d->members[i]);
		if (lc != NULL)
			check_slot(k, c, lc);
	}
}

int
ration_domain_verify(const struct ration_domain *d, int quiet, FILE *f)
{
	struct check k = {.d = d, .f = f};
	ration_counter_t handle;
	struct counter *c;

	for (handle = ration_domain_root(d); handle != RATION_COUNTER_NONE;
	     handle = ration_counter_next(d, handle)) {
		c = ration_counter_at(d, (uint32_t)handle);
		check_limit(&k, c);
		if (quiet)
			check_quiet(&k, c);
	}
	return k.violations;
}
