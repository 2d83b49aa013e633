/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "report/report.h"

FILE *
report_open(const struct options *o)
{
	FILE *f;
	int fd;

	if (o->stats_format == STATS_TEXT)
		return stdout;
	fd = dup(STDOUT_FILENO);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f == NULL || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
		log_error("cannot write statistics: %s", strerror(errno));
		return NULL;
	}
	return f;
}

int
report_write(FILE *f, const struct stats *s, enum report_type type, uint64_t violations)
{
	int rc;

	if (s->options->stats_format == STATS_JSON)
		rc = report_json(f, s, type, violations);
	else
		rc = report_text(f, s, type, violations);
	errno = 0;
	if (rc == 0 && (fflush(f) != 0 || ferror(f)))
		rc = errno != 0 ? -errno : -EIO;
	if (rc < 0)
		log_error("cannot write statistics: %s", strerror(-rc));
	return rc;
}
