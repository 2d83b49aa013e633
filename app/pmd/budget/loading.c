/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stddef.h>

#include "budget/loading.h"

static loading_watch_t *current;
static bool was_interrupted;

void
loading_watch(loading_watch_t *watch)
{
	current = watch;
}

bool
loading_interrupted(void)
{
	return was_interrupted;
}

int
loading_step(const char *what, uint64_t done, uint64_t total)
{
	if (current == NULL || done % LOADING_EVERY != 0)
		return 0;
	if (current(what, done, total) == 0)
		return 0;
	was_interrupted = true;
	return -EINTR;
}
