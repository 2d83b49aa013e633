/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "report/seeds_table.h"

/** Columns of the report. */
#define WIDTH 100
/** Indent of lines that continue another one. */
#define INDENT 4
#define NAME_WIDTH 46
#define PARAM_SIZE 256

static void
value_text(const json_t *value, char *text, size_t size)
{
	if (json_is_string(value))
		snprintf(text, size, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(text, size, "%.4g", json_real_value(value));
	else
		snprintf(text, size, "%s", json_is_true(value) ? "yes" : "no");
}

/* Print one word of a list, on a new line if it does not fit. @return the new column */
static size_t
print_wrapped(const char *word, size_t column, FILE *f)
{
	const size_t length = strlen(word);

	if (column == 0)
		return (size_t)fprintf(f, "%*s%s", INDENT, "", word);
	if (column + strlen(", ") + length < WIDTH)
		return column + (size_t)fprintf(f, ", %s", word);
	fputs(",\n", f);
	return (size_t)fprintf(f, "%*s%s", INDENT, "", word);
}

/* Format: "counters 256, depth 1, ..." */
static void
print_params(json_t *params, FILE *f)
{
	char value_part[PARAM_SIZE], word[PARAM_SIZE];
	const char *key;
	json_t *value;
	size_t column = 0;

	json_object_foreach(params, key, value)
	{
		value_text(value, value_part, sizeof(value_part));
		snprintf(word, sizeof(word), "%s %.*s", key, PARAM_SIZE / 2, value_part);
		column = print_wrapped(word, column, f);
	}
	if (column > 0)
		fputc('\n', f);
}

/* Large figures have no decimals, so that they fit. */
static void
print_figure(double value, int width, FILE *f)
{
	if (value < 1e6)
		fprintf(f, " %*.2f", width, value);
	else
		fprintf(f, " %*.4g", width, value);
}

static void
print_rows(const struct results *r, FILE *f)
{
	const struct row *row;

	fprintf(f, "%-14s %-36s %9s %9s %9s %-12s %5s\n", "impl", "case", "min", "median", "max",
		"unit", "taken");
	TAILQ_FOREACH(row, &r->rows, next) {
		fprintf(f, "%-14s %-36s", row->impl, row->name);
		if (strlen(row->impl) > 14 || strlen(row->name) > 36)
			fprintf(f, "\n%51s", "");
		print_figure(row->summary.min, 9, f);
		print_figure(row->summary.median, 9, f);
		print_figure(row->summary.max, 9, f);
		fprintf(f, " %-12s %5u\n", row->unit, row->summary.samples);
		print_params(row->params, f);
	}
}

static const char *
verdict(const struct ratio *ratio)
{
	if (isnan(ratio->value))
		return "no value";
	if (ratio->one_cpu)
		return "one CPU";
	if (ratio->partial)
		return "partial";
	if (ratio_undecided(ratio))
		return ratio_ok(ratio) ? "met*" : "MISSED*";
	return ratio_ok(ratio) ? "met" : "MISSED";
}

static void
print_bound(double bound, bool at_least, FILE *f)
{
	if (bound > 0)
		fprintf(f, "  %s %5.6g", at_least ? ">=" : "<=", bound);
	else
		fprintf(f, "%10s", "");
}

/* The name, then figures in the same columns on this line or the next one. */
static void
print_ratio(const struct ratio *ratio, FILE *f)
{
	char range[32];

	fprintf(f, "%-*s", NAME_WIDTH, ratio->name);
	if (strlen(ratio->name) > NAME_WIDTH)
		fprintf(f, "\n%*s%*s", INDENT, "", NAME_WIDTH - INDENT, "");
	if (isnan(ratio->value))
		fprintf(f, " %8s", "-");
	else
		fprintf(f, ratio->value < 1e4 ? " %8.3f" : " %8.3g", ratio->value);
	snprintf(range, sizeof(range), "%.4g-%.4g", ratio->low, ratio->high);
	fprintf(f, " %15s", isnan(ratio->low) ? "" : range);
}

/* Ratios without a target are only reported. */
static void
print_ratios(const struct results *r, FILE *f)
{
	const struct ratio *ratio;

	fprintf(f, "%-*s %8s %15s\n", NAME_WIDTH, "ratio of medians", "value", "range");
	TAILQ_FOREACH(ratio, &r->ratios, next) {
		if (ratio->target > 0)
			continue;
		print_ratio(ratio, f);
		fputc('\n', f);
	}
}

static void
print_explanation(const struct results *r, const struct verdicts *v, FILE *f)
{
	const struct ratio *ratio;
	bool there = false, some = false;

	TAILQ_FOREACH(ratio, &r->ratios, next) {
		there = there || ratio->reference > 0;
		some = some || (ratio_judged(ratio) && ratio_undecided(ratio));
	}
	fputc('\n', f);
	if (v->missed > 0)
		fputs("MISSED: the median of this run is beyond the target. That is a result, not "
		      "an error: the\nexit status is not affected. Targets were set before "
		      "measuring, on another machine.\n",
		      f);
	if (some)
		fputs("*: not in all parts of the run, so the verdict depends on chance.\n", f);
	if (there)
		fputs("there: as measured on another machine, where atomic instructions take "
		      "longer. Not judged here.\n",
		      f);
	if (v->unjudged > 0)
		fputs("Not judged: no value was measured, the lcores share a CPU, or the run was "
		      "interrupted.\n",
		      f);
}

/* Last of all, so that a terminal shows them. */
static void
print_targets(const struct results *r, FILE *f)
{
	const struct verdicts v = results_verdicts(r);
	const struct ratio *ratio;

	if (v.met + v.missed + v.unjudged == 0)
		return;
	fprintf(f, "\n%-*s %8s %15s %9s %9s verdict\n", NAME_WIDTH, "target", "value", "range",
		"target", "there");
	TAILQ_FOREACH(ratio, &r->ratios, next) {
		if (ratio->target == 0)
			continue;
		print_ratio(ratio, f);
		print_bound(ratio->target, ratio->at_least, f);
		print_bound(ratio->reference, ratio->at_least, f);
		fprintf(f, " %s\n", verdict(ratio));
	}
	print_explanation(r, &v, f);
	fprintf(f, "Targets: %u met, %u missed", v.met, v.missed);
	if (v.unjudged > 0)
		fprintf(f, ", %u not judged", v.unjudged);
	fputs(".\n", f);
}

static const char *
string_of(const json_t *machine, const char *key)
{
	const char *text = json_string_value(json_object_get(machine, key));

	return text == NULL ? "unknown" : text;
}

void
report_text(const struct results *r, const char *test, const json_t *machine, FILE *f)
{
	fprintf(f, "\n%s on %s%s,\nLinux %s, %s, %s, TSC %.1f MHz\n\n", test,
		string_of(machine, "cpu"),
		json_is_true(json_object_get(machine, "hypervisor")) ? " (virtual)" : "",
		string_of(machine, "kernel"), string_of(machine, "dpdk"),
		string_of(machine, "compiler"),
		json_number_value(json_object_get(machine, "tsc_hz")) / 1e6);
	print_rows(r, f);
	fputc('\n', f);
	print_ratios(r, f);
	seeds_table(r, f);
	print_targets(r, f);
}
