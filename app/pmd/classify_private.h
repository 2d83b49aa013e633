/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLASSIFY_PRIVATE_H_
#define CLASSIFY_PRIVATE_H_

/**
 * @file
 * The tables of a classifier: made by classify_tables.c, read by classify.c.
 */

#include <stdint.h>

#include <rte_lpm.h>

#include "classify.h"

/** No rule. */
#define CLASSIFY_NONE UINT32_MAX

/** VLAN ids. */
#define CLASSIFY_VLANS 4096

/** Rules for one of the two addresses. */
struct classify_prefixes {
	struct rte_lpm *lpm; /**< NULL if there are no rules but perhaps /0. */
	uint32_t any; /**< Node of the rule for /0, which rte_lpm does not know. */
};

struct classifier {
	struct classify_prefixes source;
	struct classify_prefixes destination;
	uint8_t looks_inside; /**< There are rules that need the packet's headers. */
	uint32_t default_node;
	uint32_t port[RTE_MAX_ETHPORTS]; /**< The default node where there is no rule. */
	uint32_t vlan[CLASSIFY_VLANS]; /**< CLASSIFY_NONE where there is no rule; always for 0. */
};

#endif /* CLASSIFY_PRIVATE_H_ */
