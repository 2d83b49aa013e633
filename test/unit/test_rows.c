/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Rows of a drain report: who did not let an exact charge end, and arrays that are too short. */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

/* The test acts as an lcore that was preempted inside of a walk. */
static void
a_walk_that_does_not_end_times_out_in_its_own_row(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 10, 0);
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows, .max_rows = RTE_DIM(rows)};
	uint32_t i, token = ration_walk_begin(f->lc[1]);
	bool stuck;

	assert_int_equal(ration_try_charge_sync(f->lc[0], c, 11, 20000, &report), -ETIMEDOUT);
	ration_walk_end(f->lc[1], token);
	assert_int_equal(report.nb_timedout, 1);
	assert_int_equal(report.nb_rows, 2);
	for (i = 0; i < report.nb_rows; i++) {
		stuck = rows[i].member_id == f->lc[1]->member_id;
		assert_int_equal(rows[i].status == RATION_DRAIN_TIMEDOUT, stuck);
		assert_int_equal(rows[i].reason,
				 stuck ? RATION_DRAIN_REASON_WALK : RATION_DRAIN_REASON_NONE);
	}
}

/* Every member has answered, so no row is that of a member that timed out. */
static void
a_short_array_has_the_first_members_if_all_answered(void **state)
{
	struct fixture *f = *state;
	struct ration_drain_row rows[RATION_MEMBERS_MAX];
	struct ration_drain_report report = {.rows = rows};
	uint32_t i;

	f->lc[2] = ration_lcore_register_extra(f->d);
	assert_non_null(f->lc[2]);
	for (report.max_rows = 0; report.max_rows < 3; report.max_rows++) {
		memset(rows, 0xab, sizeof(rows));
		assert_int_equal(ration_drain(f->d, f->root, 1000000, &report), 0);
		assert_int_equal(report.nb_members, 3);
		assert_int_equal(report.nb_timedout, 0);
		assert_int_equal(report.nb_rows, report.max_rows);
		for (i = 0; i < report.nb_rows; i++) {
			assert_int_equal(rows[i].member_id, f->lc[i]->member_id);
			assert_int_equal(rows[i].status, RATION_DRAIN_EMPTY);
		}
		assert_int_equal(rows[i].member_id, 0xabababab);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_two_members(a_walk_that_does_not_end_times_out_in_its_own_row),
		with_two_members(a_short_array_has_the_first_members_if_all_answered),
	};

	if (test_eal_start("rows", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
