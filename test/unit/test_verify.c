/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Whether ration_domain_verify() detects violated invariants: each value is made wrong in turn. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

/* A counter below another one, with granted units and with stock. */
static struct counter *
make_leaf(struct fixture *f)
{
	ration_counter_t p = make_counter(f->d, f->root, "p", 1000, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 1000, 16);

	assert_int_equal(ration_try_charge(f->lc[0], c, 5), 0);
	assert_sound(f->d);
	return ration_counter_at(f->d, (uint32_t)c);
}

/* Number of violations; the report must contain the expected text. */
static int
violations(const struct ration_domain *d, int quiet, const char *expected)
{
	char *text = NULL;
	size_t length = 0;
	FILE *f = open_memstream(&text, &length);
	int found;

	assert_non_null(f);
	found = ration_domain_verify(d, quiet, f);
	fclose(f);
	if (expected != NULL && strstr(text, expected) == NULL)
		fail_msg("not \"%s\" in \"%s\"", expected, text);
	free(text);
	assert_int_equal(ration_domain_verify(d, quiet, NULL), found);
	return found;
}

static void
usage_above_max_is_found_unless_over_max_ok_is_set(void **state)
{
	struct fixture *f = *state;
	struct counter *c = make_leaf(f);
	uint64_t max = ration_load(&c->max, relaxed);

	ration_store(&c->max, 1, relaxed);
	assert_int_equal(violations(f->d, 0, "counter \"p/c\": usage 21 is above max 1"), 1);
	ration_store(&c->over_max_ok, 1, relaxed);
	assert_int_equal(violations(f->d, 0, NULL), 0);
	ration_store(&c->over_max_ok, 0, relaxed);
	ration_store(&c->max, 20, relaxed);
	assert_int_equal(violations(f->d, 0, "usage 21 is above max 20"), 1);
	ration_store(&c->max, 21, relaxed);
	assert_int_equal(violations(f->d, 0, NULL), 0);
	ration_store(&c->over_max_ok, 0, relaxed);
	ration_store(&c->max, max, relaxed);
}

static void
a_wrong_balance_is_found(void **state)
{
	struct fixture *f = *state;
	struct counter *c = make_leaf(f);

	/*
	 * A violation of the counter and one of its parent; neither is checked while charges run.
	 */
	ration_fetch_add(&c->usage, 1, relaxed);
	assert_int_equal(violations(f->d, 0, NULL), 0);
	assert_int_equal(violations(f->d, 1, "usage is 22, but usage_local is 21"), 2);
	ration_fetch_sub(&c->usage, 1, relaxed);
	ration_fetch_add(&c->ledger, 1, relaxed);
	assert_int_equal(violations(f->d, 1, "usage_local is 21, but the ledgers sum up to 22"), 1);
	ration_fetch_sub(&c->ledger, 23, relaxed);
	assert_int_equal(violations(f->d, 1, "but the ledgers sum up to -1"), 1);
	ration_fetch_add(&c->ledger, 22, relaxed);
	assert_sound(f->d);
}

static void
an_invalid_stock_entry_is_found(void **state)
{
	struct fixture *f = *state;
	struct counter *c = make_leaf(f);
	uint32_t index = ration_index_of(f->d, c);
	struct ration_stock *s = &f->lc[0]->stocks[index];
	RATION_ATOMIC(uint64_t) *word = &ration_active(f->lc[0])[index / 64];
	uint32_t stock = ration_load(&s->units, relaxed);

	ration_store(&s->units, 40, relaxed);
	assert_int_equal(violations(f->d, 1, "stock is 40, more than usage_local, 21"), 2);
	assert_int_equal(violations(f->d, 1, "has stock 40, more than its cap 32"), 2);
	ration_store(&s->units, stock, relaxed);
	ration_fetch_and(word, ~(UINT64_C(1) << (index % 64)), relaxed);
	assert_int_equal(violations(f->d, 1, "has cap 32, but its active bit is 0"), 1);
	ration_fetch_or(word, UINT64_C(1) << (index % 64), relaxed);
	assert_sound(f->d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_one_member(usage_above_max_is_found_unless_over_max_ok_is_set),
		with_one_member(a_wrong_balance_is_found),
		with_one_member(an_invalid_stock_entry_is_found),
	};

	if (test_eal_start("verify", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
