/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* A thread without registration that never ends its walk: no call waits for it without end. */

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

/* Timeouts of waits that must fail, and of waits that must succeed. */
#define TIMEOUT_US 20000
#define ANSWER_US 10000000

struct stuck {
	struct ration_domain *d;
	struct ration_lcore *lc;
	ration_counter_t c;
};

/* The state after a thread was stopped inside a walk, for each value of the in-flight index. */
static void
start_walks(struct ration_domain *d)
{
	ration_fetch_add(&d->inflight[0], 1, seq_cst);
	ration_fetch_add(&d->inflight[1], 1, seq_cst);
}

static void
end_walks(struct ration_domain *d)
{
	ration_fetch_sub(&d->inflight[0], 1, seq_cst);
	ration_fetch_sub(&d->inflight[1], 1, seq_cst);
}

static int
setup(void **state)
{
	static struct stuck s;
	const struct ration_domain_params params = {
		.timeout_us = TIMEOUT_US,
		.socket_id = SOCKET_ID_ANY,
	};

	s.d = ration_domain_create("stuck", &params);
	assert_non_null(s.d);
	s.lc = ration_lcore_register_extra(s.d);
	assert_non_null(s.lc);
	s.c = make_counter(s.d, ration_domain_root(s.d), "c", 100, 16);
	*state = &s;
	return 0;
}

static int
teardown(void **state)
{
	struct stuck *s = *state;

	return ration_lcore_unregister(s->lc) != 0 || ration_domain_free(s->d) != 0;
}

static void
a_first_child_is_not_made(void **state)
{
	struct stuck *s = *state;

	assert_int_equal(ration_try_charge(s->lc, s->c, 1), 0);
	start_walks(s->d);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(s->d, s->c, "x", NULL), ETIMEDOUT);
	end_walks(s->d);
	assert_int_equal(info_of(s->d, s->c).nb_children, 0);
	/* The counter is still a leaf. */
	assert_int_equal(ration_try_charge(s->lc, s->c, 20), 0);
	assert_true(stock_of(s->d, s->c) > 0);
	assert_int_equal(ration_uncharge(s->lc, s->c, 20), 0);
	assert_int_equal(ration_uncharge(s->lc, s->c, 1), 0);
	make_counter(s->d, s->c, "x", 10, 0);
	assert_sound(s->d);
}

static void
a_counter_is_not_destroyed(void **state)
{
	struct stuck *s = *state;

	start_walks(s->d);
	assert_int_equal(ration_counter_destroy(s->d, s->c, 0), -ETIMEDOUT);
	/* Nor does the counter go offline. */
	assert_int_equal(ration_counter_destroy(s->d, s->c, RATION_DESTROY_KEEP_UNITS), -ETIMEDOUT);
	assert_true(ration_counter_find(s->d, "c") == s->c);
	end_walks(s->d);
	assert_int_equal(ration_try_charge(s->lc, s->c, 1), 0);
	assert_int_equal(ration_uncharge(s->lc, s->c, 1), 0);
	assert_int_equal(ration_counter_destroy(s->d, s->c, 0), 0);
}

static void
no_refusal_is_reported_as_final(void **state)
{
	struct stuck *s = *state;
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};

	start_walks(s->d);
	assert_int_equal(ration_try_charge_sync(s->lc, s->c, 101, TIMEOUT_US, &report), -ETIMEDOUT);
	/* No lcore is reported as the reason. */
	assert_int_equal(report.nb_timedout, 0);
	assert_int_equal(failures_of(s->d, s->c), 0);
	end_walks(s->d);
	assert_int_equal(ration_try_charge_sync(s->lc, s->c, 101, ANSWER_US, &report), -EDQUOT);
	assert_int_equal(failures_of(s->d, s->c), 1);
}

#define stuck_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		stuck_test(a_first_child_is_not_made),
		stuck_test(a_counter_is_not_destroyed),
		stuck_test(no_refusal_is_reported_as_final),
	};

	if (test_eal_start("stuck", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
