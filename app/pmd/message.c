/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "message.h"

/* Longest wait for the reader of stderr, in milliseconds. */
#define WAIT_MS 100

/*
 * Whether a line can be written at once. Its reader may have stopped reading: then nothing may wait
 * for it, because forwarding and the end of the program do not.
 */
static bool
is_read(void)
{
	struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};
	int rc;

	do
		rc = poll(&fd, 1, WAIT_MS);
	while (rc < 0 && errno == EINTR);
	return rc != 0;
}

void
log_error(const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (!is_read())
		return;
	/* One call, because stdio locks the stream per call: lines of threads do not mix. */
	fprintf(stderr, "ration-pmd: %s\n", line);
}
