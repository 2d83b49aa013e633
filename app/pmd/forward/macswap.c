/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Mode macswap: source and destination address are exchanged. */
#include "forward/loop.h"

static void
rewrite(const struct stream *s, struct rte_mbuf *const *pkts, uint16_t nb)
{
	struct rte_ether_addr destination;
	struct rte_ether_hdr *eth;
	uint16_t i;

	(void)s;
	for (i = 0; i < nb; i++) {
		/* An mbuf has room for the header even if the packet is shorter. */
		eth = rte_pktmbuf_mtod(pkts[i], struct rte_ether_hdr *);
		rte_ether_addr_copy(&eth->dst_addr, &destination);
		rte_ether_addr_copy(&eth->src_addr, &eth->dst_addr);
		rte_ether_addr_copy(&destination, &eth->src_addr);
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

const struct engine engine_macswap = {
	.plain = run_plain,
	.accounted = run_accounted,
};
