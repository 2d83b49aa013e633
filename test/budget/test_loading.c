/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Each step of loading a budget can be interrupted, and undoes what it has done. */

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
#include "budget/loading.h"
#include "classify/classifier.h"

/* More than LOADING_EVERY, so that a step is interrupted after it has done something. */
#define NODES 3000

static char error[256];
/* The step that is interrupted, and from which element on. */
static const char *unwanted;
static uint64_t from;
static unsigned int calls;

static int
watch(const char *what, uint64_t done, uint64_t total)
{
	if (strcmp(what, unwanted) != 0)
		return 0;
	assert_true(done <= total);
	calls++;
	return done >= from;
}

static void
interrupt(const char *what, uint64_t done)
{
	unwanted = what;
	from = done;
	calls = 0;
	loading_watch(watch);
}

static struct budget *
parse(const char *rule)
{
	size_t length = 0, size = NODES * 64;
	char *text = malloc(size);
	struct budget *b;
	unsigned int i;

	assert_non_null(text);
	length += (size_t)snprintf(text, size, "budgets:\n");
	for (i = 0; i < NODES; i++) {
		length +=
			(size_t)snprintf(text + length, size - length, "- {name: n%u, match: [", i);
		length += (size_t)snprintf(text + length, size - length, rule, i >> 8, i & 255);
		length += (size_t)snprintf(text + length, size - length, "]}\n");
	}
	b = budget_parse("test", text, length, error, sizeof(error));
	free(text);
	return b;
}

static int
stop_watching(void **state)
{
	RTE_SET_USED(state);
	loading_watch(NULL);
	return 0;
}

static void
reading_can_be_interrupted(void **state)
{
	struct budget *b;

	RTE_SET_USED(state);
	assert_false(loading_interrupted());
	interrupt("bytes read", 64 * 1024);
	assert_null(parse("source: 10.0.%u.%u/32"));
	assert_true(calls > 1);
	assert_true(loading_interrupted());
	assert_non_null(strstr(error, "interrupted"));

	loading_watch(NULL);
	b = parse("source: 10.0.%u.%u/32");
	assert_non_null(b);
	budget_free(b);
}

static void
creating_counters_can_be_interrupted(void **state)
{
	const struct ration_domain_params params = {.max_counters = NODES + 8};
	struct ration_domain *d = ration_domain_create("loading", &params);
	ration_counter_t *counters = calloc(NODES + 8, sizeof(*counters));
	struct budget *b = parse("source: 10.0.%u.%u/32");

	RTE_SET_USED(state);
	assert_non_null(d);
	assert_non_null(b);
	assert_non_null(counters);
	interrupt("creating counters", 2 * LOADING_EVERY);
	assert_int_equal(budget_apply(b, d, counters, error, sizeof(error)), -EINTR);
	assert_int_equal(calls, 2);
	assert_string_equal(error, "interrupted");
	assert_true(ration_counter_find(d, "n0") == RATION_COUNTER_NONE);
	assert_true(ration_counter_find(d, "n1500") == RATION_COUNTER_NONE);

	/* There is room for all counters again. */
	loading_watch(NULL);
	assert_int_equal(budget_apply(b, d, counters, error, sizeof(error)), 0);
	budget_free(b);
	free(counters);
	assert_int_equal(ration_domain_free(d), 0);
}

static void
adding_prefixes_can_be_interrupted(const char *rule, const char *what)
{
	struct budget *b = parse(rule);
	struct classifier *c;

	if (b == NULL)
		fail_msg("%s", error);
	interrupt(what, 2 * LOADING_EVERY);
	c = classifier_create(b, SOCKET_ID_ANY, error, sizeof(error));
	assert_null(c);
	assert_int_equal(calls, 3);
	assert_non_null(strstr(error, "prefixes: Interrupted"));

	/* The names and the memory of the tables are free again. */
	loading_watch(NULL);
	c = classifier_create(b, SOCKET_ID_ANY, error, sizeof(error));
	if (c == NULL)
		fail_msg("%s", error);
	classifier_free(c);
	budget_free(b);
}

static void
adding_ipv4_prefixes_can_be_interrupted(void **state)
{
	RTE_SET_USED(state);
	adding_prefixes_can_be_interrupted("source: 10.0.%u.%u/32", "adding IPv4 prefixes");
	adding_prefixes_can_be_interrupted("destination: 10.0.%u.%u/32", "adding IPv4 prefixes");
}

static void
adding_ipv6_prefixes_can_be_interrupted(void **state)
{
	RTE_SET_USED(state);
	adding_prefixes_can_be_interrupted("source: 'fd00:%x:%x::/48'", "adding IPv6 prefixes");
}

static void
start_eal(char *name)
{
	static char options[][40] = {
		"--no-huge", "--no-shconf", "--no-pci",
		"-m512",     "-l0",	    "--file-prefix=ration-budget-loading",
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
		cmocka_unit_test_teardown(reading_can_be_interrupted, stop_watching),
		cmocka_unit_test_teardown(creating_counters_can_be_interrupted, stop_watching),
		cmocka_unit_test_teardown(adding_ipv4_prefixes_can_be_interrupted, stop_watching),
		cmocka_unit_test_teardown(adding_ipv6_prefixes_can_be_interrupted, stop_watching),
	};
	int failed;

	RTE_SET_USED(argc);
	start_eal(argv[0]);
	failed = cmocka_run_group_tests_name("budget_loading", tests, NULL, NULL);
	rte_eal_cleanup();
	return failed;
}
