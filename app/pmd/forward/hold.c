/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <rte_ring_elem.h>

#include "forward/loop.h"
#include "measure/clock.h"

/*
 * Packets that find the queue full are lost. A packet counts as held after it was charged and until
 * it leaves the queue, before it is uncharged: what is held never exceeds what is charged.
 */
static void
enqueue(struct fwd_lcore *l, uint32_t stream, struct burst *b, uint16_t nb, uint64_t now)
{
	struct held_packet held[BURST_MAX];
	uint16_t i, taken;

	for (i = 0; i < nb; i++) {
		held[i] = (struct held_packet){
			.pkt = b->pkts[i],
			.since = now,
			.node = b->nodes[i],
			.stream = stream,
		};
	}
	taken = rte_ring_sp_enqueue_burst_elem(l->hold.ring, held, sizeof(held[0]), nb, NULL);
	for (i = 0; i < taken; i++)
		count_add(&l->held[b->nodes[i]], 1);
	if (taken < nb)
		account_complete(l, b, taken, taken, nb);
}

static void
receive_stream(struct fwd_lcore *l, uint16_t stream)
{
	struct stream *s = &l->streams[stream];
	struct burst b;
	uint64_t start = cycles_start(l);
	uint16_t nb = receive(l, s, b.pkts);

	if (nb == 0)
		return;
	nb = account_admit(l, s->rx_port, &b, nb);
	enqueue(l, stream, &b, nb, rte_rdtsc());
	cycles_end(l, start);
}

static void
dequeue(struct fwd_lcore *l, struct held_packet *held, struct burst *b, uint16_t nb)
{
	uint16_t i;

	rte_ring_sc_dequeue_bulk_elem(l->hold.ring, held, sizeof(held[0]), nb, NULL);
	for (i = 0; i < nb; i++) {
		b->pkts[i] = held[i].pkt;
		b->nodes[i] = held[i].node;
		b->bytes[i] = rte_pktmbuf_pkt_len(held[i].pkt);
		count_add(&l->held[held[i].node], UINT64_MAX); /* minus 1 */
	}
}

static void
record_latencies(struct fwd_lcore *l, const struct held_packet *held, uint16_t nb, uint64_t now)
{
	uint16_t i;

	if (l->latencies == NULL)
		return;
	for (i = 0; i < nb; i++)
		latency_record(l->latencies[held[i].node], now - held[i].since);
}

/* Adjacent packets of the same stream are sent in one burst. */
static void
transmit_held(struct fwd_lcore *l, const struct held_packet *held, struct burst *b, uint16_t nb)
{
	uint16_t i = 0, end, sent;

	while (i < nb) {
		for (end = i + 1; end < nb && held[end].stream == held[i].stream; end++)
			;
		sent = transmit(&l->streams[held[i].stream], &b->pkts[i], end - i);
		account_complete(l, b, i, i + sent, end);
		i = end;
	}
}

/* Send the packets that the modeled next stage has completed. */
static void
serve(struct fwd_lcore *l)
{
	struct hold_queue *h = &l->hold;
	uint64_t now = rte_rdtsc();
	uint32_t waiting = RTE_MIN(rte_ring_count(h->ring), l->burst);
	uint16_t nb = (uint16_t)pace_take(&h->pace, now, waiting);
	struct held_packet held[BURST_MAX];
	struct burst b;

	if (nb == 0)
		return;
	dequeue(l, held, &b, nb);
	record_latencies(l, held, nb, now);
	transmit_held(l, held, &b, nb);
	if (l->record_cycles)
		count_add(&l->busy_cycles, rte_rdtsc() - now);
}

/* Packets that are still held at the end are lost. */
static void
drop_held(struct fwd_lcore *l)
{
	struct held_packet held[BURST_MAX];
	struct burst b;
	uint16_t nb;

	while ((nb = RTE_MIN(rte_ring_count(l->hold.ring), (unsigned int)BURST_MAX)) > 0) {
		dequeue(l, held, &b, nb);
		account_complete(l, &b, 0, 0, nb);
	}
}

/* Start with another stream each time, so that all streams get the same share of free entries. */
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
	/* Relaxed: the state does not publish other data. */
	while ((state = ration_load(&forward_state, relaxed)) != FORWARD_STOP) {
		if (likely(state == FORWARD_RUN))
			receive_all(l, &first);
		else if (rte_ring_empty(l->hold.ring))
			break;
		serve(l);
		if (l->lc != NULL)
			ration_quiescent(l->lc);
	}
	drop_held(l);
}

/* --service-rate limits this mode, therefore it has no faster loop without accounting. */
const struct engine engine_hold = {
	.plain = run_hold,
	.accounted = run_hold,
};
