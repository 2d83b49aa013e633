/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>

#include "measure/clock.h"
#include "message.h"
#include "stats/stats.h"

int
stats_init(struct stats *s, const struct options *o, const struct ports *ports,
	   const struct tenants *tenants, const struct lcores *lcores)
{
	*s = (struct stats){
		.options = o,
		.from_ports = ports,
		.from_tenants = tenants,
		.from_lcores = lcores,
		.nb_tenants = tenants->nb,
	};
	s->tenants = calloc(s->nb_tenants, sizeof(s->tenants[0]));
	if (s->tenants == NULL) {
		log_error("no memory for the statistics of %u tenants", s->nb_tenants);
		return -ENOMEM;
	}
	return 0;
}

static uint64_t
tx_dropped(const struct lcores *lcores, uint16_t port)
{
	uint64_t sum = 0;
	unsigned int i, j;

	for (i = 0; i < lcores->nb; i++)
		for (j = 0; j < lcores->lcore[i]->nb_streams; j++)
			if (lcores->lcore[i]->streams[j].tx_port == port)
				sum += ration_load(&lcores->lcore[i]->streams[j].tx_dropped,
						   acquire);
	return sum;
}

static void
collect_port(const struct port *port, const struct lcores *lcores, double seconds,
	     struct port_stats *s)
{
	struct rte_eth_stats eth = {0};

	if (rte_eth_stats_get(port->id, &eth) < 0)
		return;
	if (seconds > 0) {
		s->rx_rate = (double)(eth.ipackets - s->rx.packets) / seconds;
		s->tx_rate = (double)(eth.opackets - s->tx.packets) / seconds;
	}
	s->id = port->id;
	s->name = port->name;
	s->rx = (struct totals){eth.ipackets, eth.ibytes};
	s->tx = (struct totals){eth.opackets, eth.obytes};
	s->missed = eth.imissed;
	s->errors = eth.ierrors;
	s->nombuf = eth.rx_nombuf;
	s->tx_errors = eth.oerrors;
	s->tx_dropped = tx_dropped(lcores, port->id);
}

static void
collect_lcore(struct fwd_lcore *l, struct lcore_stats *s)
{
	uint64_t cycles = ration_load(&l->busy_cycles, relaxed);

	s->lcore_id = l->lcore_id;
	s->packets = ration_load(&l->rx_packets, relaxed);
	s->cycles_per_packet = s->packets > 0 ? (double)cycles / (double)s->packets : 0;
	rte_spinlock_lock(&l->stats_lock);
	if (l->stats_lc != NULL)
		ration_lcore_stats_get(l->stats_lc, &s->ration);
	else
		s->ration = l->final_stats;
	rte_spinlock_unlock(&l->stats_lock);
}

static double
microseconds(uint64_t ticks)
{
	return (double)ticks * 1e6 / clock_tsc_hz();
}

static void
collect_latency(const struct lcores *lcores, uint32_t node, struct latency_stats *s)
{
	struct latency_sum sum = {0};
	unsigned int i;

	for (i = 0; i < lcores->nb; i++)
		latency_add(lcores->lcore[i]->latencies[node], &sum);
	*s = (struct latency_stats){
		.p50 = microseconds(latency_quantile(&sum, 0.5)),
		.p99 = microseconds(latency_quantile(&sum, 0.99)),
		.p999 = microseconds(latency_quantile(&sum, 0.999)),
		.max = microseconds(sum.max),
		.count = sum.total,
	};
}

/* The plain loops count only received packets and packets that could not be sent. */
static void
collect_plain(const struct stats *s, struct tenant_stats *t)
{
	uint16_t i;

	for (i = 0; i < s->from_ports->nb; i++) {
		t->verdicts[VERDICT_LOST].packets += s->ports[i].tx_dropped;
		t->verdicts[VERDICT_OFFERED].bytes += s->ports[i].rx.bytes;
		t->verdicts[VERDICT_DELIVERED].bytes += s->ports[i].tx.bytes;
	}
	t->verdicts[VERDICT_OFFERED].packets = lcores_received(s->from_lcores);
	t->verdicts[VERDICT_DELIVERED].packets =
		t->verdicts[VERDICT_OFFERED].packets - t->verdicts[VERDICT_LOST].packets;
	if (s->options->forward_mode == FORWARD_RXONLY)
		t->verdicts[VERDICT_DELIVERED].bytes = t->verdicts[VERDICT_OFFERED].bytes;
}

/* Read VERDICT_OFFERED last: then the other verdicts never exceed it. */
static void
collect_rows(const struct lcores *lcores, uint32_t node, struct tenant_stats *t)
{
	int verdict;
	unsigned int i;

	for (verdict = VERDICT_COUNT - 1; verdict >= 0; verdict--)
		for (i = 0; i < lcores->nb; i++)
			counts_read(&lcores->lcore[i]->tenants[node].verdicts[verdict],
				    &t->verdicts[verdict]);
}

static void
collect_tenant(const struct stats *s, uint32_t node, struct tenant_stats *t)
{
	const struct tenants *from = s->from_tenants;
	struct ration_counter_info info;

	*t = (struct tenant_stats){.name = tenants_name(from, node)};
	if (s->from_lcores->plain)
		collect_plain(s, t);
	else
		collect_rows(s->from_lcores, node, t);
	t->held = t->verdicts[VERDICT_OFFERED].packets - t->verdicts[VERDICT_DELIVERED].packets -
		  t->verdicts[VERDICT_REFUSED].packets - t->verdicts[VERDICT_LOST].packets;
	if (s->options->latency)
		collect_latency(s->from_lcores, node, &t->latency);
	if (from->counters != NULL &&
	    ration_counter_get(from->domain, from->counters[node], &info) == 0) {
		t->usage = info.usage;
		t->max = info.max;
		t->watermark = info.watermark;
	}
}

void
stats_collect(struct stats *s, double time)
{
	uint32_t i;

	for (i = 0; i < s->from_ports->nb; i++)
		collect_port(&s->from_ports->port[i], s->from_lcores, time - s->time, &s->ports[i]);
	for (i = 0; i < s->nb_tenants; i++)
		collect_tenant(s, s->from_tenants->nodes[i], &s->tenants[i]);
	for (i = 0; i < s->from_lcores->nb; i++)
		collect_lcore(s->from_lcores->lcore[i], &s->lcores[i]);
	s->time = time;
}

void
stats_average(struct stats *s)
{
	uint16_t i;

	for (i = 0; i < s->from_ports->nb && s->time > 0; i++) {
		s->ports[i].rx_rate = (double)s->ports[i].rx.packets / s->time;
		s->ports[i].tx_rate = (double)s->ports[i].tx.packets / s->time;
	}
}

void
stats_free(struct stats *s)
{
	free(s->tenants);
	s->tenants = NULL;
}
