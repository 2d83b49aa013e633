/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_LOOP_H_
#define FORWARD_LOOP_H_

/**
 * @file
 * The loops of the engines that receive, rewrite and send packets. Each engine passes its own
 * rewrite function. The loops are always inlined, so that the compiler inlines this function too.
 *
 * All functions: the lcore that owns the context only.
 */

#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "forward/account.h"
#include "forward/lcore.h"
#include "forward/state.h"

/** Rewrites the headers of the `nb` packets of a burst. */
typedef void rewrite_t(const struct stream *s, struct rte_mbuf *const *pkts, uint16_t nb);

/** Return the TSC time if cycles are recorded, else 0. */
static inline uint64_t
cycles_start(const struct fwd_lcore *l)
{
	return l->record_cycles ? rte_rdtsc() : 0;
}

/** Add the TSC ticks since `start`, if cycles are recorded. */
static inline void
cycles_end(struct fwd_lcore *l, uint64_t start)
{
	if (l->record_cycles)
		count_add(&l->busy_cycles, rte_rdtsc() - start);
}

/** Receive a burst and count its packets. @return number of packets */
static inline uint16_t
receive(struct fwd_lcore *l, const struct stream *s, struct rte_mbuf **pkts)
{
	uint16_t nb = rte_eth_rx_burst(s->rx_port, s->rx_queue, pkts, l->burst);

	if (likely(nb > 0))
		count_add(&l->rx_packets, nb);
	return nb;
}

/**
 * Send a burst and count the packets that the TX queue did not accept. The caller frees those.
 *
 * @return
 *   Number of packets that were sent.
 */
static inline uint16_t
transmit(struct stream *s, struct rte_mbuf **pkts, uint16_t nb)
{
	uint16_t sent = rte_eth_tx_burst(s->tx_port, s->tx_queue, pkts, nb);

	if (unlikely(sent < nb))
		count_add(&s->tx_dropped, nb - sent);
	return sent;
}

/** Forward a burst of one stream without accounting. */
static __rte_always_inline void
forward_plain(struct fwd_lcore *l, struct stream *s, rewrite_t *rewrite)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint64_t start = cycles_start(l);
	uint16_t nb = receive(l, s, pkts);
	uint16_t sent;

	if (unlikely(nb == 0))
		return;
	rewrite(s, pkts, nb);
	sent = transmit(s, pkts, nb);
	count_add(&l->delivered, sent);
	if (unlikely(sent < nb))
		rte_pktmbuf_free_bulk(&pkts[sent], nb - sent);
	cycles_end(l, start);
}

/** Forward a burst of one stream with accounting. */
static __rte_always_inline void
forward_accounted(struct fwd_lcore *l, struct stream *s, rewrite_t *rewrite)
{
	struct burst b;
	uint64_t start = cycles_start(l);
	uint16_t nb = receive(l, s, b.pkts);
	uint16_t sent;

	if (nb == 0)
		return;
	nb = account_admit(l, s->rx_port, &b, nb);
	rewrite(s, b.pkts, nb);
	sent = transmit(s, b.pkts, nb);
	account_complete(l, &b, 0, sent, nb);
	cycles_end(l, start);
}

/** The loop without accounting. Returns when forward_state is not FORWARD_RUN. */
static __rte_always_inline void
loop_plain(struct fwd_lcore *l, rewrite_t *rewrite)
{
	uint16_t i;

	while (likely(forward_running()))
		for (i = 0; i < l->nb_streams; i++)
			forward_plain(l, &l->streams[i], rewrite);
}

/** The loop with accounting. Returns when forward_state is not FORWARD_RUN. */
static __rte_always_inline void
loop_accounted(struct fwd_lcore *l, rewrite_t *rewrite)
{
	uint16_t i;

	while (likely(forward_running())) {
		for (i = 0; i < l->nb_streams; i++)
			forward_accounted(l, &l->streams[i], rewrite);
		if (l->lc != NULL)
			ration_quiescent(l->lc);
	}
}

#endif /* FORWARD_LOOP_H_ */
