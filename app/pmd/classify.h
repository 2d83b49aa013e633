/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef CLASSIFY_H_
#define CLASSIFY_H_

/**
 * @file
 * From a packet to the budget node it belongs to.
 *
 * The first of these that has a rule for the packet decides: VLAN id, longest source prefix,
 * longest destination prefix, port; else the default node. Only IPv4 is looked into, behind up to
 * two VLAN tags (802.1Q, 802.1ad), whether they are in the packet or the driver has stripped them.
 * Anything short or malformed is not IPv4: it falls through to VLAN, port and default.
 */

#include <stdint.h>

#include <rte_mbuf.h>

#include "budget.h"

/** Lookup tables made from a budget's rules; read only once made. */
struct classifier;

/**
 * Make the lookup tables of a budget. EAL must have started: source prefixes and destination
 * prefixes take 64 MiB of its memory each (rte_lpm), unless there are none of the kind.
 *
 * @param socket_id
 *   NUMA node for the tables, or SOCKET_ID_ANY.
 * @return
 *   The classifier, or NULL with one line in `error`.
 */
struct classifier *classifier_create(const struct budget *b, int socket_id, char *error,
				     size_t size);

/** Free a classifier; NULL is allowed. */
void classifier_free(struct classifier *cls);

/**
 * Classify a burst that came in on one port. Never reads beyond a packet's data; packets in
 * several segments are allowed.
 *
 * @param nodes
 *   Set to the index of the budget node of each packet.
 */
void classify_burst(const struct classifier *cls, struct rte_mbuf *const *pkts, uint16_t nb,
		    uint16_t port, uint32_t *nodes);

#endif /* CLASSIFY_H_ */
