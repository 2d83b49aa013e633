/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "budget/build.h"

/* Initial number of elements of an array. */
#define ROOM_MIN 16
/* Size of a message before it is escaped: the longest path, and what is wrong. */
#define BUDGET_MESSAGE_MAX (4096 + 1024)

int
budget_excerpt_length(const char *text)
{
	int length = (int)strnlen(text, BUDGET_EXCERPT_MAX + 1);

	if (length <= BUDGET_EXCERPT_MAX)
		return length;
	/* Do not cut a UTF-8 character: bytes 10xxxxxx continue one. */
	for (length = BUDGET_EXCERPT_MAX; length > 0; length--)
		if (((unsigned char)text[length] & 0xc0) != 0x80)
			break;
	return length;
}

int
budget_fail(const struct budget_build *w, size_t line, const char *key, const char *format, ...)
{
	char where[32] = "";
	char what[512], line_of_text[BUDGET_MESSAGE_MAX];
	va_list ap;

	if (line > 0)
		snprintf(where, sizeof(where), ":%zu", line);
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	snprintf(line_of_text, sizeof(line_of_text), "%s%s: %.*s%s%s", w->file, where,
		 key != NULL ? budget_excerpt_length(key) : 0, key != NULL ? key : "",
		 key != NULL ? ": " : "", what);
	/* Text from the file, and the file name, must not start new lines or control a terminal. */
	ration_name_escape(w->error, w->size, line_of_text);
	return -1;
}

int
budget_fail_memory(const struct budget_build *w)
{
	return budget_fail(w, 0, NULL, "out of memory");
}

int
budget_build_init(struct budget_build *w, const char *file, char *error, size_t size)
{
	*w = (struct budget_build){
		.file = file,
		.error = error,
		.size = size,
		.b = calloc(1, sizeof(*w->b)),
	};
	if (w->b == NULL)
		return budget_fail_memory(w);
	budget_build_node(w, 0, 0);
	return w->b->nb_nodes == 1 ? 0 : -1;
}

void
budget_build_fini(struct budget_build *w)
{
	budget_free(w->b);
	free(w->drafts);
	free(w->default_path);
	free(w->malformed_path);
}

/* Resize an array to `room` elements. After a failure the old array remains valid. */
static void *
grow(const struct budget_build *w, void *array, uint32_t room, size_t element)
{
	void *bigger = reallocarray(array, room, element);

	if (bigger == NULL)
		budget_fail_memory(w);
	return bigger;
}

static uint32_t
next_room(uint32_t room)
{
	return RTE_MAX(2 * room, (uint32_t)ROOM_MIN);
}

static int
grow_nodes(struct budget_build *w)
{
	uint32_t room = next_room(w->nodes_room);
	struct budget_draft *drafts;
	struct budget_node *nodes;

	/* A node takes at least "x: x", therefore the file size limits the number of nodes. */
	RTE_BUILD_BUG_ON(BUDGET_FILE_MAX / sizeof("x: x") >= RATION_COUNTERS_MAX);
	nodes = grow(w, w->b->nodes, room, sizeof(*nodes));
	if (nodes == NULL)
		return -1;
	w->b->nodes = nodes;
	drafts = grow(w, w->drafts, room, sizeof(*drafts));
	if (drafts == NULL)
		return -1;
	w->drafts = drafts;
	w->nodes_room = room;
	return 0;
}

uint32_t
budget_build_node(struct budget_build *w, uint32_t parent, uint32_t line)
{
	struct budget *b = w->b;
	uint32_t i = b->nb_nodes;

	if (i == w->nodes_room && grow_nodes(w) < 0)
		return 0;
	b->nodes[i] = (struct budget_node){
		.max = RATION_UNLIMITED,
		.batch = BUDGET_BATCH_UNSET,
		.batch_max = BUDGET_BATCH_UNSET,
		.parent = parent,
		.line = line,
	};
	w->drafts[i] = (struct budget_draft){0};
	if (i > 0) {
		w->drafts[i].depth = w->drafts[parent].depth + 1;
		b->nodes[parent].nb_children++;
	}
	b->nb_nodes++;
	return i;
}

int
budget_build_rule(struct budget_build *w, const struct budget_rule *rule)
{
	struct budget *b = w->b;

	if (b->nb_rules == w->rules_room) {
		uint32_t room = next_room(w->rules_room);
		struct budget_rule *rules = grow(w, b->rules, room, sizeof(*rules));

		if (rules == NULL)
			return -1;
		b->rules = rules;
		w->rules_room = room;
	}
	b->rules[b->nb_rules++] = *rule;
	return 0;
}

void
budget_free(struct budget *b)
{
	uint32_t i;

	if (b == NULL)
		return;
	for (i = 0; i < b->nb_nodes; i++)
		free(b->nodes[i].path);
	free(b->nodes);
	free(b->rules);
	free(b);
}
