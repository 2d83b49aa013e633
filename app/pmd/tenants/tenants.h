/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TENANTS_H_
#define TENANTS_H_

/**
 * @file
 * The tenants: a budget file, a classifier that assigns packets to the nodes of the budget, and
 * with --budget a domain with a counter for each node. Without a file there is one tenant, "all".
 *
 * All functions: main lcore only. Those that return int return 0, or a negative errno after one
 * line on stderr.
 */

#include <stdbool.h>
#include <stdint.h>

#include <ration.h>

#include "budget/budget.h"
#include "classify/classifier.h"
#include "options/options.h"

/** The tenants. */
struct tenants {
	struct budget *budget; /**< NULL: one tenant. */
	struct classifier *classifier; /**< NULL: one tenant. */
	struct ration_domain *domain; /**< NULL without --budget. */
	ration_counter_t *counters; /**< Indexed by node; NULL without --budget. */
	uint32_t nb_nodes; /**< Number of budget nodes, at least 1. */
	uint32_t nb; /**< Number of tenants: nodes that packets can be assigned to. */
	uint32_t *nodes; /**< The node of each tenant: those of rules, and the default node. */
};

/** Read the file of --budget or --classify, if one is given. EAL need not be initialized. */
int tenants_load(struct tenants *t, const struct options *o);

/**
 * Create the classifier and, with --budget, the domain. EAL must be initialized.
 *
 * @param nb_lcores
 *   Number of forwarding lcores.
 */
int tenants_start(struct tenants *t, const struct options *o, unsigned int nb_lcores);

/** Return the name of a tenant: the path of its node, "/" for the root, "all" without a file. */
const char *tenants_name(const struct tenants *t, uint32_t node);

/** Return whether a rule depends on the headers of packets, so that their kinds are counted. */
bool tenants_read_headers(const struct tenants *t);

/** Free everything. All lcores must be unregistered from the domain. */
void tenants_free(struct tenants *t);

#endif /* TENANTS_H_ */
