/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * What can be checked only when all of the tree is known. Everything is n log n at most: a
 * generated file may have hundred thousands of counters.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "budget_private.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* Siblings of one name next to each other, in the order of the file. */
static int
order_nodes(const void *x, const void *y, void *nodes)
{
	uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	const struct budget_node *a = (const struct budget_node *)nodes + i;
	const struct budget_node *b = (const struct budget_node *)nodes + j;
	int order = ORDER(a->parent, b->parent);

	if (order == 0)
		order = strcmp(a->name, b->name);
	return order != 0 ? order : ORDER(i, j);
}

static int
same_name(const struct budget_node *a, const struct budget_node *b)
{
	return a->parent == b->parent && strcmp(a->name, b->name) == 0;
}

/* The error is the first one of the file, so the smallest index of a second sibling. */
static int
check_names(struct budget_build *w)
{
	const struct budget_node *n = w->b->nodes;
	uint32_t nb = w->b->nb_nodes, i, first = 0, again = nb;
	uint32_t *order = calloc(nb, sizeof(*order));

	if (order == NULL)
		return budget_fail_memory(w);
	for (i = 0; i < nb; i++)
		order[i] = i;
	qsort_r(order, nb, sizeof(*order), order_nodes, w->b->nodes);
	for (i = 1; i < nb; i++) {
		if (order[i] < again && same_name(&n[order[i - 1]], &n[order[i]])) {
			first = order[i - 1];
			again = order[i];
		}
	}
	free(order);
	if (again == nb)
		return 0;
	return budget_fail(w, n[again].line, "name",
			   "'%s' is there already, in line %u (unique below one parent)",
			   n[again].name, n[first].line);
}

/* NULL without memory. */
static char *
path_of(const struct budget *b, uint32_t i)
{
	const struct budget_node *n = &b->nodes[i];
	const char *above = i > 0 ? b->nodes[n->parent].path : "";
	size_t length = strlen(above) + sizeof("/") + strlen(n->name);
	char *path;

	path = malloc(length);
	if (path != NULL)
		snprintf(path, length, "%s%s%s", above, above[0] != '\0' ? "/" : "", n->name);
	return path;
}

static int
fill_paths(struct budget_build *w)
{
	uint32_t i;

	for (i = 0; i < w->b->nb_nodes; i++) {
		w->b->nodes[i].path = path_of(w->b, i);
		if (w->b->nodes[i].path == NULL)
			return budget_fail_memory(w);
	}
	return 0;
}

/* Neither more than what is above it allows, nor a batch that never fits. */
static int
check_limits(struct budget_build *w, uint32_t i)
{
	const struct budget_node *n = w->b->nodes;
	struct budget_draft *d = w->drafts;
	uint32_t above = d[n[i].parent].limiter;

	if (n[i].max != RATION_UNLIMITED && n[i].max > n[above].max)
		return budget_fail(w, d[i].max_line, "max",
				   "%" PRIu64 " is more than %s has (at most %" PRIu64
				   ", from line %u)",
				   n[i].max, above > 0 ? n[above].path : "the whole tree",
				   n[above].max, d[above].max_line);
	d[i].limiter = n[i].max < n[above].max ? i : above;
	above = d[i].limiter;
	if (n[i].batch != RATION_BATCH_UNSET && n[i].batch > n[above].max)
		return budget_fail(w, d[i].batch_line, "batch",
				   "%u is more than the limit (at most %" PRIu64 ", from line %u)",
				   n[i].batch, n[above].max, d[above].max_line);
	return 0;
}

static int
resolve_default(struct budget_build *w)
{
	uint32_t i;

	if (w->default_path == NULL)
		return 0;
	for (i = 0; i < w->b->nb_nodes; i++) {
		if (strcmp(w->b->nodes[i].path, w->default_path) != 0)
			continue;
		w->b->default_node = i;
		return 0;
	}
	return budget_fail(w, w->default_line, "default",
			   "'%.*s' is not in the tree (path of a counter, such as edge/gold)",
			   BUDGET_SHOWN(w->default_path));
}

/* Rules for the same traffic next to each other, in the order of the file. */
static int
order_traffic(const void *x, const void *y)
{
	const struct budget_rule *a = x, *b = y;
	int order = ORDER(a->match, b->match);

	if (order == 0)
		order = ORDER(a->prefix, b->prefix);
	if (order == 0)
		order = ORDER(a->length, b->length);
	if (order == 0)
		order = ORDER(a->id, b->id);
	return order != 0 ? order : ORDER(a->line, b->line);
}

/* Rules of one node next to each other, in the order of the file. */
static int
order_owner(const void *x, const void *y)
{
	const struct budget_rule *a = x, *b = y;
	int order = ORDER(a->node, b->node);

	return order != 0 ? order : ORDER(a->line, b->line);
}

static int
same_traffic(const struct budget_rule *a, const struct budget_rule *b)
{
	return a->match == b->match && a->prefix == b->prefix && a->length == b->length &&
	       a->id == b->id;
}

static int
fail_overlap(const struct budget_build *w, const struct budget_rule *again,
	     const struct budget_rule *first)
{
	char value[BUDGET_MATCH_SIZE];

	budget_match_text(again, value);
	return budget_fail(w, again->line, budget_match_names[again->match],
			   "%s belongs to '%s' already, from line %u (each to one counter)", value,
			   w->b->nodes[first->node].path, first->line);
}

static int
check_rules(struct budget_build *w)
{
	const struct budget_rule *first = NULL, *again = NULL;
	struct budget_rule *r = w->b->rules;
	uint32_t nb = w->b->nb_rules, i;

	if (nb == 0)
		return 0;
	qsort(r, nb, sizeof(*r), order_traffic);
	for (i = 1; i < nb; i++) {
		if (!same_traffic(&r[i - 1], &r[i]) || (again != NULL && again->line <= r[i].line))
			continue;
		first = &r[i - 1];
		again = &r[i];
	}
	if (again != NULL)
		return fail_overlap(w, again, first);
	qsort(r, nb, sizeof(*r), order_owner);
	return 0;
}

int
budget_check(struct budget_build *w)
{
	uint32_t i;

	if (check_names(w) < 0 || fill_paths(w) < 0)
		return -1;
	for (i = 0; i < w->b->nb_nodes; i++)
		if (check_limits(w, i) < 0)
			return -1;
	if (resolve_default(w) < 0)
		return -1;
	return check_rules(w);
}
