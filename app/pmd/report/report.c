/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "report/output.h"
#include "report/report.h"

/* Longest waits for the reader, in milliseconds. */
#define PERIOD_WAIT_MS 50
#define TOTAL_WAIT_MS 2000

struct reports {
	struct output output;
	uint64_t dropped; /* reports */
};

static int
failed(int rc)
{
	log_error("cannot write statistics: %s", strerror(-rc));
	return rc;
}

struct reports *
report_open(const struct options *o)
{
	struct reports *r = calloc(1, sizeof(*r));
	int fd = dup(STDOUT_FILENO), rc = 0;

	if (r == NULL || fd < 0)
		rc = -errno;
	if (rc == 0)
		rc = output_open(&r->output, fd);
	if (rc == 0 && o->stats_format == STATS_JSON && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		rc = -errno;
	if (rc == 0)
		return r;
	failed(rc);
	if (fd >= 0)
		close(fd);
	free(r);
	return NULL;
}

bool
report_pending(const struct reports *r)
{
	return r->output.text != NULL;
}

int
report_flush(struct reports *r, unsigned int timeout_ms)
{
	int rc = output_write(&r->output, timeout_ms);

	return rc == 0 || rc == -EAGAIN ? 0 : failed(rc);
}

/* Format a report and make it the pending text. */
static int
format(struct reports *r, const struct stats *s, enum report_type type, uint64_t violations)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int rc;

	if (f == NULL)
		return -errno;
	if (s->options->stats_format == STATS_JSON)
		rc = report_json(f, s, type, violations);
	else
		rc = report_text(f, s, type, violations);
	/* A write to memory fails only for lack of memory. */
	if (ferror(f) != 0)
		rc = -ENOMEM;
	if (fclose(f) != 0)
		rc = -ENOMEM;
	if (rc == 0)
		output_set(&r->output, text, size);
	else
		free(text);
	return rc;
}

static void
drop(struct reports *r, enum report_type type)
{
	if (r->dropped++ == 0 && type == REPORT_PERIOD)
		log_error("the reader of the statistics is too slow: a report is dropped, further "
			  "ones are counted");
}

/* The end of the run does not wait any longer. */
static int
check_total(const struct reports *r)
{
	if (r->dropped > 0)
		log_error("%" PRIu64 " reports were dropped, because the reader of the statistics "
			  "was too slow",
			  r->dropped);
	if (!report_pending(r))
		return 0;
	log_error("the reader of the statistics has stopped reading: the totals are cut");
	return -ETIMEDOUT;
}

int
report_write(struct reports *r, struct stats *s, enum report_type type, uint64_t violations)
{
	unsigned int wait = type == REPORT_TOTAL ? TOTAL_WAIT_MS : PERIOD_WAIT_MS;
	int rc = report_flush(r, wait);

	s->reports_dropped = r->dropped;
	if (rc == 0 && report_pending(r)) {
		drop(r, type);
	} else if (rc == 0) {
		rc = format(r, s, type, violations);
		rc = rc < 0 ? failed(rc) : report_flush(r, wait);
	}
	return rc == 0 && type == REPORT_TOTAL ? check_total(r) : rc;
}

void
report_close(struct reports *r)
{
	if (r == NULL)
		return;
	output_close(&r->output);
	free(r);
}
