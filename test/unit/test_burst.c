/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Burst calls have the same results as single calls, one after the other. */

#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"
#include "prng.h"
#include "ration_pvt.h"

#define BURST 32

static void
a_burst_is_granted_packet_by_packet(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 3, 64);
	ration_counter_t b = make_counter(f->d, f->root, "b", 100, 64);
	const ration_counter_t c[] = {a, a, b, a, a, a, b, b};
	const uint8_t expected[] = {1, 1, 1, 1, 0, 0, 1, 1};
	uint8_t granted[RTE_DIM(c)];

	memset(granted, 0xff, sizeof(granted));
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, RTE_DIM(c), granted), 6);
	assert_memory_equal(granted, expected, sizeof(expected));
	assert_int_equal(usage_of(f->d, a), 3);
	assert_int_equal(usage_of(f->d, b) - stock_of(f->d, b), 3);
	assert_int_equal(failures_of(f->d, a), 2);
	assert_int_equal(stats_of(f->lc[0]).refusals, 2);
}

static void
a_run_is_granted_as_far_as_it_fits(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 10, 0);
	const ration_counter_t c[] = {a, a, a, a, a};
	const uint32_t n[] = {4, 7, 5, 0, 1};
	const uint8_t expected[] = {1, 0, 1, 1, 1};
	uint8_t granted[RTE_DIM(c)];

	assert_int_equal(ration_try_charge_burst(f->lc[0], c, n, RTE_DIM(c), granted), 4);
	assert_memory_equal(granted, expected, sizeof(expected));
	assert_int_equal(usage_of(f->d, a), 10);
}

static void
sums_of_a_run_do_not_wrap(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 100, 64);
	const ration_counter_t c[] = {a, a, a};
	const uint32_t n[] = {UINT32_MAX, 2, 3};
	const uint8_t expected[] = {0, 1, 1};
	uint8_t granted[RTE_DIM(c)];

	assert_int_equal(ration_try_charge_burst(f->lc[0], c, n, RTE_DIM(c), granted), 2);
	assert_memory_equal(granted, expected, sizeof(expected));
	assert_int_equal(usage_of(f->d, a) - stock_of(f->d, a), 5);
}

/* The sum of the first run is 2^32 + 1: if it wrapped, a stock of 64 units would cover it. */
static void
sums_of_a_charged_run_do_not_wrap_into_the_stock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 1000, 64);
	ration_counter_t b = make_counter(f->d, f->root, "b", 1000, 64);
	const ration_counter_t c[] = {a, a, b, a, a};
	const uint32_t n[] = {UINT32_MAX, 2, 1, UINT32_MAX, 2};
	const uint8_t expected[] = {0, 1, 1, 0, 1};
	uint8_t granted[RTE_DIM(c)];

	assert_int_equal(ration_try_charge(f->lc[0], a, 1), 0);
	assert_int_equal(stock_of(f->d, a), 64);
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, n, RTE_DIM(c), granted), 3);
	assert_memory_equal(granted, expected, sizeof(expected));
	assert_int_equal(usage_of(f->d, a) - stock_of(f->d, a), 5);
}

/* Units that one run returns: more than 32 bits hold, in the middle and at the end of a burst. */
static void
sums_of_a_returned_run_do_not_wrap(void **state)
{
	static const uint32_t batches[] = {0, 64};
	const uint64_t many = 2 * (uint64_t)UINT32_MAX + 3;
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(batches); i++) {
		ration_counter_t a = make_counter(f->d, f->root, "a", RATION_UNLIMITED, batches[i]);
		ration_counter_t b = make_counter(f->d, f->root, "b", RATION_UNLIMITED, batches[i]);
		const ration_counter_t c[] = {a, a, a, b, a, a, a};
		const uint32_t n[] = {UINT32_MAX, UINT32_MAX, 3, 7, 3, UINT32_MAX, UINT32_MAX};

		assert_int_equal(ration_try_charge(f->lc[0], a, 2 * many), 0);
		assert_int_equal(ration_try_charge(f->lc[0], b, 7), 0);
		assert_int_equal(ration_uncharge_burst(f->lc[0], c, n, RTE_DIM(c)), RTE_DIM(c));
		drain_all(f->d);
		assert_int_equal(usage_of(f->d, a), 0);
		assert_int_equal(usage_of(f->d, f->root), 0);
		assert_int_equal(ration_counter_destroy(f->d, a, 0), 0);
		assert_int_equal(ration_counter_destroy(f->d, b, 0), 0);
	}
}

/* One unit is granted, and the sum of the run is 2^32 + 1. */
static void
a_returned_run_that_would_wrap_is_too_much(void **state)
{
	static const uint32_t batches[] = {0, 64};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(batches); i++) {
		ration_counter_t a = make_counter(f->d, f->root, "a", 1000, batches[i]);
		const ration_counter_t c[] = {a, a, RATION_COUNTER_NONE, a, a};
		const uint32_t n[] = {UINT32_MAX, 2, 1, 2, UINT32_MAX};

		assert_int_equal(ration_try_charge(f->lc[0], a, 1), 0);
		assert_int_equal(ration_uncharge_burst(f->lc[0], c, n, RTE_DIM(c)), 0);
		assert_int_equal(usage_of(f->d, a) - stock_of(f->d, a), 1);
		assert_int_equal(stock_of(f->d, a), batches[i]);
		assert_int_equal(info_of(f->d, a).rejected, 2);
		assert_int_equal(ration_uncharge(f->lc[0], a, 1), 0);
		assert_int_equal(ration_counter_destroy(f->d, a, 0), 0);
	}
}

/* A run of as many packets as a burst can have. */
static void
the_longest_burst_is_one_run(void **state)
{
	static ration_counter_t c[UINT16_MAX];
	static uint8_t granted[UINT16_MAX];
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", UINT16_MAX - 1, 0);
	uint32_t i;

	for (i = 0; i < RTE_DIM(c); i++)
		c[i] = a;
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, UINT16_MAX, granted),
			 UINT16_MAX - 1);
	assert_int_equal(granted[UINT16_MAX - 2], 1);
	assert_int_equal(granted[UINT16_MAX - 1], 0);
	assert_int_equal(usage_of(f->d, a), UINT16_MAX - 1);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, NULL, UINT16_MAX), 0);
	assert_int_equal(usage_of(f->d, a), UINT16_MAX - 1);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, NULL, UINT16_MAX - 1), UINT16_MAX - 1);
	assert_int_equal(usage_of(f->d, a), 0);
}

static void
an_empty_burst_does_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 10, 64);
	uint8_t granted = 0xff;

	assert_int_equal(ration_try_charge_burst(f->lc[0], &a, NULL, 0, &granted), 0);
	assert_int_equal(ration_uncharge_burst(f->lc[0], &a, NULL, 0), 0);
	assert_int_equal(granted, 0xff);
	assert_int_equal(usage_of(f->d, a), 0);
}

static void
stale_handles_in_a_burst_change_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t stale = make_counter(f->d, f->root, "stale", 10, 64), a;
	ration_counter_t c[6];
	const uint8_t expected[] = {1, 0, 1, 0, 0, 1};
	uint8_t granted[RTE_DIM(c)];

	assert_int_equal(ration_counter_destroy(f->d, stale, 0), 0);
	a = make_counter(f->d, f->root, "a", 100, 64);
	c[0] = c[2] = c[5] = a;
	c[1] = c[3] = stale;
	c[4] = RATION_COUNTER_NONE;
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, RTE_DIM(c), granted), 3);
	assert_memory_equal(granted, expected, sizeof(expected));
	assert_int_equal(stats_of(f->lc[0]).rejected, 3);
	assert_int_equal(usage_of(f->d, a) - stock_of(f->d, a), 3);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, NULL, RTE_DIM(c)), 3);
	assert_int_equal(stats_of(f->lc[0]).rejected, 6);
	assert_int_equal(usage_of(f->d, a), stock_of(f->d, a));
	assert_int_equal(usage_of(f->d, f->root), stock_of(f->d, a));
}

/* The reason of each refusal in a burst, asked for afterwards. */
static void
a_refusal_in_a_burst_tells_its_reason(void **state)
{
	struct fixture *f = *state;
	ration_counter_t stale = make_counter(f->d, f->root, "stale", 10, 64), full, dying, good;
	const int expected[] = {0, -EDQUOT, -ESTALE, -ENOENT, -ESTALE, -EDQUOT};
	ration_counter_t c[RTE_DIM(expected)];
	uint8_t granted[RTE_DIM(expected)];
	struct ration_lcore_stats before;
	unsigned int i;

	assert_int_equal(ration_counter_destroy(f->d, stale, 0), 0);
	good = make_counter(f->d, f->root, "good", 100, 64);
	full = make_counter(f->d, f->root, "full", 0, 64);
	dying = make_counter(f->d, f->root, "dying", 10, 0);
	assert_int_equal(ration_try_charge(f->lc[0], dying, 1), 0);
	assert_int_equal(ration_counter_destroy(f->d, dying, RATION_DESTROY_KEEP_UNITS), 0);
	c[0] = good;
	c[1] = c[5] = full;
	c[2] = stale;
	c[3] = dying;
	c[4] = RATION_COUNTER_NONE;
	assert_int_equal(ration_try_charge_burst(f->lc[0], c, NULL, RTE_DIM(c), granted), 1);
	before = stats_of(f->lc[0]);
	for (i = 1; i < RTE_DIM(c); i++) {
		assert_int_equal(granted[i], 0);
		assert_int_equal(ration_charge_error(f->lc[0], c[i]), expected[i]);
		assert_int_equal(ration_charge_error(ration_lcore_shared(f->d), c[i]), expected[i]);
	}
	/* Asking counts nothing. */
	assert_int_equal(stats_of(f->lc[0]).rejected, before.rejected);
	assert_int_equal(stats_of(f->lc[0]).refusals, before.refusals);
	assert_int_equal(failures_of(f->d, full), 2);
	assert_int_equal(ration_uncharge(f->lc[0], dying, 1), 0);
}

static void
an_uncharged_burst_tells_what_was_too_much(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 100, 0);
	ration_counter_t b = make_counter(f->d, f->root, "b", 100, 0);
	const ration_counter_t c[] = {a, b, b, a};
	const uint32_t n[] = {2, 3, 4, 1};

	assert_int_equal(ration_try_charge(f->lc[0], a, 3), 0);
	assert_int_equal(ration_try_charge(f->lc[0], b, 6), 0);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, n, RTE_DIM(c)), 2);
	assert_int_equal(usage_of(f->d, a), 0);
	assert_int_equal(usage_of(f->d, b), 6);
	assert_int_equal(info_of(f->d, b).rejected, 1);
}

/* ---- the same operations on two domains, as bursts and one by one */

#define TWIN_COUNTERS 5

struct twin {
	struct ration_domain *d;
	struct ration_lcore *lc;
	ration_counter_t c[TWIN_COUNTERS];
};

static void
twin_make(struct twin *t, const char *name, uint32_t batch)
{
	static const uint64_t limits[TWIN_COUNTERS] = {150, 40, 100, 7, RATION_UNLIMITED};
	static const char *const names[TWIN_COUNTERS] = {"p", "a", "b", "c", "d"};
	unsigned int i;

	t->d = ration_domain_create(name, NULL);
	assert_non_null(t->d);
	t->lc = ration_lcore_register_extra(t->d);
	assert_non_null(t->lc);
	t->c[0] = make_counter(t->d, ration_domain_root(t->d), names[0], limits[0], batch);
	for (i = 1; i < TWIN_COUNTERS; i++)
		t->c[i] = make_counter(t->d, t->c[0], names[i], limits[i], batch);
}

static void
twin_free(struct twin *t)
{
	assert_sound(t->d);
	assert_int_equal(ration_lcore_unregister(t->lc), 0);
	assert_int_equal(ration_domain_free(t->d), 0);
}

/*
 * Failures of packets of several units may count at another level: the burst notes the level with
 * the least room for all of them, single charges that for each.
 */
static void
assert_twins_agree(const struct twin *a, const struct twin *b, bool amounts)
{
	uint64_t sum_a = 0, sum_b = 0;
	unsigned int i;

	for (i = 0; i < TWIN_COUNTERS; i++) {
		assert_int_equal(usage_of(a->d, a->c[i]), usage_of(b->d, b->c[i]));
		assert_int_equal(stock_of(a->d, a->c[i]), stock_of(b->d, b->c[i]));
		assert_int_equal(info_of(a->d, a->c[i]).refused, info_of(b->d, b->c[i]).refused);
		if (!amounts)
			assert_int_equal(failures_of(a->d, a->c[i]), failures_of(b->d, b->c[i]));
		sum_a += failures_of(a->d, a->c[i]);
		sum_b += failures_of(b->d, b->c[i]);
	}
	assert_int_equal(sum_a, sum_b);
}

/* A burst of random packets. */
struct packets {
	unsigned int nb;
	unsigned int which[BURST];
	uint32_t n[BURST];
	uint8_t granted[BURST];
};

/* Make the same charges one by one, but all packets of a counter where the first of them is. */
static void
charge_one_by_one(struct twin *t, const struct packets *p)
{
	bool done[TWIN_COUNTERS] = {false};
	unsigned int i, j;

	for (i = 0; i < p->nb; i++) {
		for (j = i; j < p->nb && !done[p->which[i]]; j++) {
			if (p->which[j] == p->which[i])
				assert_int_equal(
					p->granted[j],
					ration_try_charge(t->lc, t->c[p->which[j]], p->n[j]) == 0);
		}
		done[p->which[i]] = true;
	}
}

/* No packet was refused that would fit now. */
static void
assert_refused_for_lack_of_room(struct twin *t, const struct packets *p)
{
	struct counter *c;
	unsigned int i;

	for (i = 0; i < p->nb; i++) {
		c = ration_resolve(t->d, t->c[p->which[i]]);
		if (!p->granted[i])
			assert_true(p->n[i] > t->lc->stocks[(uint32_t)t->c[p->which[i]]].units +
						      ration_hier_margin(t->d, c));
	}
}

/* Charge a random burst, and record the granted units as held. */
static void
twin_charge(struct twin *t, struct packets *p, struct prng *prng, int amounts,
	    uint64_t held[TWIN_COUNTERS])
{
	ration_counter_t c[BURST];
	unsigned int i, ok;

	p->nb = prng_below(prng, BURST + 1);
	for (i = 0; i < p->nb; i++) {
		/* Runs of the same counter are frequent, as with real packets. */
		p->which[i] = i > 0 && prng_below(prng, 2) ? p->which[i - 1]
							   : prng_below(prng, TWIN_COUNTERS);
		c[i] = t->c[p->which[i]];
		p->n[i] = amounts ? prng_below(prng, 9) : 1;
	}
	ok = ration_try_charge_burst(t->lc, c, amounts ? p->n : NULL, p->nb, p->granted);
	for (i = 0; i < p->nb; i++) {
		ok -= p->granted[i];
		held[p->which[i]] += p->granted[i] ? p->n[i] : 0;
	}
	assert_int_equal(ok, 0);
}

/* Give a part of the held units back, one call for each in both domains. */
static void
twin_uncharge(struct twin *t, struct twin *too, struct prng *prng, uint64_t held[TWIN_COUNTERS])
{
	unsigned int i;

	for (i = 0; i < TWIN_COUNTERS; i++) {
		uint64_t n = prng_below(prng, held[i] + 1);

		assert_int_equal(ration_uncharge(t->lc, t->c[i], n), 0);
		if (too != NULL)
			assert_int_equal(ration_uncharge(too->lc, too->c[i], n), 0);
		held[i] -= n;
	}
}

static void
charged_bursts_equal_single_charges(void **state)
{
	uint64_t held[TWIN_COUNTERS];
	struct prng prng = {7};
	unsigned int amounts, j;
	struct packets p;
	struct twin a, b;

	(void)state;
	for (amounts = 0; amounts < 2; amounts++) {
		memset(held, 0, sizeof(held));
		twin_make(&a, "burst", 0);
		twin_make(&b, "single", 0);
		for (j = 0; j < 2000; j++) {
			twin_charge(&a, &p, &prng, amounts, held);
			charge_one_by_one(&b, &p);
			assert_twins_agree(&a, &b, amounts);
			twin_uncharge(&a, &b, &prng, held);
			assert_twins_agree(&a, &b, amounts);
		}
		twin_free(&a);
		twin_free(&b);
	}
}

static void
a_charged_burst_is_granted_what_there_is_room_for(void **state)
{
	static const uint32_t batches[] = {0, 1, 4, 64};
	uint64_t held[TWIN_COUNTERS];
	struct prng prng = {7};
	unsigned int i, j, k;
	struct packets p;
	struct twin t;

	(void)state;
	for (i = 0; i < RTE_DIM(batches); i++) {
		memset(held, 0, sizeof(held));
		twin_make(&t, "burst", batches[i]);
		for (j = 0; j < 2000; j++) {
			twin_charge(&t, &p, &prng, j % 2, held);
			/* Packets of several units may leave a rest, which goes back later. */
			if (j % 2 == 0)
				assert_refused_for_lack_of_room(&t, &p);
			for (k = 1; k < TWIN_COUNTERS; k++)
				assert_int_equal(usage_of(t.d, t.c[k]),
						 held[k] + stock_of(t.d, t.c[k]));
			twin_uncharge(&t, NULL, &prng, held);
		}
		twin_free(&t);
	}
}

/* The stock may differ afterwards, because a run is uncharged in one piece; the units may not. */
static void
uncharged_bursts_give_back_what_single_calls_do(void **state)
{
	static const uint32_t batches[] = {0, 1, 4, 64};
	ration_counter_t c[BURST];
	uint32_t n[BURST];
	uint8_t granted[BURST];
	struct prng prng = {11};
	struct twin t;
	unsigned int i, j, k, nb;

	(void)state;
	for (i = 0; i < RTE_DIM(batches); i++) {
		twin_make(&t, "return", batches[i]);
		for (j = 0; j < 2000; j++) {
			for (k = 0; k < BURST; k++) {
				c[k] = k > 0 && prng_below(&prng, 2)
					       ? c[k - 1]
					       : t.c[prng_below(&prng, TWIN_COUNTERS)];
				n[k] = prng_below(&prng, 9);
			}
			ration_try_charge_burst(t.lc, c, n, BURST, granted);
			for (k = 0, nb = 0; k < BURST; k++) {
				if (!granted[k])
					continue;
				c[nb] = c[k];
				n[nb++] = n[k];
			}
			assert_int_equal(ration_uncharge_burst(t.lc, c, n, nb), nb);
			for (k = 0; k < TWIN_COUNTERS; k++)
				assert_int_equal(usage_of(t.d, t.c[k]), stock_of(t.d, t.c[k]));
		}
		twin_free(&t);
	}
}

/* Handles that differ from the counter's in one bit of the generation that an entry stores. */
static void
assert_no_neighbor_hits(struct ration_lcore *lc, ration_counter_t c)
{
	struct ration_stock *entry = &lc->stocks[(uint32_t)c];
	uint32_t stock = ration_load(&entry->units, relaxed);
	unsigned int bit;

	for (bit = 32 + RATION_CAP_BITS; bit < 64; bit++) {
		/* Two elements, because the last one of a burst may take another code path. */
		const ration_counter_t wrong[] = {c ^ UINT64_C(1) << bit, RATION_COUNTER_NONE};
		uint8_t granted[] = {1, 1};

		assert_int_equal(ration_try_charge_burst(lc, wrong, NULL, 2, granted), 0);
		assert_int_equal(granted[0], 0);
		assert_int_equal(ration_uncharge_burst(lc, wrong, NULL, 2), 0);
		assert_int_equal(ration_load(&entry->units, relaxed), stock);
	}
}

/* One unit, and all other bits of the entry as in the handle: the generation differs by one bit. */
static void
assert_no_neighbor_hits_one_unit(struct ration_lcore *lc, ration_counter_t c)
{
	struct ration_stock *entry = &lc->stocks[(uint32_t)c];
	const struct ration_stock before = *entry;

	ration_store(&entry->units, 1, relaxed);
	ration_store(&entry->limit, (uint32_t)(c >> 32), relaxed);
	assert_no_neighbor_hits(lc, c);
	*entry = before;
}

static void
a_unit_of_another_generation_never_hits_whatever_the_stock(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 100, 4);
	const ration_counter_t pair[] = {a, make_counter(f->d, f->root, "b", 100, 4)};
	struct ration_stock *entry = &f->lc[0]->stocks[(uint32_t)a];
	uint8_t granted[2];
	uint32_t i;

	assert_int_equal(ration_try_charge(f->lc[0], a, 20), 0);
	assert_int_equal(ration_try_charge(f->lc[0], pair[1], 20), 0);
	for (i = 4; i < 8; i++) {
		assert_int_equal(ration_load(&entry->units, relaxed), i);
		assert_no_neighbor_hits(f->lc[0], a);
		assert_int_equal(ration_uncharge_burst(f->lc[0], pair, NULL, 2), 2);
	}
	for (i = 8; i > 0; i--) {
		assert_int_equal(ration_load(&entry->units, relaxed), i);
		assert_no_neighbor_hits(f->lc[0], a);
		assert_int_equal(ration_try_charge_burst(f->lc[0], pair, NULL, 2, granted), 2);
	}
	assert_int_equal(ration_load(&entry->units, relaxed), 0);
	assert_no_neighbor_hits(f->lc[0], a);
	assert_no_neighbor_hits_one_unit(f->lc[0], a);
	/* A wrong generation hits neither an empty nor a full stock. */
	assert_int_equal(ration_try_charge_burst(f->lc[0], pair, NULL, 2, granted), 2);
	assert_int_equal(stats_of(f->lc[0]).refills, 4);
	assert_int_equal(usage_of(f->d, a) - stock_of(f->d, a), 25);
}

/* A part of the run would fit into the stock. */
static void
a_run_that_is_too_much_is_not_taken_back_in_part(void **state)
{
	struct fixture *f = *state;
	ration_counter_t a = make_counter(f->d, f->root, "a", 1000, 64), c[100];
	unsigned int i;

	for (i = 0; i < RTE_DIM(c); i++)
		c[i] = a;
	assert_int_equal(ration_try_charge(f->lc[0], a, 2), 0);
	assert_int_equal(stock_of(f->d, a), 64);
	assert_int_equal(ration_uncharge_burst(f->lc[0], c, NULL, RTE_DIM(c)), 0);
	assert_int_equal(stock_of(f->d, a), 64);
	assert_int_equal(usage_of(f->d, a), 66);
}

static void
prefetch_changes_nothing(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c[2] = {make_counter(f->d, f->root, "a", 10, 0), RATION_COUNTER_NONE};

	ration_prefetch(f->lc[0], c, 2);
	ration_prefetch(f->lc[0], c, 0);
	assert_int_equal(usage_of(f->d, f->root), 0);
}

int
main(void)
{
	const struct CMUnitTest burst[] = {
		with_one_member(a_burst_is_granted_packet_by_packet),
		with_one_member(a_run_is_granted_as_far_as_it_fits),
		with_one_member(sums_of_a_run_do_not_wrap),
		with_one_member(sums_of_a_charged_run_do_not_wrap_into_the_stock),
		with_one_member(sums_of_a_returned_run_do_not_wrap),
		with_one_member(a_returned_run_that_would_wrap_is_too_much),
		with_one_member(the_longest_burst_is_one_run),
		with_one_member(an_empty_burst_does_nothing),
		with_one_member(stale_handles_in_a_burst_change_nothing),
		with_one_member(a_refusal_in_a_burst_tells_its_reason),
		with_one_member(an_uncharged_burst_tells_what_was_too_much),
		cmocka_unit_test(charged_bursts_equal_single_charges),
		cmocka_unit_test(a_charged_burst_is_granted_what_there_is_room_for),
		cmocka_unit_test(uncharged_bursts_give_back_what_single_calls_do),
		with_one_member(a_unit_of_another_generation_never_hits_whatever_the_stock),
		with_one_member(a_run_that_is_too_much_is_not_taken_back_in_part),
		with_one_member(prefetch_changes_nothing),
	};

	if (test_eal_start("burst", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(burst, NULL, NULL));
}
