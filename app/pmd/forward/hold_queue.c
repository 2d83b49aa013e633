/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_ring_elem.h>

#include "forward/hold_queue.h"
#include "message.h"

int
hold_queue_create(struct hold_queue *h, const struct options *o, unsigned int index,
		  unsigned int nb)
{
	unsigned int size = o->hold_size / nb + (index < o->hold_size % nb);
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "hold_%u", index);
	h->rate = (double)o->service_rate / nb;
	h->ring = rte_ring_create_elem(name, sizeof(struct held_packet), size, SOCKET_ID_ANY,
				       RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
	if (h->ring == NULL) {
		log_error("no memory for a hold queue of %u packets: %s", size,
			  rte_strerror(rte_errno));
		return -rte_errno;
	}
	return 0;
}

void
hold_queue_free(struct hold_queue *h)
{
	rte_ring_free(h->ring);
	h->ring = NULL;
}
