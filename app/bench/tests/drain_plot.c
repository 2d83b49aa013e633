/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "report/hgrm.h"
#include "report/histogram.h"
#include "tests/drain_plot.h"

#define LINES_MAX 32
#define NAME_SIZE 64
/** Samples and recorded values are in nanoseconds. */
#define PER_US 1000

/** The lines of one plot and their data. */
struct drain_lines {
	uint32_t nb;
	struct hgrm_line lines[LINES_MAX];
	char names[LINES_MAX][NAME_SIZE];
	struct histogram histograms[LINES_MAX];
};

/* Cases with one sample per drain, or of their baselines. */
static const char *const engines[] = {"polling lcore", "worker in WAIT", "caller itself",
				      "dead thread, drained"};
static const char *const many[] = {"many: requester waits"};

static bool
is_one_of(const struct row *row, const char *const *cases, uint32_t nb)
{
	uint32_t i;

	for (i = 0; i < nb; i++) {
		if (strcmp(row->name, cases[i]) == 0)
			return strcmp(row->unit, "ns") == 0 && !row->one_cpu;
	}
	return false;
}

static int
param(const struct row *row, const char *key)
{
	return (int)json_integer_value(json_object_get(row->params, key));
}

/* Examples: "ration, polling lcore, counters 1024", "counters 1024, owners 2" */
static void
name_line(const struct row *row, char *name)
{
	if (json_object_get(row->params, "owners") != NULL)
		snprintf(name, NAME_SIZE, "counters %d, owners %d", param(row, "counters"),
			 param(row, "owners"));
	else
		snprintf(name, NAME_SIZE, "%s, %s, counters %d", row->impl, row->name,
			 param(row, "counters"));
}

static void
add_line(struct drain_lines *l, const struct row *row)
{
	struct histogram *h = &l->histograms[l->nb];
	uint32_t i;

	histogram_clear(h);
	for (i = 0; i < row->samples.nb; i++)
		histogram_record(h, (uint64_t)(row->samples.values[i] + 0.5));
	name_line(row, l->names[l->nb]);
	l->lines[l->nb] = (struct hgrm_line){
		.name = l->names[l->nb],
		.histogram = h,
		.color = l->nb,
		.marked = strcmp(row->impl, "ration") != 0,
	};
	l->nb++;
}

static int
draw(const struct bench *b, struct drain_lines *l, const char *name, const char *title,
     const char *const *cases, uint32_t nb)
{
	const struct row *row;

	l->nb = 0;
	TAILQ_FOREACH(row, &b->results.rows, next) {
		if (l->nb < LINES_MAX && is_one_of(row, cases, nb))
			add_line(l, row);
	}
	return l->nb == 0 ? 0 : hgrm_plot(b->plot, name, title, l->lines, l->nb, PER_US);
}

int
drain_plot(const struct bench *b)
{
	struct drain_lines *l;
	int rc;

	if (b->plot == NULL)
		return 0;
	l = malloc(sizeof(*l));
	if (l == NULL) {
		warn("drain: no plots");
		return -1;
	}
	rc = draw(b, l, "drain-engines",
		  "Time of a drain, by what the lcore with the stock is doing", engines,
		  RTE_DIM(engines));
	if (rc == 0)
		rc = draw(b, l, "drain-many",
			  "Time of a drain, by the number of counters with stock", many,
			  RTE_DIM(many));
	free(l);
	return rc;
}
