/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLASSIFY_CLASSIFIER_H_
#define CLASSIFY_CLASSIFIER_H_

/**
 * @file
 * A classifier: the lookup tables that are made from the match rules of a budget.
 */

#include <stddef.h>
#include <stdint.h>

#include <rte_config.h>
#include <rte_lpm.h>

#include "budget/budget.h"

/** Table entry without a rule. */
#define CLASSIFIER_NONE UINT32_MAX

/** Number of VLAN ids. */
#define CLASSIFIER_VLANS 4096

/** The rules for source or destination prefixes. */
struct classifier_prefixes {
	struct rte_lpm *lpm; /**< NULL if there is no rule, or only one for /0. */
	uint32_t any; /**< Node of the rule for /0, which rte_lpm does not support. */
};

/** Lookup tables. Read-only after classifier_create(). */
struct classifier {
	struct classifier_prefixes source;
	struct classifier_prefixes destination;
	uint8_t parse_headers; /**< A rule depends on the headers of packets. */
	uint32_t default_node;
	uint32_t port[RTE_MAX_ETHPORTS]; /**< Node of each port; default_node without a rule. */
	uint32_t vlan[CLASSIFIER_VLANS]; /**< Node, or CLASSIFIER_NONE; always NONE for id 0. */
};

/**
 * Create the lookup tables of a budget. EAL must be initialized: rules for source prefixes take
 * 64 MiB of its memory (rte_lpm), and so do rules for destination prefixes. Main lcore only.
 *
 * @param socket_id
 *   NUMA node for the tables, or SOCKET_ID_ANY.
 * @param error
 *   On failure: one line without newline.
 * @param size
 *   Bytes of `error`.
 * @return
 *   The classifier, or NULL.
 */
struct classifier *classifier_create(const struct budget *b, int socket_id, char *error,
				     size_t size);

/** Free a classifier. NULL is allowed. */
void classifier_free(struct classifier *cls);

#endif /* CLASSIFY_CLASSIFIER_H_ */
