/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TENANTS_H_
#define TENANTS_H_

/**
 * @file
 * Whose packets are told apart and what they are charged to: a budget file, its classifier, and
 * (with --budget) a domain of counters. Without a file there is one tenant, "all".
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "budget.h"
#include "classify.h"
#include "options.h"

struct tenants {
	struct budget *budget; /**< NULL: one tenant. */
	struct classifier *classifier; /**< NULL: one tenant. */
	struct ration_domain *domain; /**< NULL: no accounting. */
	ration_counter_t *counters; /**< By node; NULL: no accounting. */
	uint32_t nb_nodes; /**< At least 1. */
	uint32_t nb; /**< Nodes that traffic can lead to. */
	uint32_t *nodes; /**< Which: those of rules, and the default. */
};

/**
 * Read the file of --budget or --classify, if there is one. Does not need EAL.
 *
 * Functions here: main lcore only; 0, or a negative errno after one line on stderr.
 */
int tenants_load(struct tenants *t, const struct options *o);

/** Make classifier and counters, for so many forwarding lcores. */
int tenants_start(struct tenants *t, const struct options *o, unsigned int nb_lcores);

/** Name of a tenant for people: its path, "/" for the root, "all" without a file. */
const char *tenants_name(const struct tenants *t, uint32_t node);

/** Free everything; lcores have left the domain. */
void tenants_free(struct tenants *t);

#endif /* TENANTS_H_ */
