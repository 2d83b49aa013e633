/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * A control call that fails changes nothing that can be read: each error of each call, with a
 * snapshot of the whole domain before and after (P8).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

#define TIMEOUT_US 2000
#define NB_COUNTERS 32
#define NB_MEMBERS 4

/* ---- snapshots */

struct seen {
	ration_counter_t c;
	struct ration_counter_info info;
	struct ration_reading sum, reading;
	char path[RATION_COUNTER_NAMESIZE * RATION_DEPTH_MAX];
	/* What decides about later calls without being shown. */
	uint32_t flags, cap_max, over_max_ok, rollbacks;
	uint64_t stock_bound, usage_local;
	int64_t ledger;
};

struct snapshot {
	uint32_t nb;
	struct seen seen[NB_COUNTERS];
	struct ration_lcore_stats stats[NB_MEMBERS + 1];
	const struct ration_lcore *member[NB_MEMBERS];
	uint32_t nb_offline, drainers, inflight;
	char *dump;
};

static void
see_counter(const struct ration_domain *d, ration_counter_t handle, struct seen *s)
{
	struct counter *c = ration_counter_at(d, (uint32_t)handle);

	memset(s, 0, sizeof(*s));
	s->c = handle;
	assert_int_equal(ration_counter_get(d, handle, &s->info), 0);
	assert_int_equal(ration_read_sum(d, handle, &s->sum), 0);
	assert_int_equal(ration_read(d, handle, &s->reading), 0);
	assert_true(ration_counter_path(d, handle, s->path, sizeof(s->path)) >= 0);
	s->flags = ration_load(&c->flags, relaxed);
	s->cap_max = ration_load(&c->cap_max, relaxed);
	s->over_max_ok = ration_load(&c->over_max_ok, relaxed);
	s->rollbacks = ration_load(&c->rollbacks, relaxed);
	s->stock_bound = ration_load(&c->stock_bound, relaxed);
	s->usage_local = ration_load(&c->usage_local, relaxed);
	s->ledger = ration_load(&c->ledger, relaxed);
	/* A path leads to the counter, unless it is offline. */
	if (!(s->info.flags & RATION_COUNTER_OFFLINE))
		assert_true(ration_counter_find(d, s->path) == handle);
}

static char *
dump_of(const struct ration_domain *d)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	ration_domain_dump(d, out);
	fclose(out);
	return text;
}

static void
take_snapshot(struct ration_domain *d, struct snapshot *s)
{
	ration_counter_t c = RATION_COUNTER_NONE;
	uint32_t i;

	memset(s, 0, sizeof(*s));
	while ((c = ration_counter_next(d, c)) != RATION_COUNTER_NONE) {
		assert_in_range(s->nb, 0, NB_COUNTERS - 1);
		see_counter(d, c, &s->seen[s->nb++]);
	}
	for (i = 0; i < NB_MEMBERS; i++) {
		s->member[i] = ration_lcore_get(d, i);
		if (s->member[i] != NULL)
			ration_lcore_stats_get(s->member[i], &s->stats[i]);
	}
	ration_lcore_stats_get(ration_lcore_shared(d), &s->stats[NB_MEMBERS]);
	s->nb_offline = d->nb_offline;
	s->drainers = (uint32_t)d->round;
	s->inflight = (uint32_t)(d->inflight[0] + d->inflight[1]);
	s->dump = dump_of(d);
	assert_sound(d);
}

/* A call may have drained a domain without stock: only that is counted. */
static void
forget_drains(struct snapshot *s)
{
	char *at = s->dump, *end;
	uint32_t i;

	for (i = 0; i <= NB_MEMBERS; i++)
		s->stats[i].drains = 0;
	while ((at = strstr(at, " drains ")) != NULL) {
		end = strstr(at, " drained ");
		assert_non_null(end);
		memset(at, ' ', (size_t)(end - at));
		memmove(at, end, strlen(end) + 1);
	}
}

static void
assert_unchanged(const char *what, struct snapshot *before, struct snapshot *after, bool drains)
{
	uint32_t i;

	if (drains) {
		forget_drains(before);
		forget_drains(after);
	}
	if (before->nb != after->nb || before->nb_offline != after->nb_offline ||
	    before->drainers != after->drainers || before->inflight != after->inflight)
		fail_msg("%s: the tree or the round has changed", what);
	for (i = 0; i < before->nb; i++) {
		if (memcmp(&before->seen[i], &after->seen[i], sizeof(before->seen[i])) != 0)
			fail_msg("%s: \"%s\" has changed", what, before->seen[i].path);
	}
	if (memcmp(before->stats, after->stats, sizeof(before->stats)) != 0 ||
	    memcmp(before->member, after->member, sizeof(before->member)) != 0)
		fail_msg("%s: a member has changed", what);
	if (strcmp(before->dump, after->dump) != 0)
		fail_msg("%s: before\n%safter\n%s", what, before->dump, after->dump);
	free(before->dump);
	free(after->dump);
}

/* ---- the domain */

struct garden {
	struct ration_domain *d;
	ration_counter_t root;
	struct ration_lcore *lc[3]; /* Online with stock, offline, online without stock. */
	ration_counter_t p, leaf, direct, below, empty, full, offline, above_offline, stale;
	ration_counter_t deepest;
};

static void
plant(struct garden *g)
{
	const struct ration_domain_params params = {
		.max_counters = NB_COUNTERS, .max_members = NB_MEMBERS, .timeout_us = TIMEOUT_US};
	const struct ration_counter_params direct = {
		.max = 5000, .batch = 16, .flags = RATION_COUNTER_DIRECT};
	uint32_t i;

	g->d = ration_domain_create("garden", &params);
	assert_non_null(g->d);
	g->root = ration_domain_root(g->d);
	for (i = 0; i < RTE_DIM(g->lc); i++)
		g->lc[i] = ration_lcore_register_extra(g->d);
	g->stale = make_counter(g->d, g->root, "stale", 1, 0);
	assert_int_equal(ration_counter_destroy(g->d, g->stale, 0), 0);
	g->p = make_counter(g->d, g->root, "p", 10000, 8);
	g->leaf = make_counter(g->d, g->p, "leaf", 1000, 16);
	g->direct = ration_counter_create(g->d, g->root, "direct", &direct);
	g->below = make_counter(g->d, g->direct, "below", 1000, 16);
	g->empty = make_counter(g->d, g->root, "empty", 1000, 16);
	g->full = make_counter(g->d, g->root, "full", 20, 0);
	g->above_offline = make_counter(g->d, g->root, "above", 1000, 16);
	g->offline = make_counter(g->d, g->above_offline, "offline", 1000, 16);
	g->deepest = g->root;
	for (i = 0; i < RATION_DEPTH_MAX; i++)
		g->deepest = make_counter(g->d, g->deepest, "deep", RATION_UNLIMITED, 4);
}

/* Usage, stock, refusals, forced charges, and excess uncharges: nothing is 0 everywhere. */
static void
grow(struct garden *g)
{
	assert_int_equal(ration_try_charge(g->lc[1], g->leaf, 9), 0);
	assert_int_equal(ration_lcore_offline(g->lc[1]), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->root, 2), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->p, 3), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->leaf, 10), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->direct, 11), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->below, 12), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->full, 20), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->full, 1), -EDQUOT);
	assert_int_equal(ration_charge_force(g->lc[0], g->full, 5), 0);
	assert_int_equal(ration_uncharge(g->lc[0], g->full, 26), -ERANGE);
	assert_int_equal(ration_try_charge(ration_lcore_shared(g->d), g->deepest, 1), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->offline, 6), 0);
	assert_int_equal(ration_counter_destroy(g->d, g->offline, RATION_DESTROY_KEEP_UNITS), 0);
	assert_int_equal(ration_try_charge(g->lc[0], g->empty, 1), 0);
	assert_int_equal(ration_uncharge(g->lc[0], g->empty, 1), 0);
	assert_true(stock_of(g->d, g->root) > 0);
}

static int
setup(void **state)
{
	static struct garden g;

	plant(&g);
	grow(&g);
	*state = &g;
	return 0;
}

static int
teardown(void **state)
{
	struct garden *g = *state;
	uint32_t i;

	for (i = 0; i < RTE_DIM(g->lc); i++) {
		if (ration_lcore_unregister(g->lc[i]) != 0)
			return -1;
	}
	return ration_domain_free(g->d);
}

/* ---- calls that fail */

/* The call must return rc, and change nothing. */
#define fails(g, call, rc, drains)                                                                 \
	do {                                                                                       \
		static struct snapshot before_, after_;                                            \
                                                                                                   \
		take_snapshot((g)->d, &before_);                                                   \
		assert_int_equal(call, rc);                                                        \
		take_snapshot((g)->d, &after_);                                                    \
		assert_unchanged(#call, &before_, &after_, drains);                                \
	} while (0)

/* @return 0 or the negative rte_errno */
static int
create(struct garden *g, ration_counter_t parent, const char *name, uint64_t max, uint32_t batch,
       uint32_t flags)
{
	const struct ration_counter_params params = {.max = max, .batch = batch, .flags = flags};

	rte_errno = 0;
	return ration_counter_create(g->d, parent, name, &params) == RATION_COUNTER_NONE
		       ? -rte_errno
		       : 0;
}

static void
a_create_that_fails_changes_nothing(void **state)
{
	struct garden *g = *state;
	char name[RATION_COUNTER_NAMESIZE + 1];

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	fails(g, create(g, g->leaf, NULL, 1, 0, 0), -EINVAL, false);
	fails(g, create(g, g->leaf, "", 1, 0, 0), -EINVAL, false);
	fails(g, create(g, g->leaf, "a/b", 1, 0, 0), -EINVAL, false);
	fails(g, create(g, g->leaf, "a\n", 1, 0, 0), -EINVAL, false);
	fails(g, create(g, g->leaf, name, 1, 0, 0), -ENAMETOOLONG, false);
	fails(g, create(g, g->leaf, "x", RATION_UNLIMITED + 1, 0, 0), -EINVAL, false);
	fails(g, create(g, g->leaf, "x", 1, RATION_BATCH_MAX + 1, 0), -EINVAL, false);
	fails(g, create(g, g->leaf, "x", 1, 0, ~RATION_COUNTER_FLAGS), -EINVAL, false);
	fails(g, create(g, g->stale, "x", 1, 0, 0), -ESTALE, false);
	fails(g, create(g, RATION_COUNTER_NONE, "x", 1, 0, 0), -ESTALE, false);
	fails(g, create(g, g->offline, "x", 1, 0, 0), -ESTALE, false);
	fails(g, create(g, g->root, "p", 1, 0, 0), -EEXIST, false);
	fails(g, create(g, g->p, "leaf", 1, 0, 0), -EEXIST, false);
	fails(g, create(g, g->deepest, "x", 1, 0, 0), -E2BIG, false);
}

/* No index is free; the parents have stock, or could have. */
static void
a_create_in_a_full_domain_changes_nothing(void **state)
{
	struct garden *g = *state;
	char name[8];
	uint32_t i;

	for (i = 0; !ration_index_is_full(g->d); i++) {
		snprintf(name, sizeof(name), "m%u", i);
		make_counter(g->d, g->p, name, 10, 4);
	}
	fails(g, create(g, g->leaf, "x", 1, 0, 0), -ENOSPC, false);
	fails(g, create(g, g->empty, "x", 1, 0, 0), -ENOSPC, false);
	fails(g, create(g, g->direct, "x", 1, 0, 0), -ENOSPC, false);
	fails(g, create(g, g->root, "x", 1, 0, 0), -ENOSPC, false);
	fails(g, create(g, g->above_offline, "x", 1, 0, 0), -ENOSPC, false);
}

/* A thread without registration was stopped in a walk, whichever word counts it. */
static void
get_stuck(struct garden *g, int64_t walks)
{
	ration_fetch_add(&g->d->inflight[0], (uint64_t)walks, seq_cst);
	ration_fetch_add(&g->d->inflight[1], (uint64_t)walks, seq_cst);
}

static void
a_create_that_times_out_changes_nothing(void **state)
{
	struct garden *g = *state;

	get_stuck(g, 1);
	/* The grace period comes before the drain: stock stays. */
	fails(g, create(g, g->leaf, "x", 1, 0, 0), -ETIMEDOUT, false);
	fails(g, create(g, g->empty, "x", 1, 0, 0), -ETIMEDOUT, false);
	fails(g, create(g, g->below, "x", 1, 0, 0), -ETIMEDOUT, false);
	get_stuck(g, -1);
	/* The stock of the leaf works as before. */
	assert_int_equal(ration_try_charge(g->lc[2], g->leaf, 1), 0);
	assert_int_equal(g->lc[2]->stocks[(uint32_t)g->leaf].units, 16);
}

static void
a_destroy_that_fails_changes_nothing(void **state)
{
	struct garden *g = *state;

	fails(g, ration_counter_destroy(g->d, g->leaf, 4), -EINVAL, false);
	fails(g, ration_counter_destroy(g->d, g->leaf, UINT32_MAX), -EINVAL, false);
	fails(g, ration_counter_destroy(g->d, g->stale, 0), -ESTALE, false);
	fails(g, ration_counter_destroy(g->d, RATION_COUNTER_NONE, 0), -ESTALE, false);
	fails(g, ration_counter_destroy(g->d, g->offline, 0), -ESTALE, false);
	fails(g, ration_counter_destroy(g->d, g->offline, RATION_DESTROY_KEEP_UNITS), -ESTALE,
	      false);
	fails(g, ration_counter_destroy(g->d, g->root, 0), -EPERM, false);
	fails(g, ration_counter_destroy(g->d, g->root, RATION_DESTROY_KEEP_UNITS), -EPERM, false);
	fails(g, ration_counter_destroy(g->d, g->p, 0), -EBUSY, false);
	fails(g, ration_counter_destroy(g->d, g->p, RATION_DESTROY_KEEP_UNITS), -EBUSY, false);
	fails(g, ration_counter_destroy(g->d, g->direct, 0), -EBUSY, false);
	fails(g, ration_counter_destroy(g->d, g->above_offline, 0), -EBUSY, false);
	/* These drain first, and find granted units then. */
	drain_all(g->d);
	fails(g, ration_counter_destroy(g->d, g->leaf, 0), -EBUSY, true);
	fails(g, ration_counter_destroy(g->d, g->below, 0), -EBUSY, true);
	fails(g, ration_counter_destroy(g->d, g->full, 0), -EBUSY, true);
	fails(g, ration_counter_destroy(g->d, g->deepest, 0), -EBUSY, true);
}

static void
a_destroy_that_times_out_changes_nothing(void **state)
{
	struct garden *g = *state;

	drain_all(g->d);
	get_stuck(g, 1);
	fails(g, ration_counter_destroy(g->d, g->empty, 0), -ETIMEDOUT, true);
	fails(g, ration_counter_destroy(g->d, g->empty, RATION_DESTROY_KEEP_UNITS), -ETIMEDOUT,
	      true);
	fails(g, ration_counter_destroy(g->d, g->leaf, 0), -ETIMEDOUT, true);
	fails(g, ration_counter_destroy(g->d, g->leaf, RATION_DESTROY_KEEP_UNITS), -ETIMEDOUT,
	      true);
	get_stuck(g, -1);
	/* Charges and stock work as before. */
	assert_int_equal(ration_try_charge(g->lc[2], g->empty, 1), 0);
	assert_int_equal(g->lc[2]->stocks[(uint32_t)g->empty].units, 16);
	assert_int_equal(ration_uncharge(g->lc[2], g->empty, 1), 0);
	assert_int_equal(ration_counter_destroy(g->d, g->empty, 0), 0);
}

static int
set_max(struct garden *g, ration_counter_t c, uint64_t max, uint32_t flags)
{
	return ration_counter_set_max(g->d, c, max, flags);
}

static void
a_limit_that_is_not_set_changes_nothing(void **state)
{
	struct garden *g = *state;
	const ration_counter_t all[] = {g->root, g->p,	     g->leaf,	       g->direct, g->below,
					g->full, g->offline, g->above_offline, g->deepest};
	uint32_t i;

	fails(g, set_max(g, g->leaf, RATION_UNLIMITED + 1, 0), -EINVAL, false);
	fails(g, set_max(g, g->leaf, UINT64_MAX, RATION_MAX_STRICT), -EINVAL, false);
	fails(g, set_max(g, g->leaf, 5, RATION_MAX_STRICT << 1), -EINVAL, false);
	fails(g, set_max(g, g->stale, 5, 0), -ESTALE, false);
	fails(g, set_max(g, g->stale, 5, RATION_MAX_STRICT), -ESTALE, false);
	fails(g, set_max(g, RATION_COUNTER_NONE, 5, 0), -ESTALE, false);
	/* A strict limit below what is granted, at every kind of counter. */
	drain_all(g->d);
	for (i = 0; i < RTE_DIM(all); i++) {
		fails(g, set_max(g, all[i], 0, RATION_MAX_STRICT), -EBUSY, true);
		fails(g, set_max(g, all[i], usage_of(g->d, all[i]) - 1, RATION_MAX_STRICT), -EBUSY,
		      true);
	}
}

static void
a_batch_that_is_not_set_changes_nothing(void **state)
{
	struct garden *g = *state;

	fails(g, ration_counter_set_batch(g->d, g->leaf, RATION_BATCH_MAX + 1), -EINVAL, false);
	fails(g, ration_counter_set_batch(g->d, g->leaf, UINT32_MAX), -EINVAL, false);
	fails(g, ration_counter_set_batch(g->d, g->stale, 1), -ESTALE, false);
	fails(g, ration_counter_set_batch(g->d, RATION_COUNTER_NONE, 1), -ESTALE, false);
	fails(g, ration_counter_set_batch_max(g->d, g->leaf, RATION_BATCH_MAX + 1), -EINVAL, false);
	fails(g, ration_counter_set_batch_max(g->d, g->stale, 1), -ESTALE, false);
	fails(g, ration_counter_set_min(g->d, g->leaf, RATION_UNLIMITED + 1), -EINVAL, false);
	fails(g, ration_counter_set_min(g->d, g->stale, 1), -ESTALE, false);
	fails(g, ration_counter_set_low(g->d, g->stale, 1), -ESTALE, false);
	fails(g, ration_counter_reset_watermark(g->d, g->stale), -ESTALE, false);
	fails(g, ration_counter_reset_watermark(g->d, RATION_COUNTER_NONE), -ESTALE, false);
}

static void
a_drain_that_fails_changes_nothing(void **state)
{
	struct garden *g = *state;

	fails(g, ration_drain(g->d, g->stale, 0, NULL), -ESTALE, false);
	fails(g, ration_drain(g->d, RATION_COUNTER_NONE, 0, NULL), -ESTALE, false);
	fails(g, ration_try_charge_sync(ration_lcore_shared(g->d), g->offline, 1, 0, NULL), -ENOENT,
	      false);
}

static int
register_one_too_many(struct garden *g)
{
	rte_errno = 0;
	return ration_lcore_register_extra(g->d) == NULL ? -rte_errno : 0;
}

static int
create_domain_again(struct garden *g)
{
	rte_errno = 0;
	return ration_domain_create(ration_domain_name(g->d), NULL) == NULL ? -rte_errno : 0;
}

static void
membership_calls_that_fail_change_nothing(void **state)
{
	struct garden *g = *state;
	struct ration_lcore *shared = ration_lcore_shared(g->d), *last;

	fails(g, ration_lcore_online(g->lc[0]), -EINVAL, false);
	fails(g, ration_lcore_offline(g->lc[1]), -EINVAL, false);
	fails(g, ration_lcore_offline(shared), -EINVAL, false);
	fails(g, ration_lcore_online(shared), -EINVAL, false);
	fails(g, ration_lcore_unregister(shared), -EINVAL, false);
	last = ration_lcore_register_extra(g->d);
	assert_non_null(last);
	fails(g, register_one_too_many(g), -ENOSPC, false);
	assert_int_equal(ration_lcore_unregister(last), 0);
	fails(g, ration_domain_free(g->d), -EBUSY, false);
	fails(g, create_domain_again(g), -EEXIST, false);
	fails(g, ration_reap(g->d, 0, NULL, NULL), 0, false);
}

#define in_garden(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest unchanged[] = {
		in_garden(a_create_that_fails_changes_nothing),
		in_garden(a_create_in_a_full_domain_changes_nothing),
		in_garden(a_create_that_times_out_changes_nothing),
		in_garden(a_destroy_that_fails_changes_nothing),
		in_garden(a_destroy_that_times_out_changes_nothing),
		in_garden(a_limit_that_is_not_set_changes_nothing),
		in_garden(a_batch_that_is_not_set_changes_nothing),
		in_garden(a_drain_that_fails_changes_nothing),
		in_garden(membership_calls_that_fail_change_nothing),
	};

	if (test_eal_start("unchanged", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(unchanged, NULL, NULL));
}
