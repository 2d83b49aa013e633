/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include "report/seeds_table.h"

struct seeds_columns {
	const char *title;
	const char *name; /**< Case of the rows. */
	const char *before; /**< Names of implementations. */
	const char *after[4]; /**< The last one is NULL. */
};

static const struct seeds_columns tables[] = {
	{"seven slots, random eviction",
	 "seeds",
	 "slots-7-random",
	 {"stock-v3", "stock-v4", "ration", NULL}},
	{"seven slots, eviction in turn",
	 "seeds",
	 "slots-7-rr",
	 {"stock-v3", "stock-v4", "ration", NULL}},
	{"the kernel itself, root cgroup",
	 "seeds, real kernel",
	 "kernel, root cgroup",
	 {"kernel, memory cgroups", NULL}},
};

/* Three columns fit 100 characters, and the name of a single one may be longer. */
static int
width_of(const struct seeds_columns *c)
{
	return c->after[1] == NULL ? 22 : 12;
}

static void
print_head(const struct seeds_columns *c, FILE *f)
{
	int i;

	fprintf(f, "\ntable of the kernel series, us/iteration: before is %s\n%8s %12s", c->title,
		"groups", "before");
	for (i = 0; c->after[i] != NULL; i++)
		fprintf(f, " | %*s %10s", width_of(c), c->after[i], "delta");
	fputc('\n', f);
}

static void
print_line(const struct results *r, const struct seeds_columns *c, const struct row *before,
	   uint32_t groups, FILE *f)
{
	const double old = before->summary.median;
	const struct row *after;
	int i;

	fprintf(f, "%8u %12.2f", groups, old);
	for (i = 0; c->after[i] != NULL; i++) {
		const struct row_key key = {c->after[i], c->name, groups, 0, 0};

		after = results_find(r, &key);
		if (after == NULL || old == 0)
			fprintf(f, " | %*s %10s", width_of(c), "-", "-");
		else
			fprintf(f, " | %*.2f %+8.1f %%", width_of(c), after->summary.median,
				(after->summary.median - old) / old * 100);
	}
	fputc('\n', f);
}

static void
print_one(const struct results *r, const struct seeds_columns *c, FILE *f)
{
	const struct row *row;
	bool begun = false;

	TAILQ_FOREACH(row, &r->rows, next) {
		if (strcmp(row->name, c->name) != 0 || strcmp(row->impl, c->before) != 0)
			continue;
		if (!begun)
			print_head(c, f);
		begun = true;
		print_line(r, c, row,
			   (uint32_t)json_integer_value(json_object_get(row->params, "counters")),
			   f);
	}
}

void
seeds_table(const struct results *r, FILE *f)
{
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		print_one(r, &tables[i], f);
}
