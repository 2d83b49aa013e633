/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/**
 * @file
 * What a refused charge leaves behind: a wish that hidden units come back.
 *
 * A refusal may be wrong, because others have the missing units in stock. The data path must not
 * wait for them, so it writes the counter that lacks room on the wish list of each lcore and goes
 * on. A list has each counter once, and a full one is left alone: whatever stands there will make
 * its owner look, and the next refusal asks again. Nobody waits for an answer, so a wish may get
 * lost, come late, or name a counter that is gone: then stock goes back that need not, no more.
 */

#include "lcore/requests.h"
#include "tree/counter.h"

/* Lcores that one refusal asks; the next one goes on behind them. */
#define ASKED_MAX 8

/* Whether lc can hide units below c. A look from outside: it may be outdated. */
static bool
may_hide(const struct ration_lcore *lc, const struct counter *c, uint32_t index)
{
	uint32_t flags = ration_load(&c->flags, relaxed);

	/* With children it is a question of many slots: let the owner look. */
	if (flags & (COUNTER_STOCKLESS | RATION_COUNTER_DIRECT))
		return true;
	return ration_load(&ration_active(lc)[index / 64], relaxed) >> (index % 64) & 1;
}

/* Write a counter on a wish list. @return whether it stands there now for the first time */
static bool
put_down(struct ration_lcore *lc, uint32_t wish)
{
	uint32_t i, found, empty = RATION_WANTED_MAX, none = 0;

	for (i = 0; i < RATION_WANTED_MAX; i++) {
		found = ration_load(&lc->wanted[i], relaxed);
		if (found == wish)
			return false;
		if (found == 0 && empty == RATION_WANTED_MAX)
			empty = i;
	}
	/* One try: who was faster makes the owner look as well. Release: pairs with add_wanted().
	 */
	return empty < RATION_WANTED_MAX && ration_cas(&lc->wanted[empty], &none, wish, release);
}

static void
want_from(struct ration_domain *d, struct member *m, const struct counter *c)
{
	uint32_t index = ration_index_of(d, c);
	struct ration_lcore *lc = ration_block(d, m);

	if (!may_hide(lc, c, index) || !put_down(lc, index + 1))
		return;
	/*
	 * seq_cst, after the wish: pairs with the exchange in pass_begin(). Model n_handshakes:
	 * WISHLATE.
	 */
	ration_exchange(&lc->attention, 1, seq_cst);
}

void
ration_call(struct ration_lcore *lc, uint32_t index)
{
	put_down(lc, index + 1);
	/* Whether there was room or not: who still waits is found in the round. */
	ration_exchange(&lc->attention, 1, seq_cst);
}

void
ration_want(struct ration_lcore *lc, const struct counter *failed)
{
	struct ration_domain *d = ration_domain_of(lc);
	uint32_t nb = ration_load(&d->nb_members, relaxed), i, first;
	struct member *m;

	if (nb == 0)
		return;
	first = (uint32_t)(ration_load(&lc->stats.refusals, relaxed) * ASKED_MAX % nb);
	for (i = 0; i < RTE_MIN(nb, (uint32_t)ASKED_MAX); i++) {
		m = &d->members[(first + i) % nb];
		if (MEMBER_STATE(ration_load(&m->state, relaxed)) == MEMBER_ONLINE)
			want_from(d, m, failed);
	}
}
