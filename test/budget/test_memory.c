/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Out of memory: each allocation of the budget code fails once. The error must be one line. With a
 * leak checker this test also finds memory that is not freed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "budget/budget.h"

static const char *file;
static long fail_at; /* Number of the allocation that fails; 0: none. */
static long nb_allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t nb, size_t size);
void *__real_reallocarray(void *p, size_t nb, size_t size);
char *__real_strdup(const char *s);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nb, size_t size);
void *__wrap_reallocarray(void *p, size_t nb, size_t size);
char *__wrap_strdup(const char *s);

static int
fails(void)
{
	return ++nb_allocations == fail_at;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t nb, size_t size)
{
	return fails() ? NULL : __real_calloc(nb, size);
}

void *
__wrap_reallocarray(void *p, size_t nb, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, nb, size);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

static void
each_failed_allocation_is_reported_as_one_line(void **state)
{
	char error[1024], expected[1024];
	struct budget *b = NULL;
	long last;

	RTE_SET_USED(state);
	snprintf(expected, sizeof(expected), "%s: out of memory", file);
	for (last = 1; b == NULL; last++) {
		fail_at = last;
		nb_allocations = 0;
		b = budget_load(file, error, sizeof(error));
		if (b == NULL)
			assert_string_equal(error, expected);
	}
	fail_at = 0;
	/* Text, budget, nodes, drafts, default path, rules, order, and a path for each node. */
	assert_in_range(last, 7 + b->nb_nodes, 100);
	budget_free(b);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_failed_allocation_is_reported_as_one_line),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s GOOD-FILE\n", argv[0]);
		return 2;
	}
	file = argv[1];
	return cmocka_run_group_tests_name("budgets without memory", tests, NULL, NULL);
}
