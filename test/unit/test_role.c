/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Calls that a secondary process may not make, and how it reads the tree. */

#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "eal.h"
#include "fixture.h"

static bool is_secondary;

/* Replaces the function of EAL. */
enum rte_proc_type_t
rte_eal_process_type(void)
{
	return is_secondary ? RTE_PROC_SECONDARY : RTE_PROC_PRIMARY;
}

static void
only_the_primary_changes_the_tree(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 0);

	is_secondary = true;
	assert_errno(NULL, ration_domain_create("other", NULL), E_RTE_SECONDARY);
	assert_int_equal(ration_domain_free(f->d), -E_RTE_SECONDARY);
	assert_int_equal(ration_domain_set_qsbr(f->d, NULL), -E_RTE_SECONDARY);
	assert_errno(RATION_COUNTER_NONE, ration_counter_create(f->d, f->root, "x", NULL),
		     E_RTE_SECONDARY);
	assert_int_equal(ration_counter_destroy(f->d, c, 0), -E_RTE_SECONDARY);
	assert_int_equal(ration_counter_set_max(f->d, c, 1, 0), -E_RTE_SECONDARY);
	assert_int_equal(ration_counter_set_batch(f->d, c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_counter_set_batch_max(f->d, c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_counter_set_min(f->d, c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_counter_set_low(f->d, c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_reap(f->d, 0, NULL, NULL), -E_RTE_SECONDARY);
	is_secondary = false;
	assert_int_equal(info_of(f->d, c).max, 100);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, "x"), ENOENT);
}

static void
an_unregistered_thread_charges_in_the_primary_only(void **state)
{
	struct fixture *f = *state;
	ration_counter_t c = make_counter(f->d, f->root, "c", 100, 0);
	struct ration_lcore *shared = ration_lcore_shared(f->d);

	is_secondary = true;
	assert_int_equal(ration_try_charge(shared, c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_charge_force(shared, c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_uncharge(shared, c, 1), -E_RTE_SECONDARY);
	assert_int_equal(ration_try_charge_sync(shared, c, 1, 0, NULL), -E_RTE_SECONDARY);
	is_secondary = false;
	assert_int_equal(usage_of(f->d, c), 0);
}

static void
every_process_reads_the_tree(void **state)
{
	struct fixture *f = *state;
	ration_counter_t p = make_counter(f->d, f->root, "p", 100, 0);
	ration_counter_t c = make_counter(f->d, p, "c", 50, 0);
	char path[RATION_COUNTER_NAMESIZE * 2];

	is_secondary = true;
	assert_true(ration_counter_find(f->d, "p/c") == c);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, "p/d"), ENOENT);
	assert_true(ration_counter_next(f->d, p) == c);
	assert_int_equal(ration_counter_path(f->d, c, path, sizeof(path)), 3);
	assert_string_equal(path, "p/c");
	assert_int_equal(info_of(f->d, c).max, 50);
	assert_sound(f->d);
	is_secondary = false;
}

static void
null_arguments_are_refused(void **state)
{
	struct fixture *f = *state;

	assert_errno(RATION_COUNTER_NONE, ration_counter_find(NULL, "p"), EINVAL);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(f->d, NULL), EINVAL);
	assert_errno(NULL, ration_domain_lookup(NULL), EINVAL);
	assert_int_equal(ration_domain_free(NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		in_domain(only_the_primary_changes_the_tree),
		in_domain(an_unregistered_thread_charges_in_the_primary_only),
		in_domain(every_process_reads_the_tree),
		in_domain(null_arguments_are_refused),
	};

	if (test_eal_start("role", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
