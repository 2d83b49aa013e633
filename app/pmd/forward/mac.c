/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Mode mac: packets get the address of the TX port as source and its fixed peer as destination. */
#include "forward/loop.h"

static void
rewrite(const struct stream *s, struct rte_mbuf *const *pkts, uint16_t nb)
{
	struct rte_ether_hdr *eth;
	uint16_t i;

	for (i = 0; i < nb; i++) {
		/* An mbuf has room for the header even if the packet is shorter. */
		eth = rte_pktmbuf_mtod(pkts[i], struct rte_ether_hdr *);
		rte_ether_addr_copy(&s->destination, &eth->dst_addr);
		rte_ether_addr_copy(&s->source, &eth->src_addr);
	}
}

static void
run_plain(struct fwd_lcore *l)
{
	loop_plain(l, rewrite);
}

static void
run_accounted(struct fwd_lcore *l)
{
	loop_accounted(l, rewrite);
}

const struct engine engine_mac = {
	.plain = run_plain,
	.accounted = run_accounted,
};
