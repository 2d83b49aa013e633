/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "equal.h"

static void
assert_node_equal(const struct budget_node *a, const struct budget_node *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->path, b->path);
	assert_true(a->max == b->max);
	assert_int_equal(a->batch, b->batch);
	assert_int_equal(a->batch_max, b->batch_max);
	assert_true(a->min == b->min);
	assert_true(a->low == b->low);
	assert_int_equal(a->parent, b->parent);
	assert_int_equal(a->nb_children, b->nb_children);
}

static void
assert_rule_equal(const struct budget_rule *a, const struct budget_rule *b)
{
	assert_int_equal(a->match, b->match);
	assert_int_equal(a->family, b->family);
	assert_memory_equal(a->prefix, b->prefix, sizeof(a->prefix));
	assert_int_equal(a->length, b->length);
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->node, b->node);
}

void
assert_budget_equal(const struct budget *a, const struct budget *b)
{
	uint32_t i;

	assert_int_equal(a->unit, b->unit);
	assert_int_equal(a->default_node, b->default_node);
	assert_int_equal(a->malformed_node, b->malformed_node);
	assert_int_equal(a->nb_nodes, b->nb_nodes);
	assert_int_equal(a->nb_rules, b->nb_rules);
	for (i = 0; i < a->nb_nodes; i++)
		assert_node_equal(&a->nodes[i], &b->nodes[i]);
	for (i = 0; i < a->nb_rules; i++)
		assert_rule_equal(&a->rules[i], &b->rules[i]);
}

void
assert_round_trip(const struct budget *b)
{
	char error[256], *text;
	struct budget *again;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	budget_print(b, f);
	assert_int_equal(fclose(f), 0);
	again = budget_parse("printed", text, size, error, sizeof(error));
	if (again == NULL)
		fail_msg("%s\n%s", error, text);
	free(text);
	assert_budget_equal(b, again);
	budget_free(again);
}
