/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Members, requests and entries that are served in turn: each is reached after a bounded number of
 * steps, whatever the others do (P3, P4).
 */

#include <stdio.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "ration_pvt.h"

#define MEMBERS_MAX 32
/* Number of members that one refusal asks, as the header of ration_try_charge() says. */
#define ASKED 8

/* A domain with many members, all of the thread of the test. */
struct crowd {
	struct ration_domain *d;
	ration_counter_t root;
	struct ration_lcore *lc[MEMBERS_MAX];
	uint32_t nb;
};

static void
crowd_open(struct crowd *w, uint32_t nb, uint32_t drain_work)
{
	const struct ration_domain_params params = {
		.max_counters = 128, .max_members = nb, .drain_work = drain_work};
	static uint32_t serial;
	char name[16];
	uint32_t i;

	snprintf(name, sizeof(name), "crowd%u", serial++);
	w->d = ration_domain_create(name, &params);
	assert_non_null(w->d);
	w->root = ration_domain_root(w->d);
	w->nb = nb;
	for (i = 0; i < nb; i++) {
		w->lc[i] = ration_lcore_register_extra(w->d);
		assert_non_null(w->lc[i]);
		assert_int_equal(w->lc[i]->member_id, i);
	}
}

static void
crowd_close(struct crowd *w)
{
	uint32_t i;

	assert_sound(w->d);
	for (i = 0; i < w->nb; i++)
		assert_int_equal(ration_lcore_unregister(w->lc[i]), 0);
	assert_int_equal(ration_domain_free(w->d), 0);
}

/* One quiescent point of each member. */
static void
crowd_polls(struct crowd *w)
{
	uint32_t i;

	for (i = 0; i < w->nb; i++)
		ration_quiescent(w->lc[i]);
}

static void
crowd_hides(struct crowd *w, ration_counter_t c)
{
	uint32_t i;

	for (i = 0; i < w->nb; i++) {
		assert_int_equal(ration_try_charge(w->lc[i], c, 1), 0);
		assert_int_equal(ration_uncharge(w->lc[i], c, 1), 0);
		assert_true(w->lc[i]->stocks[(uint32_t)c].units > 0);
	}
}

static uint32_t
nb_asked(const struct crowd *w)
{
	uint32_t i, nb = 0;

	for (i = 0; i < w->nb; i++)
		nb += ration_load(&w->lc[i]->pending, relaxed) != 0;
	return nb;
}

/*
 * Refused charges to c bring the stock of `hiding` back, after as few of them as possible. The
 * thread is refused without its members, whose own stock would count towards the charge.
 */
static void
refusals_ask_all(struct crowd *w, ration_counter_t c, ration_counter_t hiding, uint64_t max)
{
	struct ration_lcore *shared = ration_lcore_shared(w->d);
	uint32_t i, asked = 0;

	for (i = 0; i < RATION_WATCH_TURNS; i++) /* No entry is watched because of earlier cases. */
		crowd_polls(w);
	crowd_hides(w, hiding);
	for (i = 0; i * ASKED < w->nb; i++) {
		assert_true(stock_of(w->d, hiding) > 0);
		assert_int_equal(ration_try_charge(shared, c, max), -EDQUOT);
		assert_in_range(nb_asked(w), 1, ASKED);
		asked += nb_asked(w);
		crowd_polls(w);
		assert_int_equal(nb_asked(w), 0);
	}
	assert_int_equal(stock_of(w->d, hiding), 0);
	assert_in_range(asked, w->nb, i * ASKED);
	assert_int_equal(ration_try_charge(shared, c, max), 0);
	assert_int_equal(ration_uncharge(shared, c, max), 0);
	drain_all(w->d);
}

/* Kinds of counters that lack room: a leaf, DIRECT with and without children, interior, root. */
static void
refusals_reach_every_member_below_every_kind_of_counter(void **state)
{
	static const uint32_t crowds[] = {1, 7, 8, 9, 15, 16, 17, 24, 31, 32};
	const struct ration_counter_params direct = {
		.max = 100000, .batch = 8, .flags = RATION_COUNTER_DIRECT};
	ration_counter_t leaf, lone, both, below, interior, child;
	struct crowd w;
	uint32_t i;

	(void)state;
	for (i = 0; i < RTE_DIM(crowds); i++) {
		crowd_open(&w, crowds[i], 0);
		leaf = make_counter(w.d, w.root, "leaf", 100000, 8);
		lone = ration_counter_create(w.d, w.root, "lone", &direct);
		both = ration_counter_create(w.d, w.root, "both", &direct);
		below = make_counter(w.d, both, "below", 100000, 8);
		interior = make_counter(w.d, w.root, "interior", 100000, 8);
		child = make_counter(w.d, interior, "child", RATION_UNLIMITED, 8);
		refusals_ask_all(&w, leaf, leaf, 100000);
		refusals_ask_all(&w, lone, lone, 100000);
		refusals_ask_all(&w, both, both, 100000);
		refusals_ask_all(&w, both, below, 100000);
		refusals_ask_all(&w, below, both, 100000);
		refusals_ask_all(&w, interior, child, 100000);
		refusals_ask_all(&w, child, child, 100000);
		assert_int_equal(ration_counter_set_max(w.d, w.root, 100000, 0), 0);
		refusals_ask_all(&w, w.root, leaf, 100000);
		refusals_ask_all(&w, w.root, both, 100000);
		refusals_ask_all(&w, leaf, child, 100000);
		crowd_close(&w);
	}
}

/* The tenants are refused one after the other, as in each burst of one lcore. */
static void
tenants_refused_in_turn_do_not_share_the_turns(void **state)
{
	static const uint32_t crowds[] = {9, 16, 17, 24, 32};
	enum {
		TENANTS_MAX = 5
	};
	ration_counter_t c[TENANTS_MAX];
	uint32_t i, nb, k, round;
	char name[8];
	struct crowd w;

	(void)state;
	for (i = 0; i < RTE_DIM(crowds); i++) {
		crowd_open(&w, crowds[i], 0);
		for (k = 0; k < TENANTS_MAX; k++) {
			snprintf(name, sizeof(name), "%u", k);
			c[k] = make_counter(w.d, w.root, name, 100000, 8);
		}
		for (nb = 1; nb <= TENANTS_MAX; nb++) {
			for (k = 0; k < nb; k++)
				crowd_hides(&w, c[k]);
			for (round = 0; round * ASKED < w.nb; round++) {
				for (k = 0; k < nb; k++)
					assert_int_equal(ration_try_charge(w.lc[0], c[k], 100001),
							 -EDQUOT);
				crowd_polls(&w);
			}
			/* Its own stock counts towards its charge: it does not ask itself. */
			for (k = 0; k < nb; k++)
				assert_int_equal(stock_of(w.d, c[k]),
						 w.lc[0]->stocks[(uint32_t)c[k]].units);
		}
		crowd_close(&w);
	}
}

/* Several lcores, and threads without registration, are refused in turn. Each asks all others. */
static void
refused_lcores_ask_all_in_turn(void **state)
{
	struct ration_lcore *who[4];
	uint32_t nb, i;
	struct crowd w;
	ration_counter_t c;

	(void)state;
	crowd_open(&w, 32, 0);
	c = make_counter(w.d, w.root, "c", 100000, 8);
	for (i = 0; i < 3; i++)
		who[i] = w.lc[i * 9];
	who[3] = ration_lcore_shared(w.d);
	for (nb = 1; nb <= RTE_DIM(who); nb++) {
		crowd_hides(&w, c);
		for (i = 0; i * ASKED < w.nb * nb; i++) {
			assert_int_equal(ration_try_charge(who[i % nb], c, 100001), -EDQUOT);
			crowd_polls(&w);
		}
		/* An lcore does not ask itself; the others ask it. */
		assert_int_equal(stock_of(w.d, c), nb == 1 ? who[0]->stocks[(uint32_t)c].units : 0);
	}
	crowd_close(&w);
}

/* An lcore that is refused asks once in each quiescent interval, at the first refusal. */
static void
an_lcore_asks_once_in_a_quiescent_interval(void **state)
{
	ration_counter_t c, below;
	struct crowd w;
	uint32_t turn;

	(void)state;
	crowd_open(&w, 2, 0);
	/* A parent: members may hide stock below it at any time, so they are always asked. */
	c = make_counter(w.d, w.root, "c", 10, 8);
	below = make_counter(w.d, c, "below", RATION_UNLIMITED, 8);
	for (turn = 0; turn < 200; turn++) {
		assert_int_equal(ration_try_charge(w.lc[0], below, 11), -EDQUOT);
		assert_int_not_equal(ration_load(&w.lc[1]->pending, relaxed), 0);
		ration_quiescent(w.lc[1]);
		assert_int_equal(ration_try_charge(w.lc[0], below, 12), -EDQUOT);
		assert_int_equal(ration_load(&w.lc[1]->pending, relaxed), 0);
		crowd_polls(&w);
	}
	crowd_close(&w);
}

/* An lcore that passes no quiescent point asks again, too. */
static void
without_quiescent_points_an_lcore_asks_again(void **state)
{
	ration_counter_t c, below;
	struct crowd w;
	uint32_t i;

	(void)state;
	crowd_open(&w, 2, 0);
	c = make_counter(w.d, w.root, "c", 10, 8);
	below = make_counter(w.d, c, "below", RATION_UNLIMITED, 8);
	assert_int_equal(ration_try_charge(w.lc[0], below, 11), -EDQUOT);
	ration_quiescent(w.lc[1]);
	for (i = 0; ration_load(&w.lc[1]->pending, relaxed) == 0; i++) {
		assert_in_range(i, 0, 300);
		assert_int_equal(ration_try_charge(w.lc[0], below, 11), -EDQUOT);
	}
	assert_in_range(i, 200, 300);
	crowd_close(&w);
}

/* Each word of the mailbox holds a request, and each is served at the next quiescent point. */
static void
every_word_of_a_mailbox_is_served(void **state)
{
	ration_counter_t c[RATION_REQUESTS_MAX];
	struct crowd w;
	char name[8];
	uint32_t i;

	(void)state;
	crowd_open(&w, 2, 0);
	for (i = 0; i < RTE_DIM(c); i++) {
		snprintf(name, sizeof(name), "%u", i);
		c[i] = make_counter(w.d, w.root, name, 100000, 8);
		assert_int_equal(ration_try_charge(w.lc[1], c[i], 1), 0);
	}
	for (i = 0; i < RTE_DIM(c); i++)
		assert_int_equal(ration_try_charge(w.lc[0], c[i], 100000), -EDQUOT);
	for (i = 0; i < RTE_DIM(c); i++)
		assert_int_not_equal(ration_load(&w.lc[1]->requests[i], relaxed), 0);
	ration_quiescent(w.lc[1]);
	assert_int_equal(stock_of(w.d, w.root), 0);
	for (i = 0; i < RTE_DIM(c); i++) {
		assert_int_equal(ration_load(&w.lc[1]->requests[i], relaxed), 0);
		assert_int_equal(ration_uncharge(w.lc[1], c[i], 1), 0);
	}
	crowd_close(&w);
}

/*
 * As many counters as the mailbox has words are refused before it every time, and take stock again:
 * the request of the last counter finds no word, but its stock comes back in the end.
 */
static void
a_counter_that_never_finds_a_word_is_not_refused_for_ever(void **state)
{
	enum {
		NB = RATION_REQUESTS_MAX + 1,
		TIMES = 1000
	};
	static const uint32_t crowds[] = {2, 9, 32};
	const uint32_t last = RATION_REQUESTS_MAX;
	ration_counter_t c[NB];
	struct ration_lcore *hider;
	uint32_t i, k, times;
	struct crowd w;
	char name[8];

	(void)state;
	for (k = 0; k < RTE_DIM(crowds); k++) {
		crowd_open(&w, crowds[k], 0);
		hider = w.lc[w.nb - 1];
		for (i = 0; i < NB; i++) {
			snprintf(name, sizeof(name), "%u", i);
			c[i] = make_counter(w.d, w.root, name, 100000, 8);
			assert_int_equal(ration_try_charge(hider, c[i], 1), 0);
		}
		for (times = 0; hider->stocks[(uint32_t)c[last]].units > 0; times++) {
			assert_in_range(times, 0, TIMES);
			for (i = 0; i < NB; i++)
				assert_int_equal(
					ration_try_charge(ration_lcore_shared(w.d), c[i], 100000),
					-EDQUOT);
			ration_quiescent(hider);
			for (i = 0; i < last; i++) {
				assert_int_equal(ration_try_charge(hider, c[i], 1), 0);
				assert_int_equal(ration_uncharge(hider, c[i], 1), 0);
			}
		}
		/* Such requests are rare, because they return all stock. */
		assert_in_range(times, 200, TIMES);
		crowd_close(&w);
	}
}

/* What a refused charge of another lcore leaves. */
static void
write_refused_request(struct ration_lcore *lc, ration_counter_t c)
{
	ration_store(&lc->requests[0], ((uint32_t)c + 1) | 1u << 31, relaxed);
	ration_fetch_or(&lc->pending, RATION_PENDING_REQUESTS, relaxed);
}

/*
 * Before each quiescent point another request arrives, for the first counter, whose stock is filled
 * again each time. The scan that runs ends all the same, with the entries after it. The scan of a
 * member begins at a word of its own, and continues at entry 0.
 */
static void
a_scan_ends_though_requests_keep_arriving(void **state)
{
	enum {
		NB = 100,
		WORK = 4
	};
	/* Entry 0 is the root; the second member begins at entry 64. */
	static const struct {
		uint32_t first, last;
	} scans[] = {{0, NB - 1}, {63, 62}};
	ration_counter_t c[NB];
	uint64_t drains;
	struct ration_lcore *scanned, *refused;
	struct crowd w;
	char name[8];
	uint32_t i, k, points;

	(void)state;
	for (k = 0; k < RTE_DIM(scans); k++) {
		crowd_open(&w, 2, WORK);
		scanned = w.lc[k];
		refused = w.lc[1 - k];
		for (i = 0; i < NB; i++) {
			snprintf(name, sizeof(name), "%u", i);
			c[i] = make_counter(w.d, w.root, name, 100000, 8);
			assert_int_equal(ration_try_charge(scanned, c[i], 1), 0);
		}
		assert_int_equal(ration_try_charge(refused, c[scans[k].last], 100001), -EDQUOT);
		drains = stats_of(scanned).drains;
		for (points = 0; stock_of(w.d, c[scans[k].last]) > 0; points++) {
			assert_in_range(points, 0, NB / WORK + 1);
			assert_int_equal(ration_try_charge(scanned, c[scans[k].first], 1), 0);
			assert_int_equal(ration_try_charge(refused, c[scans[k].first], 100001),
					 -EDQUOT);
			ration_quiescent(refused);
			ration_quiescent(scanned);
		}
		assert_in_range(points, NB / WORK, NB / WORK + 1);
		/* The requests that arrived during the scan are served by the next one. */
		for (; stock_of(w.d, c[scans[k].first]) > 0; points++) {
			assert_in_range(points, 0, 2 * (NB / WORK + 1));
			ration_quiescent(scanned);
		}
		assert_in_range(stats_of(scanned).drains, drains + 1, drains + 2);
		crowd_close(&w);
	}
}

/* A drain in parts returns all stock, wherever the scan of the member begins. */
static void
a_scan_in_parts_returns_all(void **state)
{
	enum {
		NB = 120,
		WORK = 3
	};
	struct drain_set all = {.everything = true};
	struct crowd w;
	ration_counter_t c;
	char name[8];
	uint32_t i, k, points;

	(void)state;
	crowd_open(&w, 6, WORK);
	for (i = 0; i < NB; i++) {
		snprintf(name, sizeof(name), "%u", i);
		c = make_counter(w.d, w.root, name, 100000, 8);
		for (k = 0; k < 6; k++)
			assert_int_equal(ration_try_charge(w.lc[k], c, 1), 0);
	}
	for (k = 0; k < 6; k++) {
		ration_fetch_or(&w.lc[k]->pending,
				RATION_PENDING_REQUESTS | RATION_PENDING_EVERYTHING, relaxed);
		for (points = 0; ration_load(&w.lc[k]->pending, relaxed) != 0; points++) {
			assert_in_range(points, 0, NB / WORK + 5);
			ration_quiescent(w.lc[k]);
		}
		assert_in_range(points, NB / WORK, NB / WORK + 5);
		for (i = 1; i <= NB; i++)
			assert_int_equal(w.lc[k]->stocks[i].units, 0);
		assert_int_equal(ration_workspace(w.lc[k])->caps, 0);
	}
	assert_int_equal(ration_give_back(w.lc[0], &all), 0);
	crowd_close(&w);
}

/* An entry that a scan in parts has passed becomes active: its level does not count as watched. */
static void
a_scan_in_parts_watches_no_level(void **state)
{
	enum {
		NB = 7,
		WORK = 2
	};
	ration_counter_t parent, c[NB];
	struct crowd w;
	char name[8];
	uint32_t i, k, points;

	(void)state;
	for (k = 0; k < 2; k++) { /* Without parts it does. */
		crowd_open(&w, 2, k == 0 ? WORK : 64);
		parent = make_counter(w.d, w.root, "parent", 64, 64);
		for (i = 0; i < NB; i++) {
			snprintf(name, sizeof(name), "%u", i);
			c[i] = make_counter(w.d, parent, name, 100000, 64);
		}
		for (i = 0; i < NB - 1; i++) {
			assert_int_equal(ration_try_charge(w.lc[0], c[i], 2), 0);
			assert_int_equal(ration_uncharge(w.lc[0], c[i], 2), 0);
		}
		write_refused_request(w.lc[0], parent);
		for (points = 0; ration_load(&w.lc[0]->pending, relaxed) != 0; points++) {
			ration_quiescent(w.lc[0]);
			assert_int_equal(ration_try_charge(w.lc[0], c[0], 1), 0);
			assert_int_equal(ration_uncharge(w.lc[0], c[0], 1), 0);
		}
		assert_int_equal(points > 1, k == 0);
		assert_int_equal(ration_level_is_watched(w.lc[0], (uint32_t)parent), k == 1);
		crowd_close(&w);
	}
}

/* Offline counters with units are before it in the list; each control call looks at eight. */
static void
an_offline_counter_without_units_does_not_wait_behind_others(void **state)
{
	enum {
		NB = 30,
		LOOKED_AT = 8
	};
	ration_counter_t c[NB];
	struct ration_counter_info info;
	struct crowd w;
	char name[8];
	uint32_t i, k;

	(void)state;
	crowd_open(&w, 1, 0);
	for (i = 0; i < NB; i++) {
		snprintf(name, sizeof(name), "%u", i);
		c[i] = make_counter(w.d, w.root, name, 100, 0);
		assert_int_equal(ration_try_charge(w.lc[0], c[i], 1), 0);
	}
	for (i = 0; i < NB; i++)
		assert_int_equal(ration_counter_destroy(w.d, c[i], RATION_DESTROY_KEEP_UNITS), 0);
	for (k = 1; k <= NB; k++) {
		assert_int_equal(ration_uncharge(w.lc[0], c[k * 7 % NB], 1), 0);
		for (i = 0; i * LOOKED_AT < NB; i++)
			assert_int_equal(ration_counter_destroy(w.d, w.root, 0), -EPERM);
		assert_int_equal(ration_counter_get(w.d, c[k * 7 % NB], &info), -ESTALE);
		assert_int_equal(info_of(w.d, w.root).nb_children, NB - k);
	}
	crowd_close(&w);
}

int
main(void)
{
	const struct CMUnitTest turns[] = {
		cmocka_unit_test(refusals_reach_every_member_below_every_kind_of_counter),
		cmocka_unit_test(tenants_refused_in_turn_do_not_share_the_turns),
		cmocka_unit_test(refused_lcores_ask_all_in_turn),
		cmocka_unit_test(an_lcore_asks_once_in_a_quiescent_interval),
		cmocka_unit_test(without_quiescent_points_an_lcore_asks_again),
		cmocka_unit_test(every_word_of_a_mailbox_is_served),
		cmocka_unit_test(a_counter_that_never_finds_a_word_is_not_refused_for_ever),
		cmocka_unit_test(a_scan_ends_though_requests_keep_arriving),
		cmocka_unit_test(a_scan_in_parts_returns_all),
		cmocka_unit_test(a_scan_in_parts_watches_no_level),
		cmocka_unit_test(an_offline_counter_without_units_does_not_wait_behind_others),
	};

	if (test_eal_start("turns", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(turns, NULL, NULL));
}
