/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_common.h>

#include "budget/loading.h"
#include "budget/yaml.h"

/* Events between two looks at the progress. */
#define EVENTS_PER_STEP 1024

uint32_t
budget_yaml_line(const struct budget_yaml *r)
{
	return (uint32_t)r->event.start_mark.line + 1;
}

/* For an encoding error libyaml reports the offset only, not the line. */
static size_t
line_of_offset(const struct budget_yaml *r, size_t offset)
{
	size_t i, line = 1;

	for (i = 0; i < RTE_MIN(offset, r->length); i++)
		line += r->text[i] == '\n';
	return line;
}

static int
fail_yaml(struct budget_yaml *r)
{
	const yaml_parser_t *p = &r->yaml;

	switch (p->error) {
	case YAML_MEMORY_ERROR:
		return budget_fail_memory(r->w);
	case YAML_READER_ERROR:
		return budget_fail(r->w, line_of_offset(r, p->problem_offset), "encoding",
				   "%s (plain UTF-8 text)", p->problem);
	default:
		return budget_fail(r->w, p->problem_mark.line + 1, "syntax", "%s%s%s (YAML)",
				   p->problem, p->context != NULL ? ", " : "",
				   p->context != NULL ? p->context : "");
	}
}

static int
fail_reference(struct budget_yaml *r, const char *kind, const yaml_char_t *name)
{
	return budget_fail(r->w, budget_yaml_line(r), kind,
			   "'%.*s' is not allowed (aliases, anchors and tags are not supported)",
			   BUDGET_EXCERPT((const char *)name));
}

/* Refuse aliases, because a few lines of them can expand to gigabytes. */
static int
refuse_references(struct budget_yaml *r)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	const yaml_event_t *e = &r->event;

	switch (e->type) {
	case YAML_ALIAS_EVENT:
		return fail_reference(r, "alias", e->data.alias.anchor);
	case YAML_SCALAR_EVENT:
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor != NULL)
		return fail_reference(r, "anchor", anchor);
	if (tag != NULL)
		return fail_reference(r, "tag", tag);
	return 0;
}

static int
next_event(struct budget_yaml *r)
{
	yaml_event_delete(&r->event);
	if (r->nb_events++ % EVENTS_PER_STEP == 0 &&
	    loading_step("bytes read", r->yaml.mark.index / LOADING_EVERY * LOADING_EVERY,
			 r->length) < 0)
		return budget_fail(r->w, budget_yaml_line(r), NULL, "interrupted");
	if (!yaml_parser_parse(&r->yaml, &r->event))
		return fail_yaml(r);
	return refuse_references(r);
}

const char *
budget_yaml_text(struct budget_yaml *r, const char *key, const char *form)
{
	const char *text = (const char *)r->event.data.scalar.value;

	if (r->event.type != YAML_SCALAR_EVENT)
		budget_fail(r->w, budget_yaml_line(r), key, "not a single value (%s)", form);
	else if (strlen(text) != r->event.data.scalar.length)
		budget_fail(r->w, budget_yaml_line(r), key, "contains a NUL character (%s)", form);
	else
		return text;
	return NULL;
}

int
budget_yaml_fail(struct budget_yaml *r, const struct budget_key *key, const char *fault)
{
	const char *text = (const char *)r->event.data.scalar.value;

	return budget_fail(r->w, budget_yaml_line(r), key->name, "'%.*s' %s", BUDGET_EXCERPT(text),
			   fault);
}

static int
fail_key(struct budget_yaml *r, const char *key, const struct budget_shape *shape,
	 const char *problem)
{
	char known[128] = "";
	unsigned int i;
	size_t used = 0;

	for (i = 0; i < shape->nb_keys && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 i > 0 ? ", " : "", shape->keys[i].name);
	return budget_fail(r->w, budget_yaml_line(r), key, "%s (%s)", problem, known);
}

/* Returns the key, or NULL with the error written. `seen` has a bit for each key. */
static const struct budget_key *
read_key(struct budget_yaml *r, const struct budget_shape *shape, uint32_t *seen)
{
	const char *text = budget_yaml_text(r, "?", "a key is one word");
	unsigned int i;

	if (text == NULL)
		return NULL;
	for (i = 0; i < shape->nb_keys; i++)
		if (strcmp(shape->keys[i].name, text) == 0)
			break;
	if (i == shape->nb_keys)
		fail_key(r, text, shape, "unknown key");
	else if (*seen & (UINT32_C(1) << i))
		budget_fail(r->w, budget_yaml_line(r), text, "given twice (once is allowed)");
	else if ((unsigned int)__builtin_popcount(*seen) == shape->most)
		budget_fail(r->w, budget_yaml_line(r), text, "too many keys (%s)", shape->form);
	else {
		*seen |= UINT32_C(1) << i;
		return &shape->keys[i];
	}
	return NULL;
}

static int
check_required(struct budget_yaml *r, const struct budget_shape *shape, uint32_t seen,
	       uint32_t line)
{
	unsigned int i;

	for (i = 0; i < shape->nb_keys; i++)
		if (shape->keys[i].required && !(seen & (UINT32_C(1) << i)))
			return budget_fail(r->w, line, shape->keys[i].name, "missing (%s)",
					   shape->form);
	return 0;
}

int
budget_yaml_mapping(struct budget_yaml *r, const char *key, const struct budget_shape *shape,
		    uint32_t node)
{
	uint32_t line = budget_yaml_line(r);
	uint32_t seen = 0;

	if (r->event.type != YAML_MAPPING_START_EVENT)
		return budget_fail(r->w, line, key, "not a mapping (%s)", shape->form);
	for (;;) {
		const struct budget_key *k;

		if (next_event(r) < 0)
			return -1;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			break;
		k = read_key(r, shape, &seen);
		if (k == NULL || next_event(r) < 0 || k->read(r, k, node) < 0)
			return -1;
	}
	if (seen == 0)
		return budget_fail(r->w, line, key, "empty (%s)", shape->form);
	return check_required(r, shape, seen, line);
}

int
budget_yaml_list(struct budget_yaml *r, const struct budget_key *key, const char *form,
		 int (*item)(struct budget_yaml *r, const struct budget_key *key, uint32_t node),
		 uint32_t node)
{
	if (r->event.type != YAML_SEQUENCE_START_EVENT)
		return budget_fail(r->w, budget_yaml_line(r), key->name, "not a list (%s)", form);
	for (;;) {
		if (next_event(r) < 0)
			return -1;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (item(r, key, node) < 0)
			return -1;
	}
}

static int
read_stream(struct budget_yaml *r, const struct budget_shape *shape)
{
	if (next_event(r) < 0 || next_event(r) < 0) /* start of the stream, of the document */
		return -1;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return budget_fail(r->w, 1, "budgets", "missing, the file is empty (%s)",
				   shape->form);
	if (next_event(r) < 0 || budget_yaml_mapping(r, "budgets", shape, 0) < 0)
		return -1;
	if (next_event(r) < 0 || next_event(r) < 0) /* end of the document, of the stream */
		return -1;
	if (r->event.type != YAML_STREAM_END_EVENT)
		return budget_fail(r->w, budget_yaml_line(r), "---",
				   "a second document (one is allowed)");
	return 0;
}

int
budget_yaml_read(struct budget_build *w, const char *text, size_t length,
		 const struct budget_shape *shape)
{
	struct budget_yaml r = {.text = text, .length = length, .w = w};
	int rc;

	if (!yaml_parser_initialize(&r.yaml))
		return budget_fail_memory(w);
	/* Otherwise libyaml detects the encoding from the first bytes. */
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, length);
	rc = read_stream(&r, shape);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.yaml);
	return rc;
}
