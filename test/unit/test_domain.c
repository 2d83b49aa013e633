/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Domains: creation, lookup, refusals and freeing. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_errno.h>
#include <rte_memory.h>

#include <ration_pvt.h>

#include "eal.h"
#include "fixture.h"

/* The smallest domain with room for a child of the root. */
static const struct ration_domain_params tiny = {
	.max_counters = 2,
	.max_members = 1,
	.socket_id = SOCKET_ID_ANY,
};

static struct ration_domain *
must_create(const char *name, const struct ration_domain_params *params)
{
	struct ration_domain *d = ration_domain_create(name, params);

	assert_non_null(d);
	return d;
}

static void
defaults_give_an_unlimited_empty_root(void **state)
{
	struct ration_domain *d = must_create("defaults", NULL);
	struct ration_counter_info info = info_of(d, ration_domain_root(d));

	(void)state;
	assert_string_equal(ration_domain_name(d), "defaults");
	assert_int_equal(info.usage, 0);
	assert_int_equal(info.watermark, 0);
	assert_int_equal(info.max, RATION_UNLIMITED);
	assert_int_equal(info.depth, 0);
	assert_int_equal(info.nb_children, 0);
	assert_true(info.parent == RATION_COUNTER_NONE);
	assert_string_equal(info.name, "");
	assert_int_equal(ration_domain_free(d), 0);
}

static void
zero_params_mean_defaults(void **state)
{
	const struct ration_domain_params zero = {.max_counters = 0};
	struct ration_domain *d = must_create("zero", &zero);
	char name[RATION_COUNTER_NAMESIZE];
	unsigned int i;

	(void)state;
	assert_int_equal(info_of(d, ration_domain_root(d)).max, RATION_UNLIMITED);
	for (i = 1; i < 1024; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		make_counter(d, ration_domain_root(d), name, 1, 0);
	}
	assert_errno(RATION_COUNTER_NONE,
		     ration_counter_create(d, ration_domain_root(d), "one-more", NULL), ENOSPC);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
params_set_the_limit_of_the_root(void **state)
{
	const struct ration_domain_params params = {.max_counters = 2, .max = 77};
	struct ration_domain *d = must_create("limit", &params);

	(void)state;
	assert_int_equal(info_of(d, ration_domain_root(d)).max, 77);
	assert_int_equal(ration_try_charge(ration_lcore_shared(d), ration_domain_root(d), 78),
			 -EDQUOT);
	assert_int_equal(ration_try_charge(ration_lcore_shared(d), ration_domain_root(d), 77), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* A member that is left out selects its default, whatever the other members are. */
static void
each_member_left_out_selects_its_default(void **state)
{
	static const struct ration_domain_params all = {
		.max_counters = 5,
		.max_members = 3,
		.socket_id = SOCKET_ID_ANY,
		.max = 77,
		.timeout_us = 1000,
		.drain_work = 64,
		.idle_us = 50,
		.stock_max = 30,
		.secondary_members = 1,
	};
	unsigned int left_out;

	(void)state;
	for (left_out = 0; left_out <= 9; left_out++) {
		struct ration_domain_params p = all;
		struct ration_domain *d;

		p.max_counters = left_out == 0 ? 0 : p.max_counters;
		p.max_members = left_out == 1 ? 0 : p.max_members;
		p.socket_id = left_out == 2 ? 0 : p.socket_id;
		p.max = left_out == 3 ? 0 : p.max;
		p.timeout_us = left_out == 4 ? 0 : p.timeout_us;
		p.drain_work = left_out == 5 ? 0 : p.drain_work;
		p.idle_us = left_out == 6 ? 0 : p.idle_us;
		p.stock_max = left_out == 7 ? 0 : p.stock_max;
		p.secondary_members = left_out == 8 ? 0 : p.secondary_members;
		d = must_create("left-out", &p);
		assert_int_equal(d->max_counters, left_out == 0 ? 1024 : 5);
		assert_int_equal(d->max_members, left_out == 1 ? 32 : 3);
		assert_int_equal(d->socket_id, SOCKET_ID_ANY);
		assert_int_equal(info_of(d, ration_domain_root(d)).max,
				 left_out == 3 ? RATION_UNLIMITED : 77);
		assert_int_equal(d->timeout_us, left_out == 4 ? 1000000 : 1000);
		assert_int_equal(d->drain_work, left_out == 5 ? 256 : 64);
		assert_int_equal(d->idle_us, left_out == 6 ? 0 : 50);
		assert_int_equal(d->stock_share, left_out == 7	 ? UINT64_MAX
						 : left_out == 1 ? 0
								 : 10);
		assert_int_equal(d->secondary_members, left_out == 8 ? 0 : 1);
		assert_int_equal(ration_domain_free(d), 0);
	}
}

/* What an application computes keeps its meaning, zero included. */
static void
computed_values_keep_their_meaning(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 2,
		.socket_id = ration_params_socket(0),
		.max = ration_params_max(0),
	};
	struct ration_domain *d = must_create("computed", &params);

	(void)state;
	assert_int_equal(d->socket_id, 0);
	assert_int_equal(info_of(d, ration_domain_root(d)).max, 0);
	assert_int_equal(ration_try_charge(ration_lcore_shared(d), ration_domain_root(d), 1),
			 -EDQUOT);
	assert_int_equal(ration_domain_free(d), 0);
	assert_int_equal(ration_params_socket(3), 3);
	assert_int_equal(ration_params_socket(SOCKET_ID_ANY), SOCKET_ID_ANY);
	assert_int_equal(ration_params_max(7), 7);
}

static void
a_domain_of_one_counter_is_its_root(void **state)
{
	const struct ration_domain_params params = {.max_counters = 1};
	struct ration_domain *d = must_create("root-only", &params);

	(void)state;
	assert_errno(RATION_COUNTER_NONE,
		     ration_counter_create(d, ration_domain_root(d), "child", NULL), ENOSPC);
	assert_int_equal(ration_try_charge(ration_lcore_shared(d), ration_domain_root(d), 5), 0);
	assert_int_equal(usage_of(d, ration_domain_root(d)), 5);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
longest_name_fits_and_a_longer_one_does_not(void **state)
{
	const char *longest = "abcdefghi-JKL_012.9"; /* 19 characters */
	struct ration_domain *d;

	(void)state;
	assert_int_equal(strlen(longest), RATION_DOMAIN_NAMESIZE - 1);
	d = must_create(longest, &tiny);
	assert_string_equal(ration_domain_name(d), longest);
	assert_ptr_equal(ration_domain_lookup(longest), d);
	assert_errno(NULL, ration_domain_create("abcdefghi-JKL_012.9x", &tiny), ENAMETOOLONG);
	assert_errno(NULL, ration_domain_lookup("abcdefghi-JKL_012.9x"), ENOENT);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
names_of_other_characters_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "a b", "a/b", "a:b", "../x", "a\n", "a\x7f", "\xc3\xa9", "a%s", "a,b",
	};
	unsigned int i;

	(void)state;
	assert_errno(NULL, ration_domain_create(NULL, &tiny), EINVAL);
	for (i = 0; i < RTE_DIM(bad); i++)
		assert_errno(NULL, ration_domain_create(bad[i], &tiny), EINVAL);
}

static void
params_out_of_range_are_refused(void **state)
{
	const struct ration_domain_params bad[] = {
		{.max_counters = RATION_COUNTERS_MAX + 1},
		{.max_counters = UINT32_MAX},
		{.max_members = RATION_MEMBERS_MAX + 1},
		{.max_members = UINT32_MAX},
		{.max = RATION_UNLIMITED + 1},
		{.max = RATION_MAX_ZERO - 1},
		{.socket_id = -2},
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++)
		assert_errno(NULL, ration_domain_create("range", &bad[i]), EINVAL);
	assert_errno(NULL, ration_domain_lookup("range"), ENOENT);
}

static void
largest_params_are_accepted(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 2,
		.max_members = RATION_MEMBERS_MAX,
		.socket_id = SOCKET_ID_ANY,
		.max = RATION_UNLIMITED,
		.timeout_us = UINT32_MAX,
	};
	struct ration_domain *d = must_create("largest", &params);
	struct ration_lcore *lc[RATION_MEMBERS_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < RATION_MEMBERS_MAX; i++) {
		lc[i] = ration_lcore_register_extra(d);
		assert_non_null(lc[i]);
	}
	assert_errno(NULL, ration_lcore_register_extra(d), ENOSPC);
	for (i = 0; i < RATION_MEMBERS_MAX; i++)
		assert_int_equal(ration_lcore_unregister(lc[i]), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

/* All entries are created with the domain, because secondary processes cannot create them. */
static void
member_entries_are_reserved_for_secondary_processes(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 2,
		.max_members = 3,
		.secondary_members = 3,
		.socket_id = SOCKET_ID_ANY,
	};
	struct ration_domain *d = must_create("theirs", &params);
	uint32_t i;

	(void)state;
	for (i = 0; i < params.max_members; i++)
		assert_non_null(ration_lcore_area(d, &d->members[i]));
	assert_errno(NULL, ration_lcore_register_extra(d), ENOSPC);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
a_second_domain_of_a_name_is_refused(void **state)
{
	struct ration_domain *d = must_create("twice", &tiny);

	(void)state;
	assert_errno(NULL, ration_domain_create("twice", &tiny), EEXIST);
	assert_ptr_equal(ration_domain_lookup("twice"), d);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
lookup_finds_domains_until_they_are_freed(void **state)
{
	struct ration_domain *a = must_create("a", &tiny);
	struct ration_domain *b = must_create("b", &tiny);

	(void)state;
	assert_ptr_equal(ration_domain_lookup("a"), a);
	assert_ptr_equal(ration_domain_lookup("b"), b);
	assert_errno(NULL, ration_domain_lookup("c"), ENOENT);
	assert_errno(NULL, ration_domain_lookup(""), ENOENT);
	assert_errno(NULL, ration_domain_lookup(NULL), EINVAL);
	assert_int_equal(ration_domain_free(a), 0);
	assert_errno(NULL, ration_domain_lookup("a"), ENOENT);
	assert_ptr_equal(ration_domain_lookup("b"), b);
	assert_int_equal(ration_domain_free(b), 0);
}

static void
domains_do_not_share_counters(void **state)
{
	struct ration_domain *a = must_create("left", &tiny);
	struct ration_domain *b = must_create("right", &tiny);
	ration_counter_t ca = make_counter(a, ration_domain_root(a), "same", 10, 0);
	ration_counter_t cb = make_counter(b, ration_domain_root(b), "same", 20, 0);

	(void)state;
	assert_int_equal(ration_try_charge(ration_lcore_shared(a), ca, 10), 0);
	assert_int_equal(ration_try_charge(ration_lcore_shared(a), ca, 1), -EDQUOT);
	assert_int_equal(usage_of(b, cb), 0);
	assert_int_equal(usage_of(b, ration_domain_root(b)), 0);
	assert_int_equal(failures_of(b, cb), 0);
	assert_int_equal(ration_try_charge(ration_lcore_shared(b), cb, 20), 0);
	assert_int_equal(usage_of(a, ca), 10);
	assert_int_equal(ration_domain_free(a), 0);
	assert_int_equal(usage_of(b, cb), 20);
	assert_int_equal(ration_domain_free(b), 0);
}

static void
long_names_that_start_alike_are_different(void **state)
{
	const char *const names[] = {"fifteen-and-more-0", "fifteen-and-more-1",
				     "fifteen-and-more"};
	struct ration_domain *d[RTE_DIM(names)];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(names); i++) {
		d[i] = must_create(names[i], &tiny);
		make_counter(d[i], ration_domain_root(d[i]), "c", i, 0);
	}
	for (i = 0; i < RTE_DIM(names); i++) {
		assert_ptr_equal(ration_domain_lookup(names[i]), d[i]);
		assert_int_equal(info_of(d[i], ration_counter_find(d[i], "c")).max, i);
	}
	for (i = 0; i < RTE_DIM(names); i++)
		assert_int_equal(ration_domain_free(d[i]), 0);
}

static void
a_thread_has_a_member_entry_in_each_domain(void **state)
{
	struct ration_domain *a = must_create("home", &tiny);
	struct ration_domain *b = must_create("away", &tiny);
	struct ration_lcore *la = ration_lcore_register(a), *lb = ration_lcore_register(b);

	(void)state;
	assert_non_null(la);
	assert_non_null(lb);
	assert_ptr_not_equal(la, lb);
	assert_ptr_equal(ration_lcore_self(a), la);
	assert_ptr_equal(ration_lcore_self(b), lb);
	assert_int_equal(ration_lcore_unregister(la), 0);
	assert_ptr_equal(ration_lcore_self(a), ration_lcore_shared(a));
	assert_ptr_equal(ration_lcore_self(b), lb);
	assert_int_equal(ration_lcore_unregister(lb), 0);
	assert_int_equal(ration_domain_free(a), 0);
	assert_int_equal(ration_domain_free(b), 0);
}

static void
a_name_can_be_used_again_and_starts_empty(void **state)
{
	struct ration_domain *d = must_create("again", &tiny);
	struct ration_lcore *lc = ration_lcore_register(d);

	(void)state;
	assert_int_equal(
		ration_try_charge(lc, make_counter(d, ration_domain_root(d), "x", 9, 0), 9), 0);
	assert_int_equal(ration_lcore_unregister(lc), 0);
	assert_int_equal(ration_domain_free(d), 0);

	d = must_create("again", &tiny);
	assert_int_equal(usage_of(d, ration_domain_root(d)), 0);
	assert_int_equal(info_of(d, ration_domain_root(d)).watermark, 0);
	assert_errno(RATION_COUNTER_NONE, ration_counter_find(d, "x"), ENOENT);
	/* The thread was a member of the former domain of that name, not of this one. */
	assert_ptr_equal(ration_lcore_self(d), ration_lcore_shared(d));
	make_counter(d, ration_domain_root(d), "x", 9, 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
free_is_refused_until_every_lcore_has_unregistered(void **state)
{
	struct ration_domain *d = must_create("members", NULL);
	struct ration_lcore *a = ration_lcore_register(d), *b = ration_lcore_register_extra(d);

	(void)state;
	assert_int_equal(ration_domain_free(d), -EBUSY);
	assert_int_equal(ration_lcore_unregister(a), 0);
	assert_int_equal(ration_domain_free(d), -EBUSY);
	assert_int_equal(ration_lcore_offline(b), 0);
	assert_int_equal(ration_domain_free(d), -EBUSY);
	assert_ptr_equal(ration_domain_lookup("members"), d);
	assert_int_equal(ration_lcore_unregister(b), 0);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
free_of_nothing_is_done(void **state)
{
	(void)state;
	assert_int_equal(ration_domain_free(NULL), 0);
}

static void
too_large_a_domain_is_enomem_and_leaves_nothing(void **state)
{
	const struct ration_domain_params huge = {
		.max_counters = RATION_COUNTERS_MAX,
		.socket_id = SOCKET_ID_ANY,
	};
	struct ration_domain *d;

	(void)state;
	assert_errno(NULL, ration_domain_create("huge", &huge), ENOMEM);
	assert_errno(NULL, ration_domain_lookup("huge"), ENOENT);
	d = must_create("huge", &tiny);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
domains_are_refused_when_there_are_too_many(void **state)
{
	static struct ration_domain *d[4096];
	char name[RATION_DOMAIN_NAMESIZE];
	unsigned int n, i;

	(void)state;
	for (n = 0; n < RTE_DIM(d); n++) {
		snprintf(name, sizeof(name), "many%u", n);
		d[n] = ration_domain_create(name, &tiny);
		if (d[n] == NULL)
			break;
	}
	assert_int_equal(rte_errno, ENOSPC);
	assert_in_range(n, 2, RTE_DIM(d) - 1);
	assert_errno(NULL, ration_domain_lookup(name), ENOENT);
	assert_int_equal(ration_domain_free(d[0]), 0);
	d[0] = must_create(name, &tiny);
	for (i = 0; i < n; i++)
		assert_int_equal(ration_domain_free(d[i]), 0);
}

static void
making_and_freeing_leaks_no_memory(void **state)
{
	const struct ration_domain_params params = {
		.max_counters = 4096,
		.max_members = 4,
		.socket_id = SOCKET_ID_ANY,
	};
	unsigned int i;

	(void)state;
	/* Each domain takes hundreds of kilobytes of the 128 MiB: leaks would end in ENOMEM. */
	for (i = 0; i < 1000; i++) {
		struct ration_domain *d = must_create("leaks", &params);
		struct ration_lcore *lc = ration_lcore_register(d);

		assert_non_null(lc);
		assert_int_equal(ration_lcore_unregister(lc), 0);
		assert_int_equal(ration_domain_free(d), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest domain[] = {
		cmocka_unit_test(defaults_give_an_unlimited_empty_root),
		cmocka_unit_test(zero_params_mean_defaults),
		cmocka_unit_test(params_set_the_limit_of_the_root),
		cmocka_unit_test(each_member_left_out_selects_its_default),
		cmocka_unit_test(computed_values_keep_their_meaning),
		cmocka_unit_test(a_domain_of_one_counter_is_its_root),
		cmocka_unit_test(longest_name_fits_and_a_longer_one_does_not),
		cmocka_unit_test(names_of_other_characters_are_refused),
		cmocka_unit_test(params_out_of_range_are_refused),
		cmocka_unit_test(largest_params_are_accepted),
		cmocka_unit_test(member_entries_are_reserved_for_secondary_processes),
		cmocka_unit_test(a_second_domain_of_a_name_is_refused),
		cmocka_unit_test(lookup_finds_domains_until_they_are_freed),
		cmocka_unit_test(domains_do_not_share_counters),
		cmocka_unit_test(long_names_that_start_alike_are_different),
		cmocka_unit_test(a_thread_has_a_member_entry_in_each_domain),
		cmocka_unit_test(a_name_can_be_used_again_and_starts_empty),
		cmocka_unit_test(free_is_refused_until_every_lcore_has_unregistered),
		cmocka_unit_test(free_of_nothing_is_done),
		cmocka_unit_test(too_large_a_domain_is_enomem_and_leaves_nothing),
		cmocka_unit_test(domains_are_refused_when_there_are_too_many),
		cmocka_unit_test(making_and_freeing_leaks_no_memory),
	};

	if (test_eal_start("domain", 0) != 0)
		return 1;
	return test_eal_stop(cmocka_run_group_tests(domain, NULL, NULL));
}
