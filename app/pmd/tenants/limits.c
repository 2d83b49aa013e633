/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>

#include <rte_ether.h>

#include "message.h"
#include "tenants/limits.h"

/* Bytes of the smallest packet: the checksum of the frame is not charged. */
#define PACKET_MIN (RTE_ETHER_MIN_LEN - RTE_ETHER_CRC_LEN)

void
tenants_warn_limits(const struct tenants *t)
{
	const struct budget_node *first = NULL;
	uint32_t i, nb = 0;

	/* Without --budget the limits do not matter. */
	if (t->domain == NULL || t->budget->unit != BUDGET_BYTES)
		return;
	for (i = 0; i < t->budget->nb_nodes; i++) {
		const struct budget_node *n = &t->budget->nodes[i];

		if (n->max == 0 || n->max >= PACKET_MIN)
			continue;
		nb++;
		if (first == NULL)
			first = n;
	}
	if (first != NULL)
		log_error("counter '%s' (line %u of the budget): max %" PRIu64
			  " is less than the %d bytes of the smallest packet: all packets are "
			  "refused (%u counters with such a limit)",
			  first->path[0] != '\0' ? first->path : "/", first->line, first->max,
			  PACKET_MIN, nb);
}
