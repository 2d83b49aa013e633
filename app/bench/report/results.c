/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/results.h"

/** Number of parts of a row that results_cut() did not split. */
#define PARTS 7u

void
results_init(struct results *r)
{
	TAILQ_INIT(&r->rows);
	TAILQ_INIT(&r->ratios);
	r->interrupted = 0;
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
	row->results = r;
	row->impl = impl;
	row->name = name;
	row->unit = unit;
	row->params = params;
	TAILQ_INSERT_TAIL(&r->rows, row, next);
	return row;
}

static void
add_part(struct row *row, uint32_t from, uint32_t to)
{
	row->parts = reallocarray(row->parts, row->nb_parts + 1, sizeof(*row->parts));
	if (row->parts == NULL)
		err(EXIT_FAILURE, "no memory for results");
	row->parts[row->nb_parts++] = samples_median_of(&row->samples, from, to);
}

void
results_cut(struct row *row)
{
	add_part(row, row->cut, row->samples.nb);
	row->cut = row->samples.nb;
}

static void
add_percentile(struct row *row, const char *name, double percent)
{
	/* A row with "values" has the percentiles of all values, not those of the windows. */
	if (!samples_support_percentile(&row->samples, percent) ||
	    json_object_get(row->params, name) != NULL ||
	    json_object_get(row->params, "values") != NULL)
		return;
	json_object_set_new(row->params, name,
			    json_real(samples_percentile(&row->samples, percent)));
}

/* Split a row that results_cut() did not split, by time. */
static void
cut_by_time(struct row *row)
{
	uint64_t nb = row->samples.nb;
	uint32_t i;

	for (i = 0; i < PARTS; i++)
		add_part(row, (uint32_t)(nb * i / PARTS), (uint32_t)(nb * (i + 1) / PARTS));
}

int
results_close_row(struct row *row)
{
	if (row->nb_parts == 0 && row->samples.nb >= PARTS * RESULTS_SAMPLES_MIN)
		cut_by_time(row);
	row->summary = samples_summary(&row->samples);
	add_percentile(row, "p99", 99);
	add_percentile(row, "p99.9", 99.9);
	if (row->results->interrupted) {
		row->partial = true;
		json_object_set_new(row->params, "interrupted", json_true());
		return 0;
	}
	if (row->summary.samples > 0)
		return 0;
	warnx("%s, %s: no valid sample; its lcores never all ran during one", row->name, row->impl);
	return -1;
}

static void
free_row(struct row *row)
{
	json_decref(row->params);
	samples_free(&row->samples);
	free(row->parts);
	free(row);
}

struct row *
results_close_or_drop_row(struct results *r, struct row *row)
{
	if (results_close_row(row) == 0 && row->summary.samples > 0) {
		if (row->summary.samples < RESULTS_SAMPLES_MIN && strcmp(row->unit, "%") != 0)
			json_object_set_new(row->params, "short", json_true());
		return row;
	}
	TAILQ_REMOVE(&r->rows, row, next);
	free_row(row);
	return NULL;
}

static bool
param_is(const struct row *row, const char *param, uint32_t value)
{
	return value == 0 || json_integer_value(json_object_get(row->params, param)) == value;
}

const struct row *
results_find(const struct results *r, const struct row_key *key)
{
	const struct row *row;

	TAILQ_FOREACH(row, &r->rows, next) {
		if ((key->impl == NULL || strcmp(key->impl, row->impl) == 0) &&
		    (key->name == NULL || strcmp(key->name, row->name) == 0) &&
		    param_is(row, "counters", key->counters) &&
		    param_is(row, "depth", key->depth) && param_is(row, "lcores", key->lcores))
			return row;
	}
	return NULL;
}

void
results_mark_one_cpu(struct row *row)
{
	row->one_cpu = true;
	json_object_set_new(row->params, "one_cpu", json_true());
}

static struct ratio *
add_ratio(struct results *r, const char *name, double target)
{
	struct ratio *ratio = alloc_or_exit(sizeof(*ratio));

	snprintf(ratio->name, sizeof(ratio->name), "%s", name);
	ratio->value = ratio->low = ratio->high = NAN;
	ratio->target = target;
	TAILQ_INSERT_TAIL(&r->ratios, ratio, next);
	return ratio;
}

/* A part without samples does not count. */
static void
widen(struct ratio *ratio, double value)
{
	if (!isfinite(value))
		return;
	if (isnan(ratio->low) || value < ratio->low)
		ratio->low = value;
	if (isnan(ratio->high) || value > ratio->high)
		ratio->high = value;
}

struct ratio *
results_ratio(struct results *r, const char *name, const struct row *over, const struct row *under,
	      double target)
{
	struct ratio *ratio = add_ratio(r, name, target);
	uint32_t i;

	if (over == NULL || under == NULL || over->summary.samples == 0 ||
	    under->summary.median == 0)
		return ratio;
	ratio->value = over->summary.median / under->summary.median;
	ratio->one_cpu = over->one_cpu || under->one_cpu;
	ratio->partial = over->partial || under->partial;
	if (over->nb_parts != under->nb_parts || over->nb_parts == 0)
		return ratio;
	for (i = 0; i < over->nb_parts; i++)
		widen(ratio, over->parts[i] / under->parts[i]);
	/* The overall value may lie outside the range of the parts. */
	widen(ratio, ratio->value);
	return ratio;
}

void
results_ratio_at_least(struct results *r, const char *name, const struct row *over,
		       const struct row *under, double target)
{
	results_ratio(r, name, over, under, target)->at_least = true;
}

void
results_ratio_with_reference(struct results *r, const char *name, const struct row *over,
			     const struct row *under, double target, double reference)
{
	struct ratio *ratio = results_ratio(r, name, over, under, target);

	ratio->at_least = true;
	ratio->reference = reference;
}

void
results_value(struct results *r, const char *name, const struct row *row, double target)
{
	struct ratio *ratio = add_ratio(r, name, target);
	uint32_t i;

	if (row == NULL || row->summary.samples == 0)
		return;
	ratio->value = row->summary.median;
	ratio->one_cpu = row->one_cpu;
	ratio->partial = row->partial;
	for (i = 0; i < row->nb_parts; i++)
		widen(ratio, row->parts[i]);
}

bool
ratio_judged(const struct ratio *ratio)
{
	return ratio->target > 0 && !ratio->one_cpu && !ratio->partial && !isnan(ratio->value);
}

/* The figure as it is printed, so that the verdict does not contradict it. */
static double
as_printed(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*g", RESULTS_DIGITS, value);
	return strtod(text, NULL);
}

static bool
meets(const struct ratio *ratio, double value)
{
	value = as_printed(value);
	return ratio->at_least ? value >= ratio->target : value <= ratio->target;
}

bool
ratio_ok(const struct ratio *ratio)
{
	return meets(ratio, ratio->value);
}

bool
ratio_undecided(const struct ratio *ratio)
{
	return !isnan(ratio->low) && meets(ratio, ratio->low) != meets(ratio, ratio->high);
}

struct verdicts
results_verdicts(const struct results *r)
{
	struct verdicts v = {0};
	const struct ratio *ratio;

	TAILQ_FOREACH(ratio, &r->ratios, next) {
		if (!ratio_judged(ratio))
			v.unjudged += ratio->target > 0;
		else if (ratio_ok(ratio))
			v.met++;
		else
			v.missed++;
	}
	return v;
}

void
results_drop_partial(struct results *r)
{
	struct row *row, *next;

	for (row = TAILQ_FIRST(&r->rows); row != NULL; row = next) {
		next = TAILQ_NEXT(row, next);
		/* The summary is empty until the row is closed. */
		if (row->summary.samples > 0 &&
		    (!row->partial || row->summary.samples >= RESULTS_SAMPLES_MIN))
			continue;
		TAILQ_REMOVE(&r->rows, row, next);
		free_row(row);
	}
}

void
results_free(struct results *r)
{
	struct ratio *ratio;
	struct row *row;

	while ((row = TAILQ_FIRST(&r->rows)) != NULL) {
		TAILQ_REMOVE(&r->rows, row, next);
		free_row(row);
	}
	while ((ratio = TAILQ_FIRST(&r->ratios)) != NULL) {
		TAILQ_REMOVE(&r->ratios, ratio, next);
		free(ratio);
	}
}
