/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* The keys of a budget file and the functions that read their values. */

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "budget/build.h"
#include "budget/check.h"
#include "budget/value.h"
#include "budget/yaml.h"

static int
read_name(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	const char *text = budget_yaml_text(r, key->name, "a name");
	const char *fault;

	if (text == NULL)
		return -1;
	fault = ration_name_error(text);
	if (fault != NULL)
		return budget_yaml_fail(r, key, fault);
	memcpy(r->w->b->nodes[node].name, text, strlen(text) + 1);
	return 0;
}

static int
read_number(struct budget_yaml *r, const struct budget_key *key, uint64_t *value)
{
	const char *text = budget_yaml_text(r, key->name, "a number");
	const char *fault;

	if (text == NULL)
		return -1;
	fault = budget_number_fault(text, value);
	return fault == NULL ? 0 : budget_yaml_fail(r, key, fault);
}

static int
read_max(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	r->w->drafts[node].max_line = budget_yaml_line(r);
	if (node == 0)
		r->w->b->nodes[node].line = budget_yaml_line(r);
	return read_number(r, key, &r->w->b->nodes[node].max);
}

static int
read_units(struct budget_yaml *r, const struct budget_key *key, uint32_t *batch, uint32_t *line)
{
	uint64_t value;

	if (read_number(r, key, &value) < 0)
		return -1;
	RTE_BUILD_BUG_ON(RATION_BATCH_MAX != 524287);
	if (value > RATION_BATCH_MAX)
		return budget_yaml_fail(r, key, "is too large (0 to 524287)");
	*batch = (uint32_t)value;
	*line = budget_yaml_line(r);
	return 0;
}

static int
read_batch(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	return read_units(r, key, &r->w->b->nodes[node].batch, &r->w->drafts[node].batch_line);
}

static int
read_batch_max(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	return read_units(r, key, &r->w->b->nodes[node].batch_max,
			  &r->w->drafts[node].batch_max_line);
}

static int
read_min(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	r->w->drafts[node].min_line = budget_yaml_line(r);
	return read_number(r, key, &r->w->b->nodes[node].min);
}

static int
read_low(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	r->w->drafts[node].low_line = budget_yaml_line(r);
	return read_number(r, key, &r->w->b->nodes[node].low);
}

static int
read_unit(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	const char *text = budget_yaml_text(r, key->name, "packets or bytes");
	unsigned int i;

	RTE_SET_USED(node);
	if (text == NULL)
		return -1;
	for (i = 0; i < RTE_DIM(budget_unit_names); i++) {
		if (strcmp(text, budget_unit_names[i]) != 0)
			continue;
		r->w->b->unit = (enum budget_unit)i;
		return 0;
	}
	return budget_yaml_fail(r, key, "is not a unit (packets or bytes)");
}

static int
read_path(struct budget_yaml *r, const struct budget_key *key, char **path, uint32_t *line)
{
	const char *text = budget_yaml_text(r, key->name, "path of a counter, such as edge/gold");

	if (text == NULL)
		return -1;
	if (text[0] == '\0')
		return budget_yaml_fail(r, key, "is empty (path of a counter, such as edge/gold)");
	*line = budget_yaml_line(r);
	*path = strdup(text);
	return *path != NULL ? 0 : budget_fail_memory(r->w);
}

static int
read_default(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	RTE_SET_USED(node);
	return read_path(r, key, &r->w->default_path, &r->w->default_line);
}

static int
read_malformed(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	RTE_SET_USED(node);
	return read_path(r, key, &r->w->malformed_path, &r->w->malformed_line);
}

static int read_prefix(struct budget_yaml *r, const struct budget_key *key, uint32_t node);
static int read_id(struct budget_yaml *r, const struct budget_key *key, uint32_t node);
static int read_ethertype(struct budget_yaml *r, const struct budget_key *key, uint32_t node);

static const struct budget_key rule_keys[] = {
	[BUDGET_SOURCE] = {"source", read_prefix, 0},
	[BUDGET_DESTINATION] = {"destination", read_prefix, 0},
	[BUDGET_VLAN] = {"vlan", read_id, 0},
	[BUDGET_ETHERTYPE] = {"ethertype", read_ethertype, 0},
	[BUDGET_PORT] = {"port", read_id, 0},
};

static const struct budget_shape rule_shape = {
	"one 'key: value' for each '- '",
	rule_keys,
	RTE_DIM(rule_keys),
	1,
};

static const struct {
	uint16_t min;
	uint16_t max;
} id_ranges[] = {
	[BUDGET_VLAN] = {1, 4094},
	[BUDGET_PORT] = {0, RTE_MAX_ETHPORTS - 1},
};

static struct budget_rule
new_rule(const struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	return (struct budget_rule){
		.match = (enum budget_match)(key - rule_keys),
		.node = node,
		.line = budget_yaml_line(r),
	};
}

static int
read_prefix(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	const char *text = budget_yaml_text(r, key->name, "one prefix");
	struct budget_rule rule = new_rule(r, key, node);
	const char *fault;

	if (text == NULL)
		return -1;
	fault = budget_prefix_fault(text, &rule);
	return fault == NULL ? budget_build_rule(r->w, &rule) : budget_yaml_fail(r, key, fault);
}

static int
read_id(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	const char *text = budget_yaml_text(r, key->name, "one id");
	struct budget_rule rule = new_rule(r, key, node);
	uint16_t min = id_ranges[rule.match].min;
	uint16_t max = id_ranges[rule.match].max;

	if (text == NULL)
		return -1;
	if (budget_id(text, min, max, &rule.id) < 0)
		return budget_fail(r->w, rule.line, key->name, "'%.*s' is not a %s id (%u to %u)",
				   BUDGET_EXCERPT(text), key->name, min, max);
	return budget_build_rule(r->w, &rule);
}

static int
read_ethertype(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	const char *text = budget_yaml_text(r, key->name, "one EtherType");
	struct budget_rule rule = new_rule(r, key, node);
	const char *fault;

	if (text == NULL)
		return -1;
	fault = budget_ethertype_fault(text, &rule.id);
	return fault == NULL ? budget_build_rule(r->w, &rule) : budget_yaml_fail(r, key, fault);
}

static int
read_rule(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	return budget_yaml_mapping(r, key->name, &rule_shape, node);
}

static int
read_rules(struct budget_yaml *r, const struct budget_key *key, uint32_t node)
{
	return budget_yaml_list(r, key, "lines such as '- source: 10.1.0.0/16'", read_rule, node);
}

static int read_nodes(struct budget_yaml *r, const struct budget_key *key, uint32_t parent);

static const struct budget_key node_keys[] = {
	{"name", read_name, 1},		  {"max", read_max, 0},	       {"batch", read_batch, 0},
	{"batch_max", read_batch_max, 0}, {"min", read_min, 0},	       {"low", read_low, 0},
	{"match", read_rules, 0},	  {"children", read_nodes, 0},
};

static const struct budget_shape node_shape = {
	"a counter: a name and optional keys",
	node_keys,
	RTE_DIM(node_keys),
	RTE_DIM(node_keys),
};

static int
read_node(struct budget_yaml *r, const struct budget_key *key, uint32_t parent)
{
	uint32_t node;

	if (r->w->drafts[parent].depth == RATION_DEPTH_MAX)
		return budget_fail(r->w, budget_yaml_line(r), key->name,
				   "too deep (at most %u levels)", RATION_DEPTH_MAX);
	node = budget_build_node(r->w, parent, budget_yaml_line(r));
	if (node == 0)
		return -1;
	return budget_yaml_mapping(r, key->name, &node_shape, node);
}

static int
read_nodes(struct budget_yaml *r, const struct budget_key *key, uint32_t parent)
{
	return budget_yaml_list(r, key, "one '- name: ...' for each counter", read_node, parent);
}

static const struct budget_key file_keys[] = {
	{"unit", read_unit, 0},		  {"max", read_max, 0},	      {"default", read_default, 0},
	{"malformed", read_malformed, 0}, {"budgets", read_nodes, 1},
};

static const struct budget_shape file_shape = {
	"'budgets:' and a list of counters",
	file_keys,
	RTE_DIM(file_keys),
	RTE_DIM(file_keys),
};

struct budget *
budget_parse(const char *file, const char *text, size_t length, char *error, size_t size)
{
	struct budget *b = NULL;
	struct budget_build w;

	if (budget_build_init(&w, file, error, size) < 0)
		goto out;
	if (length > BUDGET_FILE_MAX) {
		budget_fail(&w, 0, NULL, "too large (at most %u bytes)", BUDGET_FILE_MAX);
		goto out;
	}
	if (budget_yaml_read(&w, text, length, &file_shape) < 0 || budget_check(&w) < 0)
		goto out;
	b = w.b;
	w.b = NULL;
out:
	budget_build_fini(&w);
	return b;
}
