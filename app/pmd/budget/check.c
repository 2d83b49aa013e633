/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/*
 * No check may take more than O(n log n) time, because a generated file may have hundreds of
 * thousands of counters.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "budget/check.h"
#include "budget/value.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* Sort siblings with the same name next to each other, in the order of the file. */
static int
order_by_name(const void *x, const void *y, void *nodes)
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

/* Report the first duplicate of the file: the one with the smallest index. */
static int
check_names(struct budget_build *w)
{
	const struct budget_node *n = w->b->nodes;
	uint32_t nb = w->b->nb_nodes, i, first = 0, duplicate = nb;
	uint32_t *order = calloc(nb, sizeof(*order));

	if (order == NULL)
		return budget_fail_memory(w);
	for (i = 0; i < nb; i++)
		order[i] = i;
	qsort_r(order, nb, sizeof(*order), order_by_name, w->b->nodes);
	for (i = 1; i < nb; i++) {
		if (order[i] < duplicate && same_name(&n[order[i - 1]], &n[order[i]])) {
			first = order[i - 1];
			duplicate = order[i];
		}
	}
	free(order);
	if (duplicate == nb)
		return 0;
	return budget_fail(w, n[duplicate].line, "name",
			   "'%s' already exists, in line %u (names are unique within one parent)",
			   n[duplicate].name, n[first].line);
}

/* Returns NULL if memory runs out. */
static char *
path_of(const struct budget *b, uint32_t i)
{
	const struct budget_node *n = &b->nodes[i];
	const char *parent = i > 0 ? b->nodes[n->parent].path : "";
	size_t length = strlen(parent) + sizeof("/") + strlen(n->name);
	char *path;

	path = malloc(length);
	if (path != NULL)
		snprintf(path, length, "%s%s%s", parent, parent[0] != '\0' ? "/" : "", n->name);
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

/* Units above the limit cannot be protected. 'max' protects all. */
static int
check_claim(struct budget_build *w, uint32_t i, const char *key, uint64_t units, uint32_t line)
{
	uint32_t limiter = w->drafts[i].limiter;

	if (units == RATION_UNLIMITED || units <= w->b->nodes[limiter].max)
		return 0;
	return budget_fail(w, line, key,
			   "%" PRIu64 " is more than the limit (at most %" PRIu64
			   ", from line %u; or 'max')",
			   units, w->b->nodes[limiter].max, w->drafts[limiter].max_line);
}

static int
check_batches(struct budget_build *w, uint32_t i)
{
	const struct budget_node *n = &w->b->nodes[i], *limiter;
	const struct budget_draft *d = &w->drafts[i];
	uint32_t batch = n->batch != BUDGET_BATCH_UNSET ? n->batch : RATION_BATCH_DEFAULT;

	limiter = &w->b->nodes[d->limiter];
	if (n->batch != BUDGET_BATCH_UNSET && n->batch > limiter->max)
		return budget_fail(w, d->batch_line, "batch",
				   "%u is more than the limit (at most %" PRIu64 ", from line %u)",
				   n->batch, limiter->max, w->drafts[d->limiter].max_line);
	if (n->batch_max == BUDGET_BATCH_UNSET || n->batch_max == 0)
		return 0;
	if (n->batch_max > limiter->max)
		return budget_fail(w, d->batch_max_line, "batch_max",
				   "%u is more than the limit (at most %" PRIu64 ", from line %u)",
				   n->batch_max, limiter->max, w->drafts[d->limiter].max_line);
	if (batch == 0)
		return budget_fail(w, d->batch_max_line, "batch_max",
				   "with a batch of 0 (line %u) nothing is in stock",
				   d->batch_line);
	if (n->batch_max < batch)
		return budget_fail(w, d->batch_max_line, "batch_max",
				   "%u is less than the batch (at least %u)", n->batch_max, batch);
	return 0;
}

/* A limit above an ancestor's, or a batch above the limit, could never be used up. */
static int
check_limits(struct budget_build *w, uint32_t i)
{
	const struct budget_node *n = w->b->nodes;
	struct budget_draft *d = w->drafts;
	uint32_t limiter = d[n[i].parent].limiter;

	if (n[i].max != RATION_UNLIMITED && n[i].max > n[limiter].max)
		return budget_fail(w, d[i].max_line, "max",
				   "%" PRIu64 " is more than the limit of %s (at most %" PRIu64
				   ", from line %u)",
				   n[i].max, limiter > 0 ? n[limiter].path : "the whole tree",
				   n[limiter].max, d[limiter].max_line);
	if (n[i].max < n[limiter].max)
		limiter = i;
	d[i].limiter = limiter;
	if (check_claim(w, i, "min", n[i].min, d[i].min_line) < 0 ||
	    check_claim(w, i, "low", n[i].low, d[i].low_line) < 0)
		return -1;
	return check_batches(w, i);
}

/* Returns the index of the node with this path, 0 if there is none. */
static uint32_t
node_of(const struct budget *b, const char *path)
{
	uint32_t i;

	for (i = 1; i < b->nb_nodes; i++)
		if (strcmp(b->nodes[i].path, path) == 0)
			return i;
	return 0;
}

static int
resolve(struct budget_build *w, const char *key, const char *path, uint32_t line, uint32_t *node)
{
	if (path == NULL)
		return 0;
	*node = node_of(w->b, path);
	if (*node != 0 || strcmp(path, BUDGET_ROOT) == 0)
		return 0;
	return budget_fail(w, line, key,
			   "'%.*s' does not exist (path of a counter, such as edge/gold, or / for "
			   "the root)",
			   BUDGET_EXCERPT(path));
}

/* A counter without room: malformed frames that no rule matches are refused. */
static uint32_t
add_malformed(struct budget_build *w)
{
	uint32_t i = budget_build_node(w, 0, 0);
	struct budget_node *n = &w->b->nodes[i];

	if (i == 0)
		return 0;
	snprintf(n->name, sizeof(n->name), "%s", BUDGET_MALFORMED);
	n->max = 0;
	n->path = path_of(w->b, i);
	if (n->path != NULL)
		return i;
	budget_fail_memory(w);
	return 0;
}

int
budget_reads_headers(const struct budget *b)
{
	uint32_t i;

	for (i = 0; i < b->nb_rules; i++)
		if (b->rules[i].match != BUDGET_PORT)
			return 1;
	return 0;
}

/*
 * Without the key, malformed frames go to the counter "malformed" of the top level, which is added
 * if the file has none. They must not go to the default: one wrong field would be enough to use up
 * the budget of others there.
 */
static int
resolve_malformed(struct budget_build *w)
{
	struct budget *b = w->b;

	if (w->malformed_path != NULL)
		return resolve(w, "malformed", w->malformed_path, w->malformed_line,
			       &b->malformed_node);
	b->malformed_node = b->default_node;
	if (!budget_reads_headers(b))
		return 0;
	b->malformed_node = node_of(b, BUDGET_MALFORMED);
	if (b->malformed_node == 0)
		b->malformed_node = add_malformed(w);
	return b->malformed_node != 0 ? 0 : -1;
}

/* Sort rules with the same match next to each other, in the order of the file. */
static int
order_by_match(const void *x, const void *y)
{
	const struct budget_rule *a = x, *b = y;
	int order = ORDER(a->match, b->match);

	if (order == 0)
		order = ORDER(a->family, b->family);
	if (order == 0)
		order = memcmp(a->prefix, b->prefix, sizeof(a->prefix));
	if (order == 0)
		order = ORDER(a->length, b->length);
	if (order == 0)
		order = ORDER(a->id, b->id);
	return order != 0 ? order : ORDER(a->line, b->line);
}

/* Sort rules of the same node next to each other, in the order of the file. */
static int
order_by_node(const void *x, const void *y)
{
	const struct budget_rule *a = x, *b = y;
	int order = ORDER(a->node, b->node);

	return order != 0 ? order : ORDER(a->line, b->line);
}

static int
same_match(const struct budget_rule *a, const struct budget_rule *b)
{
	return a->match == b->match && a->family == b->family &&
	       memcmp(a->prefix, b->prefix, sizeof(a->prefix)) == 0 && a->length == b->length &&
	       a->id == b->id;
}

static int
fail_overlap(const struct budget_build *w, const struct budget_rule *duplicate,
	     const struct budget_rule *first)
{
	char value[BUDGET_MATCH_SIZE];

	budget_match_text(duplicate, value);
	return budget_fail(w, duplicate->line, budget_match_names[duplicate->match],
			   "%s already belongs to '%s', from line %u (a match must be unique)",
			   value, w->b->nodes[first->node].path, first->line);
}

static int
check_rules(struct budget_build *w)
{
	const struct budget_rule *first = NULL, *duplicate = NULL;
	struct budget_rule *r = w->b->rules;
	uint32_t nb = w->b->nb_rules, i;

	if (nb == 0)
		return 0;
	qsort(r, nb, sizeof(*r), order_by_match);
	for (i = 1; i < nb; i++) {
		if (!same_match(&r[i - 1], &r[i]) ||
		    (duplicate != NULL && duplicate->line <= r[i].line))
			continue;
		first = &r[i - 1];
		duplicate = &r[i];
	}
	if (duplicate != NULL)
		return fail_overlap(w, duplicate, first);
	qsort(r, nb, sizeof(*r), order_by_node);
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
	if (resolve(w, "default", w->default_path, w->default_line, &w->b->default_node) < 0 ||
	    check_rules(w) < 0)
		return -1;
	return resolve_malformed(w);
}
