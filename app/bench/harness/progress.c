/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "harness/progress.h"

void
progress_of(const char *what, const char *unit, uint32_t done, uint32_t total)
{
	static time_t last;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (done > 0 && done < total && now.tv_sec == last)
		return;
	last = now.tv_sec;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%s: %u of %u %s%s", what, done, total, unit,
			done == total ? "\n" : "");
	else
		fprintf(stderr, "%s: %u of %u %s\n", what, done, total, unit);
}

void
progress(const char *what, uint32_t done, uint32_t total)
{
	progress_of(what, "repeats", done, total);
}
