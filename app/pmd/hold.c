/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdio.h>

#include <rte_errno.h>
#include <rte_ring_elem.h>

#include "clock.h"
#include "loop.h"
#include "message.h"

/* A packet in the queue, with what is needed to account for it when it leaves. */
struct held {
	struct rte_mbuf *pkt;
	uint64_t since;
	uint32_t node;
	uint32_t stream;
};

int
hold_create(struct hold *h, const struct options *o, unsigned int index, unsigned int nb)
{
	unsigned int size = o->hold_size / nb + (index < o->hold_size % nb);
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "hold_%u", index);
	h->rate = (double)o->service_rate / nb;
	h->ring = rte_ring_create_elem(name, sizeof(struct held), size, SOCKET_ID_ANY,
				       RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
	if (h->ring == NULL) {
		complain("no memory for a hold queue of %u packets: %s", size,
			 rte_strerror(rte_errno));
		return -rte_errno;
	}
	return 0;
}

void
hold_free(struct hold *h)
{
	rte_ring_free(h->ring);
	h->ring = NULL;
}

/* Let packets in as far as there is room; the others are lost. */
static void
enter(struct fwd_lcore *l, uint32_t stream, struct burst *b, uint16_t nb, uint64_t now)
{
	struct held held[BURST_MAX];
	uint16_t i, taken;

	for (i = 0; i < nb; i++) {
		held[i] = (struct held){
			.pkt = b->pkts[i],
			.since = now,
			.node = b->nodes[i],
			.stream = stream,
		};
	}
	taken = rte_ring_sp_enqueue_burst_elem(l->hold.ring, held, sizeof(held[0]), nb, NULL);
	if (taken < nb)
		account_settle(l, b, taken, taken, nb);
}

static void
receive_stream(struct fwd_lcore *l, uint16_t stream)
{
	struct stream *s = &l->streams[stream];
	struct burst b;
	uint64_t begin = cycles_begin(l);
	uint16_t nb = receive(l, s, b.pkts);

	if (nb == 0)
		return;
	nb = account_admit(l, s->rx_port, &b, nb);
	enter(l, stream, &b, nb, rte_rdtsc());
	cycles_end(l, begin);
}

/* Take nb packets from the head of the queue. */
static void
leave(struct fwd_lcore *l, struct held *held, struct burst *b, uint16_t nb)
{
	uint16_t i;

	rte_ring_sc_dequeue_bulk_elem(l->hold.ring, held, sizeof(held[0]), nb, NULL);
	for (i = 0; i < nb; i++) {
		b->pkts[i] = held[i].pkt;
		b->nodes[i] = held[i].node;
		b->bytes[i] = rte_pktmbuf_pkt_len(held[i].pkt);
	}
}

static void
record_latencies(struct fwd_lcore *l, const struct held *held, uint16_t nb, uint64_t now)
{
	uint16_t i;

	if (l->latencies == NULL)
		return;
	for (i = 0; i < nb; i++)
		latency_record(l->latencies[held[i].node], now - held[i].since);
}

/* Neighbours of one stream are sent together. */
static void
send_out(struct fwd_lcore *l, const struct held *held, struct burst *b, uint16_t nb)
{
	uint16_t i = 0, end, sent;

	while (i < nb) {
		for (end = i + 1; end < nb && held[end].stream == held[i].stream; end++)
			;
		sent = transmit(&l->streams[held[i].stream], &b->pkts[i], end - i);
		account_settle(l, b, i, i + sent, end);
		i = end;
	}
}

/* Send what the next stage has got done by now. */
static void
serve(struct fwd_lcore *l)
{
	struct hold *h = &l->hold;
	uint64_t now = rte_rdtsc();
	uint32_t waiting = RTE_MIN(rte_ring_count(h->ring), l->burst);
	uint16_t nb = (uint16_t)pace_take(&h->pace, now, waiting);
	struct held held[BURST_MAX];
	struct burst b;

	if (nb == 0)
		return;
	leave(l, held, &b, nb);
	record_latencies(l, held, nb, now);
	send_out(l, held, &b, nb);
	if (l->record_cycles)
		count(&l->busy_cycles, rte_rdtsc() - now);
}

/* What is still held at the end is lost. */
static void
abandon(struct fwd_lcore *l)
{
	struct held held[BURST_MAX];
	struct burst b;
	uint16_t nb;

	while ((nb = RTE_MIN(rte_ring_count(l->hold.ring), (unsigned int)BURST_MAX)) > 0) {
		leave(l, held, &b, nb);
		account_settle(l, &b, 0, 0, nb);
	}
}

/* Each time another stream is the first to find the places that were served free. */
static void
receive_all(struct fwd_lcore *l, uint16_t *first)
{
	uint16_t i, stream = *first;

	for (i = 0; i < l->nb_streams; i++) {
		receive_stream(l, stream);
		stream = stream + 1 < l->nb_streams ? stream + 1 : 0;
	}
	*first = *first + 1 < l->nb_streams ? *first + 1 : 0;
}

static void
run_hold(struct fwd_lcore *l)
{
	uint16_t first = 0;
	uint32_t state;

	pace_start(&l->hold.pace, l->hold.rate, clock_tsc_hz(), rte_rdtsc());
	/* Relaxed: nothing is read because of it. */
	while ((state = ration_load(&forward_state, relaxed)) != FORWARD_STOP) {
		if (likely(state == FORWARD_RUN))
			receive_all(l, &first);
		else if (rte_ring_empty(l->hold.ring))
			break;
		serve(l);
		if (l->lc != NULL)
			ration_quiescent(l->lc);
	}
	abandon(l);
}

/* The rate is what limits this mode, so that one loop serves both. */
const struct engine engine_hold = {
	.plain = run_hold,
	.accounted = run_hold,
};
