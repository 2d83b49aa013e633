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

#include "budget/budget.h"
#include "classify/prefixes.h"

/** Number of VLAN ids. */
#define CLASSIFIER_VLANS 4096

/** Number of EtherTypes. */
#define CLASSIFIER_ETHERTYPES 65536

/** Lookup tables. Read-only after classifier_create(). */
struct classifier {
	struct classifier_prefixes source;
	struct classifier_prefixes destination;
	uint8_t parse_headers; /**< A rule depends on the headers of packets. */
	uint32_t default_node;
	uint32_t malformed_node;
	uint32_t *ethertype; /**< Node of each EtherType, or CLASSIFIER_NONE. NULL: no rule. */
	uint32_t port[RTE_MAX_ETHPORTS]; /**< Node of each port, or CLASSIFIER_NONE. */
	uint32_t vlan[CLASSIFIER_VLANS]; /**< Node, or CLASSIFIER_NONE; always NONE for id 0. */
};

/**
 * Create the lookup tables of a budget. EAL must be initialized: rules for IPv4 source prefixes
 * take 64 MiB of its memory, and so do those for IPv4 destination prefixes, IPv6 source prefixes
 * and IPv6 destination prefixes. Prefixes longer than /24 take 1 KiB more for each group of 256
 * neighbors. Main lcore only.
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
