/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Threads that end as members of several domains, and members that die: what a reap reports is the
 * balance of the last owner of the member entry, no more and no less (P6).
 */

#include <pthread.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

#define ANSWER_US 10000000

/* ---- threads that end as members of two domains */

#define DOMAINS 2
/* Members of each domain that one thread can have here. */
#define EXTRAS 2

/* How a thread registers, and what it does before it ends. */
struct leaving {
	const char *how;
	bool extra; /* With ration_lcore_register_extra(), EXTRAS members in each domain. */
	bool eal; /* The thread is registered with EAL, too. */
	bool exits;
	bool reverse; /* Registers with the second domain first. */
	int offline; /* The domain in which it is offline at the end, or -1. */
	int unregisters; /* The domain that it leaves itself, or -1. */
};

struct leaver {
	const struct leaving *leaving;
	struct ration_domain *d[DOMAINS];
	ration_counter_t c[DOMAINS];
	struct ration_lcore *lc[DOMAINS][EXTRAS];
	int failed; /* Line of the first failed check. */
};

#define leaver_check(l, condition)                                                                 \
	do {                                                                                       \
		if (!(condition) && (l)->failed == 0)                                              \
			(l)->failed = __LINE__;                                                    \
	} while (0)

static void
join_domain(struct leaver *l, uint32_t i)
{
	uint32_t k, nb = l->leaving->extra ? EXTRAS : 1;

	for (k = 0; k < nb; k++) {
		l->lc[i][k] = l->leaving->extra ? ration_lcore_register_extra(l->d[i])
						: ration_lcore_register(l->d[i]);
		leaver_check(l, l->lc[i][k] != NULL);
		if (l->lc[i][k] == NULL)
			continue;
		leaver_check(l, ration_try_charge(l->lc[i][k], l->c[i], 3) == 0);
		leaver_check(l, ration_uncharge(l->lc[i][k], l->c[i], 1) == 0);
		leaver_check(l, l->lc[i][k]->stocks[(uint32_t)l->c[i]].units > 0);
	}
}

static void *
leave_by_ending(void *arg)
{
	struct leaver *l = arg;
	const struct leaving *how = l->leaving;
	uint32_t i;

	if (how->eal)
		leaver_check(l, rte_thread_register() == 0);
	for (i = 0; i < DOMAINS; i++)
		join_domain(l, how->reverse ? DOMAINS - 1 - i : i);
	if (how->offline >= 0)
		leaver_check(l, ration_lcore_offline(l->lc[how->offline][0]) == 0);
	if (how->unregisters >= 0)
		leaver_check(l, ration_lcore_unregister(l->lc[how->unregisters][0]) == 0);
	if (how->eal)
		rte_thread_unregister();
	if (how->exits)
		pthread_exit(NULL);
	return NULL;
}

/* No member is left, and the granted units are the only usage. */
static void
assert_left(const struct leaver *l, uint32_t i, uint64_t granted)
{
	uint32_t k;

	for (k = 0; k < l->d[i]->max_members; k++) {
		assert_int_equal(MEMBER_STATE(l->d[i]->members[k].state), MEMBER_FREE);
		assert_null(ration_lcore_get(l->d[i], k));
	}
	assert_int_equal(ration_nb_online(l->d[i]), 0);
	assert_int_equal(usage_of(l->d[i], l->c[i]), granted);
	assert_int_equal(stock_of(l->d[i], l->c[i]), 0);
	assert_sound(l->d[i]);
}

static void
a_thread_that_ends_leaves_all_its_domains(void **state)
{
	static const struct leaving ways[] = {
		{"returns", .offline = -1, .unregisters = -1},
		{"exits", .exits = true, .offline = -1, .unregisters = -1},
		{"the other order", .reverse = true, .offline = -1, .unregisters = -1},
		{"several members", .extra = true, .offline = -1, .unregisters = -1},
		{"offline in the first", .offline = 0, .unregisters = -1},
		{"offline in the second", .offline = 1, .unregisters = -1},
		{"one of several offline", .extra = true, .offline = 1, .unregisters = -1},
		{"leaves the first", .offline = -1, .unregisters = 0},
		{"leaves the second", .offline = -1, .unregisters = 1},
		{"leaves one of several", .extra = true, .offline = -1, .unregisters = 0},
		{"registered with EAL", .eal = true, .offline = -1, .unregisters = -1},
	};
	struct fixture *f = *state, *other;
	struct leaver l = {.failed = 0};
	pthread_t thread;
	uint32_t i, k, n, nb;
	void *more;

	assert_int_equal(fixture_setup(&more), 0);
	other = more;
	l.d[0] = f->d;
	l.d[1] = other->d;
	for (i = 0; i < DOMAINS; i++)
		l.c[i] = make_counter(l.d[i], ration_domain_root(l.d[i]), "c", 100000, 64);
	for (i = 0; i < RTE_DIM(ways); i++) {
		l.leaving = &ways[i];
		nb = ways[i].extra ? EXTRAS : 1;
		/* More threads than member entries: each is free again. */
		for (n = 0; n < 10; n++) {
			assert_int_equal(pthread_create(&thread, NULL, leave_by_ending, &l), 0);
			assert_int_equal(pthread_join(thread, NULL), 0);
			if (l.failed != 0)
				fail_msg("%s: line %d", ways[i].how, l.failed);
			for (k = 0; k < DOMAINS; k++) {
				assert_left(&l, k, 2 * nb);
				assert_int_equal(ration_uncharge(ration_lcore_shared(l.d[k]),
								 l.c[k], 2 * nb),
						 0);
			}
		}
	}
	assert_int_equal(fixture_teardown(&more), 0);
}

/* ---- deaths */

/* From now on the owner of a member looks like a thread that has died. */
static void
die(struct ration_lcore *lc)
{
	ration_self_remove(lc);
	ration_store(&ration_member_of(lc)->start, 1, relaxed);
	assert_true(ration_member_is_dead(ration_member_of(lc)));
}

/* The rows that a reap reports. */
struct rows {
	uint32_t nb;
	struct ration_dead row[8];
};

static void
note_row(const struct ration_dead *dead, void *arg)
{
	struct rows *rows = arg;

	assert_in_range(rows->nb, 0, RTE_DIM(rows->row) - 1);
	rows->row[rows->nb++] = *dead;
}

static void
assert_row(const struct rows *rows, uint32_t i, uint32_t member_id, ration_counter_t c,
	   uint64_t units)
{
	assert_in_range(i, 0, rows->nb - 1);
	assert_int_equal(rows->row[i].member_id, member_id);
	assert_int_equal(rows->row[i].lcore_id, rte_lcore_id());
	assert_int_equal(rows->row[i].pid, getpid());
	assert_true(rows->row[i].counter == c);
	assert_int_equal(rows->row[i].units, units);
}

/* Counters of a test: leaves with and without stock, one with a child, and the root. */
struct tree {
	ration_counter_t a, b, p, child, root;
};

static struct tree
plant(const struct fixture *f)
{
	struct tree t = {.root = f->root};

	t.a = make_counter(f->d, f->root, "a", 100000, 64);
	t.b = make_counter(f->d, f->root, "b", 100000, 0);
	t.p = make_counter(f->d, f->root, "p", 100000, 64);
	t.child = make_counter(f->d, t.p, "child", 100000, 64);
	return t;
}

static void
a_reap_reports_granted_units_of_every_kind_of_counter(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct ration_lcore *lc = ration_lcore_register_extra(f->d);
	struct rows rows = {.nb = 0};

	assert_int_equal(ration_try_charge(lc, t.root, 1), 0);
	assert_int_equal(ration_try_charge(lc, t.a, 20), 0);
	assert_int_equal(ration_uncharge(lc, t.a, 5), 0);
	assert_int_equal(ration_try_charge(lc, t.b, 30), 0);
	assert_int_equal(ration_try_charge(lc, t.p, 40), 0);
	assert_int_equal(ration_try_charge(lc, t.child, 50), 0);
	assert_true(stock_of(f->d, f->root) > 0);
	die(lc);
	assert_int_equal(ration_reap(f->d, ANSWER_US, note_row, &rows), 1);
	assert_int_equal(stock_of(f->d, f->root), 0);
	assert_int_equal(rows.nb, 5);
	assert_row(&rows, 0, lc->member_id, t.root, 1);
	assert_row(&rows, 1, lc->member_id, t.a, 15);
	assert_row(&rows, 2, lc->member_id, t.b, 30);
	assert_row(&rows, 3, lc->member_id, t.p, 40);
	assert_row(&rows, 4, lc->member_id, t.child, 50);
	/* They are reported once. */
	rows.nb = 0;
	assert_int_equal(ration_reap(f->d, ANSWER_US, note_row, &rows), 0);
	assert_int_equal(rows.nb, 0);
	assert_int_equal(usage_of(f->d, f->root), 136);
	assert_sound(f->d);
}

/* Ways in which the former owner of a member entry left. */
enum leaves {
	UNREGISTERS,
	GOES_OFFLINE_AND_UNREGISTERS,
	DIES,
	NB_LEAVES
};

static void
leave(struct fixture *f, struct ration_lcore *lc, enum leaves how)
{
	if (how == DIES) {
		die(lc);
		assert_int_equal(ration_reap(f->d, ANSWER_US, NULL, NULL), 1);
		return;
	}
	if (how == GOES_OFFLINE_AND_UNREGISTERS)
		assert_int_equal(ration_lcore_offline(lc), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
}

/*
 * The former owners charged more, less and nothing at the same counters. The last one uncharges
 * units of them: its balance of that counter is negative, and is not reported.
 */
static void
a_reused_member_entry_reports_its_last_owner_only(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct ration_lcore *lc;
	struct rows rows;
	uint32_t member_id, how, i;

	for (how = 0; how < NB_LEAVES; how++) {
		lc = ration_lcore_register_extra(f->d);
		member_id = lc->member_id;
		for (i = 0; i < 3; i++) {
			assert_int_equal(ration_try_charge(lc, t.a, 7), 0);
			assert_int_equal(ration_try_charge(lc, t.b, 11), 0);
			assert_int_equal(ration_try_charge(lc, t.child, 13), 0);
			leave(f, lc, (enum leaves)how);
			lc = ration_lcore_register_extra(f->d);
			assert_int_equal(lc->member_id, member_id);
		}
		assert_int_equal(ration_try_charge(lc, t.a, 2), 0);
		assert_int_equal(ration_uncharge(lc, t.b, 33), 0);
		assert_int_equal(ration_uncharge(lc, t.child, 3 * 13), 0);
		assert_int_equal(ration_try_charge(lc, t.child, 5), 0);
		assert_int_equal(ration_uncharge(lc, t.child, 5), 0);
		die(lc);
		rows.nb = 0;
		assert_int_equal(ration_reap(f->d, ANSWER_US, note_row, &rows), 1);
		assert_int_equal(rows.nb, 1);
		assert_row(&rows, 0, member_id, t.a, 2);
		assert_int_equal(usage_of(f->d, f->root), 3 * 7 + 2);
		assert_int_equal(ration_uncharge(f->lc[0], t.a, 3 * 7 + 2), 0);
		drain_all(f->d);
		assert_int_equal(usage_of(f->d, f->root), 0);
		assert_sound(f->d);
	}
}

/* Each of several dead members is reported with its own units. */
static void
dead_members_are_reported_one_by_one(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct ration_lcore *lc[4];
	struct rows rows = {.nb = 0};
	uint32_t i;

	for (i = 0; i < RTE_DIM(lc); i++) {
		lc[i] = ration_lcore_register_extra(f->d);
		assert_int_equal(ration_try_charge(lc[i], t.a, 10 + i), 0);
	}
	for (i = 0; i < RTE_DIM(lc); i++) {
		if (i != 2)
			die(lc[i]);
	}
	assert_int_equal(ration_reap(f->d, ANSWER_US, note_row, &rows), 3);
	assert_int_equal(rows.nb, 3);
	assert_row(&rows, 0, lc[0]->member_id, t.a, 10);
	assert_row(&rows, 1, lc[1]->member_id, t.a, 11);
	assert_row(&rows, 2, lc[3]->member_id, t.a, 13);
	assert_int_equal(ration_try_charge(lc[2], t.a, 1), 0);
	assert_int_equal(ration_lcore_unregister(lc[2]), 0);
	assert_int_equal(usage_of(f->d, t.a), 47);
}

/* A drain has taken the stock before the reap, which still reports what was granted. */
static void
units_of_a_dead_member_are_reported_after_a_drain(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct ration_lcore *lc = ration_lcore_register_extra(f->d);
	struct rows rows = {.nb = 0};
	uint64_t units;

	assert_int_equal(ration_try_charge(lc, t.a, 10), 0);
	assert_int_equal(ration_try_charge(lc, t.child, 5), 0);
	die(lc);
	/* As a drain of another thread does. */
	assert_true(ration_member_recover(f->d, ration_member_of(lc), ration_cycles_in(ANSWER_US),
					  &units));
	assert_int_equal(units, 2 * 64);
	assert_int_equal(usage_of(f->d, f->root), 15);
	assert_int_equal(MEMBER_STATE(f->d->members[lc->member_id].state), MEMBER_DEAD);
	assert_int_equal(ration_reap(f->d, ANSWER_US, note_row, &rows), 1);
	assert_int_equal(rows.nb, 2);
	assert_row(&rows, 0, lc->member_id, t.a, 10);
	assert_row(&rows, 1, lc->member_id, t.child, 5);
}

/*
 * The first dead member cannot be repaired, because a walk without registration does not end. One
 * after it needs no repair: its entry becomes free in the same call.
 */
static void
a_dead_member_that_cannot_be_repaired_holds_up_no_other(void **state)
{
	struct fixture *f = *state;
	struct tree t = plant(f);
	struct ration_lcore *walker = ration_lcore_register_extra(f->d);
	struct ration_lcore *newcomer = ration_lcore_register_extra(f->d);
	struct rows rows = {.nb = 0};
	uint32_t token;

	assert_int_equal(ration_try_charge(walker, t.a, 10), 0);
	die(walker);
	die(newcomer);
	token = ration_walk_begin(ration_lcore_shared(f->d));
	assert_int_equal(ration_reap(f->d, 1000, note_row, &rows), -ETIMEDOUT);
	assert_int_equal(rows.nb, 0);
	assert_int_not_equal(MEMBER_STATE(f->d->members[walker->member_id].state), MEMBER_FREE);
	assert_int_equal(MEMBER_STATE(f->d->members[newcomer->member_id].state), MEMBER_FREE);
	ration_walk_end(ration_lcore_shared(f->d), token);
	assert_int_equal(ration_reap(f->d, ANSWER_US, note_row, &rows), 1);
	assert_int_equal(rows.nb, 1);
	assert_row(&rows, 0, walker->member_id, t.a, 10);
}

int
main(void)
{
	const struct CMUnitTest leave_tests[] = {
		in_domain(a_thread_that_ends_leaves_all_its_domains),
		in_domain(a_reap_reports_granted_units_of_every_kind_of_counter),
		with_one_member(a_reused_member_entry_reports_its_last_owner_only),
		in_domain(dead_members_are_reported_one_by_one),
		in_domain(units_of_a_dead_member_are_reported_after_a_drain),
		in_domain(a_dead_member_that_cannot_be_repaired_holds_up_no_other),
	};

	if (test_eal_start("leave", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(leave_tests, NULL, NULL));
}
