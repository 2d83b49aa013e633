/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "report/report.h"

/* JSON has no infinity and no NaN: null. */
static json_t *
number_json(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
rows_json(const struct results *r)
{
	json_t *rows = json_array();
	const struct row *row;

	TAILQ_FOREACH(row, &r->rows, next) {
		json_array_append_new(rows, json_pack("{s:s,s:s,s:O,s:s,s:o,s:o,s:o,s:i}", "impl",
						      row->impl, "case", row->name, "params",
						      row->params, "unit", row->unit, "min",
						      number_json(row->summary.min), "median",
						      number_json(row->summary.median), "max",
						      number_json(row->summary.max), "samples",
						      (int)row->summary.samples));
	}
	return rows;
}

static json_t *
bound_json(double bound)
{
	return bound > 0 ? json_real(bound) : json_null();
}

/* A ratio without a target, or of lcores that share a CPU, has no verdict: null. */
static json_t *
verdict_json(const struct ratio *ratio)
{
	return ratio_judged(ratio) ? json_boolean(ratio_ok(ratio)) : json_null();
}

static json_t *
ratios_json(const struct results *r)
{
	json_t *ratios = json_array();
	const struct ratio *ratio;

	TAILQ_FOREACH(ratio, &r->ratios, next) {
		json_array_append_new(
			ratios, json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "name", ratio->name,
					  "value", number_json(ratio->value), "low",
					  number_json(ratio->low), "high", number_json(ratio->high),
					  "target", bound_json(ratio->target), "reference",
					  bound_json(ratio->reference), "ok", verdict_json(ratio)));
	}
	return ratios;
}

static json_t *
verdicts_json(const struct results *r)
{
	const struct verdicts v = results_verdicts(r);

	return json_pack("{s:i,s:i,s:i}", "met", (int)v.met, "missed", (int)v.missed, "not_judged",
			 (int)v.unjudged);
}

json_t *
report_json(const struct results *r, const char *test, json_t *machine)
{
	return json_pack("{s:s,s:b,s:o,s:o,s:o,s:o}", "test", test, "interrupted",
			 r->interrupted != 0, "machine", machine, "rows", rows_json(r), "ratios",
			 ratios_json(r), "verdicts", verdicts_json(r));
}

static int
cannot_write(const char *path)
{
	warn("--json: cannot write '%s'", path);
	return -1;
}

int
report_probe_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);

	if (fd >= 0) {
		close(fd);
		unlink(path);
		return 0;
	}
	if (errno != EEXIST)
		return cannot_write(path);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return cannot_write(path);
	close(fd);
	return 0;
}

int
report_write_file(const json_t *document, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0)
		return cannot_write(path);
	errno = 0;
	if (json_dumpfd(document, fd, JSON_INDENT(2) | JSON_REAL_PRECISION(RESULTS_DIGITS)) < 0 ||
	    write(fd, "\n", 1) != 1) {
		cannot_write(path);
		close(fd);
		return -1;
	}
	return close(fd) == 0 ? 0 : cannot_write(path);
}
