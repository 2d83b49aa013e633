/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#include "report/select.h"

/* Rows with a larger `recent`, then with a larger `second`, come first. */
struct candidate {
	uint64_t recent;
	uint64_t second;
	uint32_t row;
};

/* qsort() is not stable, therefore rows that are equal stay in their order here. */
static int
compare(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->recent != b->recent)
		return a->recent < b->recent ? 1 : -1;
	if (a->second != b->second)
		return a->second < b->second ? 1 : -1;
	return a->row > b->row ? 1 : -1;
}

/* A star of the pattern matches slashes, too: "edge/" and a star is the subtree of edge. */
static bool
is_wanted(const struct options *o, const char *path, bool changed)
{
	if (o->stats_changed && !changed)
		return false;
	return o->stats_filter == NULL || fnmatch(o->stats_filter, path, 0) == 0;
}

static uint64_t
limit(const struct options *o)
{
	if (o->stats_rows != 0)
		return o->stats_rows;
	return o->stats_format == STATS_JSON ? SELECT_ROWS_JSON : SELECT_ROWS_TEXT;
}

static int
choose(struct candidate *candidates, uint32_t nb, uint64_t most, struct selection *selection)
{
	uint32_t i;

	selection->rows = calloc(RTE_MAX(nb, 1u), sizeof(selection->rows[0]));
	if (selection->rows == NULL)
		return -ENOMEM;
	selection->nb = nb;
	if (nb > most) {
		qsort(candidates, nb, sizeof(candidates[0]), compare);
		selection->nb = (uint32_t)most;
		selection->nb_more = nb - selection->nb;
	}
	for (i = 0; i < nb; i++)
		selection->rows[i] = candidates[i].row;
	return 0;
}

int
select_tenants(const struct stats *s, struct selection *selection)
{
	struct candidate *candidates = calloc(RTE_MAX(s->nb_tenants, 1u), sizeof(candidates[0]));
	uint32_t i, nb = 0;
	int rc;

	*selection = (struct selection){0};
	if (candidates == NULL)
		return -ENOMEM;
	for (i = 0; i < s->nb_tenants; i++) {
		const struct tenant_stats *t = &s->tenants[i];

		if (is_wanted(s->options, t->name, t->changed))
			candidates[nb++] = (struct candidate){
				t->recent, t->verdicts[VERDICT_OFFERED].packets, i};
	}
	rc = choose(candidates, nb, limit(s->options), selection);
	free(candidates);
	return rc;
}

int
select_counters(const struct stats *s, struct selection *selection)
{
	struct candidate *candidates = calloc(RTE_MAX(s->nb_counters, 1u), sizeof(candidates[0]));
	uint32_t i, nb = 0;
	int rc;

	*selection = (struct selection){0};
	if (candidates == NULL)
		return -ENOMEM;
	for (i = 0; i < s->nb_counters; i++) {
		const struct counter_stats *c = &s->counters[i];

		if (is_wanted(s->options, c->path, c->changed))
			candidates[nb++] = (struct candidate){c->recent, c->usage, i};
	}
	rc = choose(candidates, nb, limit(s->options), selection);
	free(candidates);
	return rc;
}
