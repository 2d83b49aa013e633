/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* lcore.c, with its thread-local variables accessible to the explorer. */

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define __thread
#define pthread_setspecific(key, value) ((void)(value))
#include "lcore.c"

#include "explore.h"

void
explore_locals_save(struct explore_locals *l)
{
	memcpy(l->self, self, sizeof(self));
	l->own = own;
}

void
explore_locals_load(const struct explore_locals *l)
{
	memcpy(self, l->self, sizeof(self));
	own = l->own;
}
