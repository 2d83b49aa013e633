/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

/* Mode rxonly: packets are freed. */
#include "forward/loop.h"

static void
free_plain(struct fwd_lcore *l, struct stream *s)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint64_t start = cycles_start(l);
	uint16_t nb = receive(l, s, pkts);

	if (unlikely(nb == 0))
		return;
	rte_pktmbuf_free_bulk(pkts, nb);
	count_add(&l->delivered, nb);
	cycles_end(l, start);
}

static void
free_accounted(struct fwd_lcore *l, struct stream *s)
{
	struct burst b;
	uint64_t start = cycles_start(l);
	uint16_t nb = receive(l, s, b.pkts);

	if (nb == 0)
		return;
	nb = account_admit(l, s->rx_port, &b, nb);
	rte_pktmbuf_free_bulk(b.pkts, nb);
	account_complete(l, &b, 0, nb, nb);
	cycles_end(l, start);
}

static void
run_plain(struct fwd_lcore *l)
{
	uint16_t i;

	while (likely(forward_running()))
		for (i = 0; i < l->nb_streams; i++)
			free_plain(l, &l->streams[i]);
}

static void
run_accounted(struct fwd_lcore *l)
{
	uint16_t i;

	while (likely(forward_running())) {
		for (i = 0; i < l->nb_streams; i++)
			free_accounted(l, &l->streams[i]);
		if (l->lc != NULL)
			ration_quiescent(l->lc);
	}
}

const struct engine engine_rxonly = {
	.plain = run_plain,
	.accounted = run_accounted,
};
