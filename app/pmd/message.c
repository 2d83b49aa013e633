/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <stdarg.h>
#include <stdio.h>

#include "message.h"

void
log_error(const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	/* One call, because stdio locks the stream per call: lines of threads do not mix. */
	fprintf(stderr, "ration-pmd: %s\n", line);
}
