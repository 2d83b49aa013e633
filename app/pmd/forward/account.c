/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <string.h>

#include "classify/burst.h"
#include "forward/account.h"

/* Adjacent packets of the same tenant are counted with one addition. */
static void
count_range(struct fwd_lcore *l, enum verdict verdict, const struct burst *b, uint16_t i,
	    uint16_t end)
{
	while (i < end) {
		struct counts *t = &l->tenants[b->nodes[i]].verdicts[verdict];
		uint32_t node = b->nodes[i];
		uint64_t packets = 0, bytes = 0;

		do {
			packets++;
			bytes += b->bytes[i];
		} while (++i < end && b->nodes[i] == node);
		count_add(&t->packets, packets);
		count_add(&t->bytes, bytes);
	}
}

static void
count_kinds(struct fwd_lcore *l, const uint32_t *kinds)
{
	int kind;

	for (kind = 0; kind < PACKET_KINDS; kind++)
		if (kinds[kind] > 0)
			count_add(&l->kinds[kind], kinds[kind]);
}

static void
classify(struct fwd_lcore *l, uint16_t port, struct burst *b, uint16_t nb)
{
	uint32_t kinds[PACKET_KINDS] = {0};
	uint16_t i;

	if (l->classifier != NULL) {
		classify_burst(l->classifier, b->pkts, nb, port, b->nodes, kinds);
		count_kinds(l, kinds);
	} else {
		memset(b->nodes, 0, nb * sizeof(b->nodes[0]));
	}
	for (i = 0; i < nb; i++)
		b->bytes[i] = rte_pktmbuf_pkt_len(b->pkts[i]);
}

static void
look_up_counters(const struct fwd_lcore *l, const struct burst *b, uint16_t first, uint16_t end,
		 ration_counter_t *counters)
{
	uint32_t i;

	for (i = first; i < end; i++)
		counters[i] = l->counters[b->nodes[i]];
}

static uint16_t
keep_granted(struct fwd_lcore *l, struct burst *b, uint16_t nb, const uint8_t *granted)
{
	uint16_t i, kept = 0;

	for (i = 0; i < nb; i++) {
		if (!granted[i]) {
			count_range(l, VERDICT_REFUSED, b, i, i + 1);
			rte_pktmbuf_free(b->pkts[i]);
			continue;
		}
		b->pkts[kept] = b->pkts[i];
		b->nodes[kept] = b->nodes[i];
		b->bytes[kept] = b->bytes[i];
		kept++;
	}
	return kept;
}

static uint16_t
charge(struct fwd_lcore *l, struct burst *b, uint16_t nb)
{
	ration_counter_t counters[BURST_MAX];
	uint8_t granted[BURST_MAX];

	look_up_counters(l, b, 0, nb, counters);
	if (ration_try_charge_burst(l->lc, counters, l->charge_bytes ? b->bytes : NULL, nb,
				    granted) == nb)
		return nb;
	return keep_granted(l, b, nb, granted);
}

static void
uncharge(struct fwd_lcore *l, const struct burst *b, uint16_t first, uint16_t end)
{
	ration_counter_t counters[BURST_MAX];

	look_up_counters(l, b, first, end, counters);
	ration_uncharge_burst(l->lc, &counters[first], l->charge_bytes ? &b->bytes[first] : NULL,
			      end - first);
}

uint16_t
account_admit(struct fwd_lcore *l, uint16_t port, struct burst *b, uint16_t nb)
{
	classify(l, port, b, nb);
	count_range(l, VERDICT_OFFERED, b, 0, nb);
	return l->lc != NULL ? charge(l, b, nb) : nb;
}

void
account_complete(struct fwd_lcore *l, struct burst *b, uint16_t first, uint16_t sent, uint16_t end)
{
	count_range(l, VERDICT_DELIVERED, b, first, sent);
	if (unlikely(sent < end)) {
		count_range(l, VERDICT_LOST, b, sent, end);
		rte_pktmbuf_free_bulk(&b->pkts[sent], end - sent);
	}
	if (l->lc != NULL)
		uncharge(l, b, first, end);
}
