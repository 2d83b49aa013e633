/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef LOOP_H_
#define LOOP_H_

/**
 * @file
 * The loops of the engines that receive, change and send. Each engine includes them with its own
 * change, a constant for the compiler, so that nothing is decided per packet. That is also why the
 * functions are always inline.
 */

#include <rte_branch_prediction.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "account.h"
#include "forward.h"

/** What an engine does to the packets of a burst. */
typedef void change_t(const struct stream *s, struct rte_mbuf *const *pkts, uint16_t nb);

static inline uint64_t
cycles_begin(const struct fwd_lcore *l)
{
	return l->record_cycles ? rte_rdtsc() : 0;
}

static inline void
cycles_end(struct fwd_lcore *l, uint64_t begin)
{
	if (l->record_cycles)
		count(&l->busy_cycles, rte_rdtsc() - begin);
}

static inline int
forward_running(void)
{
	/* Relaxed: nothing is read because of it. */
	return ration_load(&forward_state, relaxed) == FORWARD_RUN;
}

static inline uint16_t
receive(struct fwd_lcore *l, const struct stream *s, struct rte_mbuf **pkts)
{
	uint16_t nb = rte_eth_rx_burst(s->rx_port, s->rx_queue, pkts, l->burst);

	if (likely(nb > 0))
		count(&l->rx_packets, nb);
	return nb;
}

static inline uint16_t
transmit(struct stream *s, struct rte_mbuf **pkts, uint16_t nb)
{
	uint16_t sent = rte_eth_tx_burst(s->tx_port, s->tx_queue, pkts, nb);

	if (unlikely(sent < nb))
		count(&s->tx_dropped, nb - sent);
	return sent;
}

static __rte_always_inline void
forward_plain(struct fwd_lcore *l, struct stream *s, change_t *change)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint64_t begin = cycles_begin(l);
	uint16_t nb = receive(l, s, pkts);
	uint16_t sent;

	if (unlikely(nb == 0))
		return;
	change(s, pkts, nb);
	sent = transmit(s, pkts, nb);
	if (unlikely(sent < nb))
		rte_pktmbuf_free_bulk(&pkts[sent], nb - sent);
	cycles_end(l, begin);
}

static __rte_always_inline void
forward_accounted(struct fwd_lcore *l, struct stream *s, change_t *change)
{
	struct burst b;
	uint64_t begin = cycles_begin(l);
	uint16_t nb = receive(l, s, b.pkts);
	uint16_t sent;

	if (nb == 0)
		return;
	nb = account_admit(l, s->rx_port, &b, nb);
	change(s, b.pkts, nb);
	sent = transmit(s, b.pkts, nb);
	account_settle(l, &b, 0, sent, nb);
	cycles_end(l, begin);
}

static __rte_always_inline void
loop_plain(struct fwd_lcore *l, change_t *change)
{
	uint16_t i;

	while (likely(forward_running()))
		for (i = 0; i < l->nb_streams; i++)
			forward_plain(l, &l->streams[i], change);
}

static __rte_always_inline void
loop_accounted(struct fwd_lcore *l, change_t *change)
{
	uint16_t i;

	while (likely(forward_running())) {
		for (i = 0; i < l->nb_streams; i++)
			forward_accounted(l, &l->streams[i], change);
		if (l->lc != NULL)
			ration_quiescent(l->lc);
	}
}

#endif /* LOOP_H_ */
