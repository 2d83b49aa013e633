/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Out of memory: the call is refused with an error, and partial allocations are freed. */

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memory.h>
#include <rte_memzone.h>

#include "eal.h"
#include "fixture.h"

/* There are 128 MB: enough for the tree and the stock of some lcores, but not of all. */
static const struct ration_domain_params large = {
	.max_counters = 1 << 16,
	.max_members = RATION_MEMBERS_MAX,
	.socket_id = SOCKET_ID_ANY,
};

static void
a_domain_without_memory_for_its_stocks_is_not_created(void **state)
{
	struct ration_domain_params params = large;
	struct ration_domain *d;

	(void)state;
	params.secondary_members = params.max_members;
	assert_errno(NULL, ration_domain_create("large", &params), ENOMEM);
	params.secondary_members = 0;
	d = ration_domain_create("large", &params);
	assert_non_null(d);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
an_lcore_without_memory_for_its_stock_is_not_registered(void **state)
{
	struct ration_domain *d = ration_domain_create("large", &large);
	struct ration_lcore *lc[RATION_MEMBERS_MAX];
	uint32_t nb = 0, nb_again = 0;

	(void)state;
	assert_non_null(d);
	while (nb < RTE_DIM(lc) && (lc[nb] = ration_lcore_register_extra(d)) != NULL)
		nb++;
	assert_in_range(nb, 1, RTE_DIM(lc) - 1);
	assert_int_equal(rte_errno, ENOMEM);
	assert_int_equal(ration_lcore_unregister(lc[nb - 1]), 0);
	lc[nb - 1] = ration_lcore_register_extra(d);
	assert_non_null(lc[nb - 1]);
	while (nb_again < nb)
		assert_int_equal(ration_lcore_unregister(lc[nb_again++]), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
a_zone_too_small_for_a_domain_is_refused(void **state)
{
	const struct rte_memzone *mz = rte_memzone_reserve("RATION_tiny", 64, SOCKET_ID_ANY, 0);

	(void)state;
	assert_non_null(mz);
	assert_errno(NULL, ration_domain_lookup("tiny"), ENOENT);
	assert_errno(NULL, ration_domain_create("tiny", NULL), EEXIST);
	assert_int_equal(rte_memzone_free(mz), 0);
}

static void
more_secondary_members_than_members_are_refused(void **state)
{
	const struct ration_domain_params params = {
		.max_members = 4,
		.secondary_members = 5,
		.socket_id = SOCKET_ID_ANY,
	};

	(void)state;
	assert_errno(NULL, ration_domain_create("few", &params), EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_domain_without_memory_for_its_stocks_is_not_created),
		cmocka_unit_test(an_lcore_without_memory_for_its_stock_is_not_registered),
		cmocka_unit_test(a_zone_too_small_for_a_domain_is_refused),
		cmocka_unit_test(more_secondary_members_than_members_are_refused),
	};

	if (test_eal_start("memory", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(tests, NULL, NULL));
}
