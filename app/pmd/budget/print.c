/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* libyaml writes the text, because it quotes names correctly. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "budget/value.h"

/* `ok` is 0 after the first failure. Nodes and rules are written in their order. */
struct writer {
	yaml_emitter_t yaml;
	const struct budget *b;
	uint32_t next_node;
	uint32_t next_rule;
	int ok;
};

static void
emit(struct writer *w, int initialized, yaml_event_t *event)
{
	w->ok = initialized && yaml_emitter_emit(&w->yaml, event);
}

static void
emit_text(struct writer *w, const char *text)
{
	yaml_event_t e;

	if (w->ok)
		emit(w,
		     yaml_scalar_event_initialize(&e, NULL, NULL, (const yaml_char_t *)text,
						  (int)strlen(text), 1, 1, YAML_ANY_SCALAR_STYLE),
		     &e);
}

static void
emit_mapping_start(struct writer *w)
{
	yaml_event_t e;

	if (w->ok)
		emit(w,
		     yaml_mapping_start_event_initialize(&e, NULL, NULL, 1,
							 YAML_BLOCK_MAPPING_STYLE),
		     &e);
}

static void
emit_mapping_end(struct writer *w)
{
	yaml_event_t e;

	if (w->ok)
		emit(w, yaml_mapping_end_event_initialize(&e), &e);
}

static void
emit_list_start(struct writer *w, const char *key)
{
	yaml_event_t e;

	emit_text(w, key);
	if (w->ok)
		emit(w,
		     yaml_sequence_start_event_initialize(&e, NULL, NULL, 1,
							  YAML_BLOCK_SEQUENCE_STYLE),
		     &e);
}

static void
emit_list_end(struct writer *w)
{
	yaml_event_t e;

	if (w->ok)
		emit(w, yaml_sequence_end_event_initialize(&e), &e);
}

static void
emit_pair(struct writer *w, const char *key, const char *value)
{
	emit_text(w, key);
	emit_text(w, value);
}

/* Use the largest suffix that is exact. */
static void
emit_number(struct writer *w, const char *key, uint64_t value)
{
	static const char *const suffixes[] = {"", "k", "M", "G"};
	char text[32];
	unsigned int i = 0;

	while (value != 0 && value % 1024 == 0 && i + 1 < RTE_DIM(suffixes)) {
		value /= 1024;
		i++;
	}
	snprintf(text, sizeof(text), "%" PRIu64 "%s", value, suffixes[i]);
	emit_pair(w, key, text);
}

static void
emit_rule(struct writer *w, const struct budget_rule *rule)
{
	char text[BUDGET_MATCH_SIZE];

	budget_match_text(rule, text);
	emit_mapping_start(w);
	emit_pair(w, budget_match_names[rule->match], text);
	emit_mapping_end(w);
}

static int
rule_of(const struct writer *w, uint32_t node)
{
	return w->next_rule < w->b->nb_rules && w->b->rules[w->next_rule].node == node;
}

static void
emit_rules(struct writer *w, uint32_t node)
{
	if (!rule_of(w, node))
		return;
	emit_list_start(w, "match");
	while (rule_of(w, node))
		emit_rule(w, &w->b->rules[w->next_rule++]);
	emit_list_end(w);
}

/*
 * The recursion is at most RATION_DEPTH_MAX deep. Nodes are in depth-first order, therefore the
 * next node is the first child.
 */
static void
emit_children(struct writer *w, const char *key, uint32_t parent)
{
	const struct budget *b = w->b;

	emit_list_start(w, key);
	while (w->next_node < b->nb_nodes && b->nodes[w->next_node].parent == parent) {
		const struct budget_node *n = &b->nodes[w->next_node];
		uint32_t node = w->next_node++;

		emit_mapping_start(w);
		emit_pair(w, "name", n->name);
		if (n->max != RATION_UNLIMITED)
			emit_number(w, "max", n->max);
		if (n->batch != BUDGET_BATCH_UNSET)
			emit_number(w, "batch", n->batch);
		if (n->batch_max != BUDGET_BATCH_UNSET)
			emit_number(w, "batch_max", n->batch_max);
		if (n->min != 0)
			emit_number(w, "min", n->min);
		if (n->low != 0)
			emit_number(w, "low", n->low);
		emit_rules(w, node);
		if (n->nb_children > 0)
			emit_children(w, "children", node);
		emit_mapping_end(w);
	}
	emit_list_end(w);
}

static void
emit_budget(struct writer *w)
{
	const struct budget *b = w->b;

	emit_mapping_start(w);
	emit_pair(w, "unit", budget_unit_names[b->unit]);
	if (b->nodes[0].max != RATION_UNLIMITED)
		emit_number(w, "max", b->nodes[0].max);
	if (b->default_node != 0)
		emit_pair(w, "default", b->nodes[b->default_node].path);
	if (b->malformed_node == 0 && (b->default_node != 0 || budget_reads_headers(b)))
		emit_pair(w, "malformed", BUDGET_ROOT);
	if (b->malformed_node != 0 &&
	    strcmp(b->nodes[b->malformed_node].path, BUDGET_MALFORMED) != 0 &&
	    (b->malformed_node != b->default_node || budget_reads_headers(b)))
		emit_pair(w, "malformed", b->nodes[b->malformed_node].path);
	emit_children(w, "budgets", 0);
	emit_mapping_end(w);
}

void
budget_print(const struct budget *b, FILE *f)
{
	struct writer w = {.b = b, .next_node = 1};
	yaml_event_t e;

	if (!yaml_emitter_initialize(&w.yaml))
		return;
	yaml_emitter_set_output_file(&w.yaml, f);
	yaml_emitter_set_unicode(&w.yaml, 1);
	yaml_emitter_set_width(&w.yaml, -1);
	emit(&w, yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING), &e);
	if (w.ok)
		emit(&w, yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1), &e);
	emit_budget(&w);
	if (w.ok)
		emit(&w, yaml_document_end_event_initialize(&e, 1), &e);
	if (w.ok)
		emit(&w, yaml_stream_end_event_initialize(&e), &e);
	yaml_emitter_delete(&w.yaml);
}
