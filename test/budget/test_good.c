/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Budget files without errors. */

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_common.h>

#include "budget/budget.h"
#include "equal.h"

static const char *folder, *tenants;

static const char *const good_files[] = {
	"bom",
	"crlf",
	"deepest",
	"flow",
	"full",
	"markers",
	"nested-prefixes",
	"no-newline",
	"same-name-elsewhere",
};

static struct budget *
load(const char *name)
{
	char path[512], error[1024];
	struct budget *b;

	snprintf(path, sizeof(path), "%s/%s.yaml", folder, name);
	b = budget_load(path, error, sizeof(error));
	if (b == NULL)
		fail_msg("%s", error);
	return b;
}

static uint32_t
node_at(const struct budget *b, const char *path)
{
	uint32_t i;

	for (i = 0; i < b->nb_nodes; i++)
		if (strcmp(b->nodes[i].path, path) == 0)
			return i;
	fail_msg("there is no node %s", path);
	return 0;
}

static void
assert_node(const struct budget *b, const char *path, uint64_t max, uint32_t batch, uint32_t line)
{
	const struct budget_node *n = &b->nodes[node_at(b, path)];

	assert_true(n->max == max);
	assert_int_equal(n->batch, batch);
	assert_int_equal(n->line, line);
}

static void
assert_rule(const struct budget *b, uint32_t i, const char *path, enum budget_match match,
	    const char *prefix, uint8_t length, uint16_t id, uint32_t line)
{
	const struct budget_rule *rule = &b->rules[i];
	uint8_t bytes[BUDGET_ADDRESS_SIZE];

	assert_int_equal(rule->node, node_at(b, path));
	assert_int_equal(rule->match, match);
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(inet_pton(strchr(prefix, ':') != NULL ? AF_INET6 : AF_INET, prefix, bytes),
			 1);
	assert_int_equal(rule->family, strchr(prefix, ':') != NULL ? BUDGET_IPV6 : BUDGET_IPV4);
	assert_memory_equal(rule->prefix, bytes, sizeof(bytes));
	assert_int_equal(rule->length, length);
	assert_int_equal(rule->id, id);
	assert_int_equal(rule->line, line);
}

static void
all_keys_of_a_file_are_read(void **state)
{
	struct budget *b = load("full");

	RTE_SET_USED(state);
	assert_int_equal(b->unit, BUDGET_BYTES);
	assert_int_equal(b->nb_nodes, 9);
	assert_string_equal(b->nodes[b->malformed_node].path, "new");
	assert_string_equal(b->nodes[b->default_node].path, "edge");
	assert_node(b, "", 4096, BUDGET_BATCH_UNSET, 3);
	assert_node(b, "edge", 2048, 32, 6);
	assert_node(b, "edge/gold", 512, BUDGET_BATCH_UNSET, 13);
	assert_node(b, "edge/silver", 100, BUDGET_BATCH_UNSET, 19);
	assert_node(b, "edge/silver/voice", 1, 0, 20);
	assert_node(b, "gold", RATION_UNLIMITED, BUDGET_BATCH_UNSET, 31);
	assert_int_equal(b->nodes[node_at(b, "gold")].batch_max, 1024);
	assert_int_equal(b->nodes[node_at(b, "gold")].min, 3072);
	assert_true(b->nodes[node_at(b, "gold")].low == RATION_UNLIMITED);
	assert_int_equal(b->nodes[node_at(b, "edge")].min, 0);
	assert_int_equal(b->nodes[node_at(b, "edge")].batch_max, BUDGET_BATCH_UNSET);
	assert_node(b, "n\xc3\xa9: [weird] #1", 0, BUDGET_BATCH_UNSET, 36);
	assert_node(b, "empty", RATION_UNLIMITED, BUDGET_BATCH_UNSET, 37);
	assert_int_equal(b->nodes[0].nb_children, 5);
	assert_int_equal(b->nodes[node_at(b, "edge")].nb_children, 2);
	assert_int_equal(b->nodes[node_at(b, "empty")].nb_children, 0);
	budget_free(b);
}

static void
rules_are_in_the_order_of_their_nodes(void **state)
{
	struct budget *b = load("full");

	RTE_SET_USED(state);
	assert_int_equal(b->nb_rules, 14);
	assert_rule(b, 0, "edge", BUDGET_VLAN, "0.0.0.0", 0, 100, 10);
	assert_rule(b, 1, "edge", BUDGET_PORT, "0.0.0.0", 0, 0, 11);
	assert_rule(b, 2, "edge/gold", BUDGET_SOURCE, "10.1.0.0", 16, 0, 16);
	assert_rule(b, 3, "edge/gold", BUDGET_DESTINATION, "192.0.2.0", 24, 0, 17);
	assert_rule(b, 4, "edge/gold", BUDGET_VLAN, "0.0.0.0", 0, 4094, 18);
	assert_rule(b, 5, "edge/silver", BUDGET_VLAN, "0.0.0.0", 0, 1, 30);
	assert_rule(b, 6, "edge/silver/voice", BUDGET_SOURCE, "0.0.0.0", 0, 0, 24);
	assert_rule(b, 7, "edge/silver/voice", BUDGET_SOURCE, "10.1.0.0", 17, 0, 25);
	assert_rule(b, 8, "edge/silver/voice", BUDGET_DESTINATION, "10.1.0.1", 32, 0, 26);
	assert_rule(b, 9, "new", BUDGET_SOURCE, "2001:db8::", 32, 0, 42);
	assert_rule(b, 10, "new", BUDGET_DESTINATION, "::1", 128, 0, 43);
	assert_rule(b, 11, "new", BUDGET_ETHERTYPE, "0.0.0.0", 0, 0x88cc, 44);
	assert_rule(b, 12, "new", BUDGET_ETHERTYPE, "0.0.0.0", 0, 0x0806, 45);
	assert_rule(b, 13, "new", BUDGET_SOURCE, "::", 0, 0, 46);
	budget_free(b);
}

static void
missing_keys_have_their_defaults(void **state)
{
	struct budget *b = load("no-newline");

	RTE_SET_USED(state);
	assert_int_equal(b->unit, BUDGET_PACKETS);
	assert_int_equal(b->default_node, 0);
	assert_node(b, "", RATION_UNLIMITED, BUDGET_BATCH_UNSET, 0);
	assert_node(b, "a", 7, BUDGET_BATCH_UNSET, 3);
	budget_free(b);
}

static struct budget *
parse(const char *text)
{
	char error[256];
	struct budget *b = budget_parse("text", text, strlen(text), error, sizeof(error));

	if (b == NULL)
		fail_msg("%s", error);
	return b;
}

/* A counter of their own in any case: malformed frames must not use up the default's budget. */
static void
malformed_frames_have_a_counter_of_their_own(void **state)
{
	struct budget *none = parse("default: a\nbudgets: [{name: a, match: [port: 1]}]");
	struct budget *added = parse("default: a\nbudgets: [{name: a, match: [vlan: 1]}]");
	struct budget *found = parse("budgets: [{name: malformed, max: 7}, {name: a, match: "
				     "[ethertype: ipv6]}]");
	struct budget *root = parse("malformed: /\ndefault: a\nbudgets: [{name: a, match: "
				    "[vlan: 1]}]");
	struct budget *both = parse("malformed: /\ndefault: /\nbudgets: [{name: a, match: "
				    "[vlan: 1]}]");
	struct budget *named = parse("malformed: a/b\nbudgets: [{name: a, children: "
				     "[{name: b}], match: [source: 10.0.0.0/8]}]");

	RTE_SET_USED(state);
	assert_int_equal(none->nb_nodes, 2);
	assert_int_equal(none->malformed_node, none->default_node);
	assert_int_equal(added->nb_nodes, 3);
	assert_int_equal(added->malformed_node, 2);
	assert_node(added, "malformed", 0, BUDGET_BATCH_UNSET, 0);
	assert_int_equal(added->nodes[0].nb_children, 2);
	assert_int_equal(found->nb_nodes, 3);
	assert_string_equal(found->nodes[found->malformed_node].path, "malformed");
	assert_node(found, "malformed", 7, BUDGET_BATCH_UNSET, 1);
	assert_int_equal(named->nb_nodes, 3);
	assert_string_equal(named->nodes[named->malformed_node].path, "a/b");
	assert_round_trip(none);
	assert_round_trip(added);
	assert_round_trip(found);
	assert_round_trip(named);
	assert_int_equal(root->nb_nodes, 2);
	assert_int_equal(root->malformed_node, 0);
	assert_int_equal(root->default_node, 1);
	assert_int_equal(both->nb_nodes, 2);
	assert_int_equal(both->malformed_node, 0);
	assert_int_equal(both->default_node, 0);
	assert_round_trip(root);
	assert_round_trip(both);
	budget_free(root);
	budget_free(both);
	budget_free(none);
	budget_free(added);
	budget_free(found);
	budget_free(named);
}

static void
windows_line_ends_and_byte_order_mark_are_ignored(void **state)
{
	struct budget *plain = load("no-newline"), *bom = load("bom"), *crlf = load("crlf");

	RTE_SET_USED(state);
	assert_budget_equal(plain, bom);
	assert_node(crlf, "", 8192, BUDGET_BATCH_UNSET, 2);
	assert_node(crlf, "a", 7, BUDGET_BATCH_UNSET, 4);
	budget_free(plain);
	budget_free(bom);
	budget_free(crlf);
}

static void
parents_come_before_their_children(void **state)
{
	size_t i;
	uint32_t n;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(good_files); i++) {
		struct budget *b = load(good_files[i]);

		assert_int_equal(b->nodes[0].parent, 0);
		for (n = 1; n < b->nb_nodes; n++)
			assert_true(b->nodes[n].parent < n);
		budget_free(b);
	}
}

static void
a_printed_budget_is_parsed_to_an_equal_one(void **state)
{
	size_t i;

	RTE_SET_USED(state);
	for (i = 0; i < RTE_DIM(good_files); i++) {
		struct budget *b = load(good_files[i]);

		assert_round_trip(b);
		budget_free(b);
	}
}

/* As the comments of tenants.yaml promise: no tenant can fill the queue of the others. */
static void
the_limits_of_tenants_fit_into_the_queue(void **state)
{
	char error[1024];
	struct budget *b = budget_load(tenants, error, sizeof(error));
	uint64_t sum = 0;
	uint32_t i;

	RTE_SET_USED(state);
	if (b == NULL)
		fail_msg("%s", error);
	for (i = 1; i < b->nb_nodes; i++) {
		assert_true(b->nodes[i].max != RATION_UNLIMITED);
		if (b->nodes[i].nb_children == 0)
			sum += b->nodes[i].max;
	}
	assert_true(sum <= b->nodes[0].max);
	assert_true(b->nodes[0].max == 1024);
	assert_node(b, "edge/gold", 256, 16, b->nodes[node_at(b, "edge/gold")].line);
	assert_int_equal(b->default_node, node_at(b, "other"));
	assert_round_trip(b);
	budget_free(b);
}

static void
freeing_nothing_is_allowed(void **state)
{
	RTE_SET_USED(state);
	budget_free(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_keys_of_a_file_are_read),
		cmocka_unit_test(rules_are_in_the_order_of_their_nodes),
		cmocka_unit_test(missing_keys_have_their_defaults),
		cmocka_unit_test(malformed_frames_have_a_counter_of_their_own),
		cmocka_unit_test(windows_line_ends_and_byte_order_mark_are_ignored),
		cmocka_unit_test(parents_come_before_their_children),
		cmocka_unit_test(a_printed_budget_is_parsed_to_an_equal_one),
		cmocka_unit_test(the_limits_of_tenants_fit_into_the_queue),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};

	if (argc != 3) {
		fprintf(stderr, "usage: %s FOLDER TENANTS\n", argv[0]);
		return 2;
	}
	folder = argv[1];
	tenants = argv[2];
	return cmocka_run_group_tests_name("good budget files", tests, NULL, NULL);
}
