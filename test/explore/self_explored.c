/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* self.c, with the variables of each thread within reach of the explorer. */

#include <stdint.h>
#include <string.h>

#define __thread
#ifdef EXPLORE_MUTATED
#include "lcore_self.c"
#else
#include "lcore/self.c"
#endif

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
