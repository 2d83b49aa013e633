/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Creating the counters of a budget in a domain. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_errno.h>

#include "budget/budget.h"

#define NODES_MAX 16

static struct ration_domain *domain;
static char error[256];

static const char budget_text[] = "max: 4k\n"
				  "default: other\n"
				  "budgets:\n"
				  "- name: edge\n"
				  "  max: 2k\n"
				  "  match: [vlan: 7]\n"
				  "  children:\n"
				  "  - {name: gold, max: 512, batch: 32, match: [port: 0]}\n"
				  "  - {name: silver, batch: 32, batch_max: 64, min: 8, low: 16}\n"
				  "- name: other\n"
				  "  max: 128\n"
				  "  children:\n"
				  "  - name: control\n"
				  "- name: group\n"
				  "  children:\n"
				  "  - {name: member, max: 0, match: [port: 1]}\n";

static struct budget *
parse(const char *text)
{
	struct budget *b = budget_parse("test", text, strlen(text), error, sizeof(error));

	if (b == NULL)
		fail_msg("%s", error);
	assert_true(b->nb_nodes <= NODES_MAX);
	return b;
}

static int
make_domain(void **state)
{
	const struct ration_domain_params params = {.max_counters = NODES_MAX};

	RTE_SET_USED(state);
	domain = ration_domain_create("budget", &params);
	return domain != NULL ? 0 : -1;
}

static int
free_domain(void **state)
{
	RTE_SET_USED(state);
	return ration_domain_free(domain);
}

static struct ration_counter_info
info_of(ration_counter_t c)
{
	struct ration_counter_info info;

	assert_int_equal(ration_counter_get(domain, c, &info), 0);
	return info;
}

static void
counters_have_the_values_of_the_budget(void **state)
{
	ration_counter_t counters[NODES_MAX];
	struct budget *b = parse(budget_text);
	uint32_t i;

	RTE_SET_USED(state);
	assert_int_equal(budget_apply(b, domain, counters, error, sizeof(error)), 0);
	for (i = 0; i < b->nb_nodes; i++) {
		const struct budget_node *n = &b->nodes[i];
		struct ration_counter_info info = info_of(counters[i]);

		assert_true(counters[i] == ration_counter_find(domain, n->path));
		assert_string_equal(info.name, n->name);
		assert_true(info.max == n->max);
		assert_int_equal(info.nb_children, n->nb_children);
		if (i > 0) {
			assert_true(info.parent == counters[n->parent]);
			assert_int_equal(info.batch, n->batch == BUDGET_BATCH_UNSET
							     ? RATION_BATCH_DEFAULT
							     : n->batch);
			assert_true(info.min == n->min && info.low == n->low);
			assert_int_equal(info.batch_max,
					 n->batch_max == BUDGET_BATCH_UNSET ? 0 : n->batch_max);
		}
	}
	assert_true(counters[0] == ration_domain_root(domain));
	budget_free(b);
}

static void
charged_counters_with_children_are_direct(void **state)
{
	ration_counter_t counters[NODES_MAX];
	struct budget *b = parse(budget_text);

	RTE_SET_USED(state);
	assert_int_equal(budget_apply(b, domain, counters, error, sizeof(error)), 0);
	assert_int_equal(info_of(ration_counter_find(domain, "edge")).flags, RATION_COUNTER_DIRECT);
	assert_int_equal(info_of(ration_counter_find(domain, "other")).flags,
			 RATION_COUNTER_DIRECT);
	assert_int_equal(info_of(ration_counter_find(domain, "group")).flags, 0);
	assert_int_equal(info_of(ration_counter_find(domain, "edge/gold")).flags, 0);
	budget_free(b);
}

static void
limits_hold(void **state)
{
	ration_counter_t counters[NODES_MAX], gold;
	struct budget *b = parse(budget_text);
	struct ration_lcore *lc = ration_lcore_shared(domain);
	uint32_t i;

	RTE_SET_USED(state);
	assert_int_equal(budget_apply(b, domain, counters, error, sizeof(error)), 0);
	gold = ration_counter_find(domain, "edge/gold");
	for (i = 0; i < 512; i++)
		assert_int_equal(ration_try_charge(lc, gold, 1), 0);
	assert_int_equal(ration_try_charge(lc, gold, 1), -EDQUOT);
	assert_int_equal(ration_uncharge(lc, gold, 512), 0);
	/* These charges exceed the limit of the root only, not those of silver and edge. */
	assert_int_equal(ration_try_charge(lc, ration_domain_root(domain), 3072), 0);
	assert_int_equal(ration_try_charge(lc, ration_counter_find(domain, "edge/silver"), 1025),
			 -EDQUOT);
	assert_int_equal(ration_try_charge(lc, ration_counter_find(domain, "edge/silver"), 1024),
			 0);
	assert_int_equal(ration_uncharge(lc, ration_counter_find(domain, "edge/silver"), 1024), 0);
	assert_int_equal(ration_uncharge(lc, ration_domain_root(domain), 3072), 0);
	assert_int_equal(ration_domain_verify(domain, 1, stderr), 0);
	budget_free(b);
}

static uint32_t
nb_counters(void)
{
	ration_counter_t c = RATION_COUNTER_NONE;
	uint32_t nb = 0;

	while ((c = ration_counter_next(domain, c)) != RATION_COUNTER_NONE)
		nb++;
	return nb;
}

static void
if_the_domain_is_full_its_counters_are_destroyed(void **state)
{
	const struct ration_domain_params params = {.max_counters = 4};
	ration_counter_t counters[NODES_MAX];
	struct budget *b = parse(budget_text);

	RTE_SET_USED(state);
	assert_int_equal(ration_domain_free(domain), 0);
	domain = ration_domain_create("budget", &params);
	assert_non_null(domain);
	assert_int_equal(budget_apply(b, domain, counters, error, sizeof(error)), -ENOSPC);
	assert_string_equal(error, "counter 'other' (line 10 of the budget): the domain is full");
	assert_int_equal(nb_counters(), 1);
	assert_true(info_of(ration_domain_root(domain)).max == RATION_UNLIMITED);
	budget_free(b);
}

static void
if_a_counter_exists_the_domain_is_unchanged(void **state)
{
	ration_counter_t counters[NODES_MAX];
	struct budget *b = parse(budget_text);

	RTE_SET_USED(state);
	assert_true(ration_counter_create(domain, ration_domain_root(domain), "other", NULL) !=
		    RATION_COUNTER_NONE);
	assert_int_equal(budget_apply(b, domain, counters, error, sizeof(error)), -EEXIST);
	assert_string_equal(error, "counter 'other' (line 10 of the budget): the domain already "
				   "has a counter with this path");
	assert_int_equal(nb_counters(), 2);
	budget_free(b);
}

static void
start_eal(char *name)
{
	static char options[][40] = {
		"--no-huge", "--no-shconf", "--no-pci",
		"-m64",	     "-l0",	    "--file-prefix=ration-budget-apply",
	};
	char *args[RTE_DIM(options) + 2] = {name};
	size_t i;

	for (i = 0; i < RTE_DIM(options); i++)
		args[i + 1] = options[i];
	if (rte_eal_init(RTE_DIM(args) - 1, args) < 0) {
		fprintf(stderr, "cannot start EAL: %s\n", rte_strerror(rte_errno));
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counters_have_the_values_of_the_budget, make_domain,
						free_domain),
		cmocka_unit_test_setup_teardown(charged_counters_with_children_are_direct,
						make_domain, free_domain),
		cmocka_unit_test_setup_teardown(limits_hold, make_domain, free_domain),
		cmocka_unit_test_setup_teardown(if_the_domain_is_full_its_counters_are_destroyed,
						make_domain, free_domain),
		cmocka_unit_test_setup_teardown(if_a_counter_exists_the_domain_is_unchanged,
						make_domain, free_domain),
	};
	int failed;

	RTE_SET_USED(argc);
	start_eal(argv[0]);
	failed = cmocka_run_group_tests_name("budget_apply", tests, NULL, NULL);
	rte_eal_cleanup();
	return failed;
}
