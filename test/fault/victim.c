/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include <rte_common.h>

#include "victim.h"

struct victim {
	struct ration_domain *d;
	struct ration_lcore *lc;
	struct victim_orders *orders;
	struct victim_book *book;
	struct prng prng;
};

static void
start_call(struct victim *v, enum deed deed, uint32_t which, uint32_t n)
{
	ration_store(&v->book->deed, DEED(deed, which, n), seq_cst);
}

static void
end_call(struct victim *v)
{
	ration_store(&v->book->deed, 0, seq_cst);
}

static void
expect(struct victim *v, bool right)
{
	if (!right)
		ration_fetch_add(&v->book->wrong, 1, relaxed);
}

static void
charge(struct victim *v)
{
	const uint32_t which = prng_below(&v->prng, VICTIM_COUNTERS);
	const uint32_t n = 1 + prng_below(&v->prng, 40);
	const uint64_t kind = prng_below(&v->prng, 2000);
	ration_counter_t c = v->orders->c[which];
	int rc;

	start_call(v, kind > 1 ? DEED_CHARGE : DEED_ALL, which, n);
	if (kind > 1)
		rc = ration_try_charge(v->lc, c, n);
	else if (kind == 1)
		rc = ration_charge_force(v->lc, c, n);
	else
		rc = ration_try_charge_sync(v->lc, c, n, 20, NULL);
	expect(v, rc == 0 || rc == -EDQUOT || rc == -ETIMEDOUT);
	if (rc == 0)
		ration_fetch_add(&v->book->granted[which], n, seq_cst);
	end_call(v);
}

static void
uncharge(struct victim *v)
{
	const uint32_t which = prng_below(&v->prng, VICTIM_COUNTERS);
	const uint64_t granted = ration_load(&v->book->granted[which], relaxed);
	uint32_t n;

	if (granted == 0)
		return;
	n = 1 + prng_below(&v->prng, granted);
	start_call(v, DEED_UNCHARGE, which, n);
	expect(v, ration_uncharge(v->lc, v->orders->c[which], n) == 0);
	ration_fetch_sub(&v->book->granted[which], n, seq_cst);
	end_call(v);
}

static void
drain(struct victim *v)
{
	int rc;

	start_call(v, DEED_ALL, 0, 0);
	rc = ration_drain(v->d, v->orders->c[prng_below(&v->prng, VICTIM_COUNTERS)],
			  prng_below(&v->prng, 2) * 500, NULL);
	expect(v, rc == 0 || rc == -ETIMEDOUT || rc == -EAGAIN);
	end_call(v);
}

static void
go_offline(struct victim *v)
{
	start_call(v, DEED_ALL, 0, 0);
	expect(v, ration_lcore_offline(v->lc) == 0);
	expect(v, ration_lcore_online(v->lc) == 0);
	end_call(v);
}

static void
poll(struct victim *v)
{
	start_call(v, DEED_ALL, 0, 0);
	ration_quiescent(v->lc);
	end_call(v);
}

static void
one_turn(struct victim *v)
{
	uint64_t kind = prng_below(&v->prng, 8000);

	/* Calls that wait take thousands of times as long: rare ones are killed often enough. */
	if (kind == 0)
		drain(v);
	else if (kind < 10)
		go_offline(v);
	else if (kind < 400)
		poll(v);
	else if (kind < 4400)
		charge(v);
	else
		uncharge(v);
	ration_fetch_add(&v->book->turns, 1, relaxed);
}

void
victim_live(struct ration_domain *d, struct victim_orders *orders, struct victim_book *book,
	    uint64_t seed)
{
	uint32_t pause;
	struct victim v = {.d = d, .orders = orders, .book = book, .prng = {seed}};

	v.lc = ration_lcore_register(d);
	if (v.lc == NULL)
		_exit(1);
	ration_store(&book->member_id, v.lc->member_id + 1, release);
	for (;;) {
		pause = ration_load(&orders->pause, acquire);
		if (pause % 2 == 0) {
			one_turn(&v);
			continue;
		}
		/* Its stock may change; its granted units stay. */
		ration_store(&book->paused, pause, release);
		ration_quiescent(v.lc);
		sched_yield();
	}
}
