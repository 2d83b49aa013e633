/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "report/seeds_table.h"

#define PARAMS_SIZE 2048

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

/* Format: "counters 256, depth 1, ..." */
static void
params_text(json_t *params, char *text, size_t size)
{
	char one[PARAMS_SIZE];
	const char *key;
	json_t *value;
	size_t used = 0;

	text[0] = '\0';
	json_object_foreach(params, key, value)
	{
		value_text(value, one, sizeof(one));
		used += (size_t)snprintf(text + used, size - used, "%s%s %s", used > 0 ? ", " : "",
					 key, one);
		if (used >= size)
			return;
	}
}

static void
print_rows(const struct results *r, FILE *f)
{
	char params[PARAMS_SIZE];
	const struct row *row;

	fprintf(f, "%-14s %-36s %9s %9s %11s %-7s %8s  %s\n", "impl", "case", "min", "median",
		"max", "unit", "samples", "parameters");
	TAILQ_FOREACH(row, &r->rows, next) {
		params_text(row->params, params, sizeof(params));
		fprintf(f, "%-14s %-36s %9.2f %9.2f %11.2f %-7s %8u  %s\n", row->impl, row->name,
			row->summary.min, row->summary.median, row->summary.max, row->unit,
			row->summary.samples, params);
	}
}

static const char *
why_unjudged(const struct ratio *ratio)
{
	if (isnan(ratio->value))
		return "  not measured";
	return ratio->one_cpu ? "  lcores share a CPU" : "";
}

static const char *
verdict(const struct ratio *ratio)
{
	if (ratio_undecided(ratio))
		return ratio_ok(ratio) ? "ok, not in all parts" : "MISSED, not in all parts";
	return ratio_ok(ratio) ? "ok" : "MISSED";
}

static void
print_ratios(const struct results *r, FILE *f)
{
	const struct ratio *ratio;
	char range[32];

	fprintf(f, "%-68s %9s %17s %9s\n", "ratio of medians", "value", "range", "target");
	TAILQ_FOREACH(ratio, &r->ratios, next) {
		if (isnan(ratio->value))
			fprintf(f, "%-68s %9s ", ratio->name, "-");
		else
			fprintf(f, "%-68s %9.3f ", ratio->name, ratio->value);
		snprintf(range, sizeof(range), "%.3f-%.3f", ratio->low, ratio->high);
		fprintf(f, "%17s ", isnan(ratio->low) ? "" : range);
		if (ratio_judged(ratio))
			fprintf(f, "%4s %.2f  %s\n", ratio->at_least ? ">=" : "<=", ratio->target,
				verdict(ratio));
		else
			fprintf(f, "%9s%s\n", "-", why_unjudged(ratio));
	}
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
	fprintf(f, "\n%s on %s%s, Linux %s, %s, %s, TSC %.1f MHz\n\n", test,
		string_of(machine, "cpu"),
		json_is_true(json_object_get(machine, "hypervisor")) ? " (virtual)" : "",
		string_of(machine, "kernel"), string_of(machine, "dpdk"),
		string_of(machine, "compiler"),
		json_number_value(json_object_get(machine, "tsc_hz")) / 1e6);
	print_rows(r, f);
	fputc('\n', f);
	print_ratios(r, f);
	seeds_table(r, f);
}
