/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * Any bytes are either a budget or cause one error message that names the file. A budget that is
 * printed and read again is unchanged.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "budget/budget.h"
#include "fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void
claim_same_node(const struct budget_node *a, const struct budget_node *b)
{
	CLAIM(strcmp(a->name, b->name) == 0);
	CLAIM(strcmp(a->path, b->path) == 0);
	CLAIM(a->max == b->max);
	CLAIM(a->batch == b->batch);
	CLAIM(a->parent == b->parent);
	CLAIM(a->nb_children == b->nb_children);
}

static void
claim_same_rule(const struct budget_rule *a, const struct budget_rule *b)
{
	CLAIM(a->match == b->match);
	CLAIM(a->family == b->family);
	CLAIM(memcmp(a->prefix, b->prefix, sizeof(a->prefix)) == 0);
	CLAIM(a->length == b->length);
	CLAIM(a->id == b->id);
	CLAIM(a->node == b->node);
}

static void
claim_same(const struct budget *a, const struct budget *b)
{
	uint32_t i;

	CLAIM(a->unit == b->unit);
	CLAIM(a->default_node == b->default_node);
	CLAIM(a->malformed_node == b->malformed_node);
	CLAIM(a->nb_nodes == b->nb_nodes);
	CLAIM(a->nb_rules == b->nb_rules);
	for (i = 0; i < a->nb_nodes; i++)
		claim_same_node(&a->nodes[i], &b->nodes[i]);
	for (i = 0; i < a->nb_rules; i++)
		claim_same_rule(&a->rules[i], &b->rules[i]);
}

/* Properties that the users of a budget rely on. */
static void
claim_sound(const struct budget *b)
{
	uint32_t i;

	CLAIM(b->nb_nodes > 0 && b->default_node < b->nb_nodes);
	CLAIM(b->malformed_node < b->nb_nodes);
	/* Malformed frames have a counter of their own wherever they are told apart. */
	CLAIM(!budget_reads_headers(b) || b->malformed_node != 0);
	for (i = 0; i < b->nb_nodes; i++) {
		CLAIM(i == 0 ? b->nodes[i].parent == 0 : b->nodes[i].parent < i);
		CLAIM(b->nodes[i].max <= RATION_UNLIMITED);
		CLAIM(memchr(b->nodes[i].name, '\0', RATION_COUNTER_NAMESIZE) != NULL);
		CLAIM(i == 0 || b->nodes[i].name[0] != '\0');
	}
	for (i = 0; i < b->nb_rules; i++)
		CLAIM(b->rules[i].node < b->nb_nodes && b->rules[i].length <= 128);
}

static void
claim_round_trip(const struct budget *b)
{
	struct budget *again;
	char error[256], *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	CLAIM(f != NULL);
	budget_print(b, f);
	CLAIM(fclose(f) == 0);
	again = budget_parse("printed", text, size, error, sizeof(error));
	CLAIM(again != NULL);
	claim_same(b, again);
	budget_free(again);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char error[256] = "";
	struct budget *b;

	b = budget_parse("fuzz", (const char *)bytes, size, error, sizeof(error));
	if (b == NULL) {
		CLAIM(strncmp(error, "fuzz:", 5) == 0);
		CLAIM(strpbrk(error, "\n\r\x1b") == NULL);
		return 0;
	}
	claim_sound(b);
	claim_round_trip(b);
	budget_free(b);
	return 0;
}
