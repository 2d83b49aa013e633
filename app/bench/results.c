/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <stdlib.h>

#include "results.h"

void
results_init(struct results *r)
{
	TAILQ_INIT(&r->rows);
	TAILQ_INIT(&r->ratios);
}

static void *
alloc_or_exit(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		err(EXIT_FAILURE, "no memory for results");
	return p;
}

struct row *
results_row(struct results *r, const char *impl, const char *name, const char *unit, json_t *params)
{
	struct row *row = alloc_or_exit(sizeof(*row));

	if (params == NULL)
		errx(EXIT_FAILURE, "no memory for parameters of %s", name);
	row->impl = impl;
	row->name = name;
	row->unit = unit;
	row->params = params;
	TAILQ_INSERT_TAIL(&r->rows, row, next);
	return row;
}

int
results_close_row(struct row *row)
{
	row->summary = samples_summary(&row->samples);
	if (row->summary.samples > 0)
		return 0;
	warnx("%s, %s: no valid sample; are the lcores on CPUs of their own?", row->name,
	      row->impl);
	return -1;
}

void
results_ratio(struct results *r, const char *name, const struct row *over, const struct row *under,
	      double target)
{
	struct ratio *ratio = alloc_or_exit(sizeof(*ratio));

	ratio->name = name;
	ratio->value = over->summary.median / under->summary.median;
	ratio->target = target;
	ratio->one_cpu = over->one_cpu || under->one_cpu;
	TAILQ_INSERT_TAIL(&r->ratios, ratio, next);
}

void
results_value(struct results *r, const char *name, const struct row *row, double target)
{
	struct ratio *ratio = alloc_or_exit(sizeof(*ratio));

	ratio->name = name;
	ratio->value = row->summary.median;
	ratio->target = target;
	ratio->one_cpu = row->one_cpu;
	TAILQ_INSERT_TAIL(&r->ratios, ratio, next);
}

bool
ratio_judged(const struct ratio *ratio)
{
	return ratio->target > 0 && !ratio->one_cpu;
}

bool
ratio_ok(const struct ratio *ratio)
{
	return ratio->value <= ratio->target;
}

void
results_free(struct results *r)
{
	struct ratio *ratio;
	struct row *row;

	while ((row = TAILQ_FIRST(&r->rows)) != NULL) {
		TAILQ_REMOVE(&r->rows, row, next);
		json_decref(row->params);
		samples_free(&row->samples);
		free(row);
	}
	while ((ratio = TAILQ_FIRST(&r->ratios)) != NULL) {
		TAILQ_REMOVE(&r->ratios, ratio, next);
		free(ratio);
	}
}
