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

/* Attempts to read a tenant's counter and held packets of the same instant. */
#define HELD_TRIES 16

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
		.nb_counters = tenants->counters != NULL ? tenants->nb_nodes : 0,
	};
	s->tenants = calloc(s->nb_tenants, sizeof(s->tenants[0]));
	s->counters = calloc(RTE_MAX(s->nb_counters, 1u), sizeof(s->counters[0]));
	s->before = calloc(RTE_MAX(s->nb_counters, 1u), sizeof(s->before[0]));
	if (s->tenants == NULL || s->counters == NULL || s->before == NULL) {
		log_error("no memory for the statistics of %u tenants", s->nb_tenants);
		return -ENOMEM;
	}
	return 0;
}

void
stats_start(struct stats *s)
{
	links_init(&s->links, s->from_ports);
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

/*
 * The loops without accounting count neither bytes nor tenants. Read the received packets last, as
 * in collect_rows().
 */
static void
collect_plain(const struct stats *s, struct tenant_stats *t)
{
	const struct lcores *lcores = s->from_lcores;
	unsigned int i;

	for (i = 0; i < lcores->nb; i++)
		t->verdicts[VERDICT_DELIVERED].packets +=
			ration_load(&lcores->lcore[i]->delivered, acquire);
	for (i = 0; i < s->from_ports->nb; i++) {
		t->verdicts[VERDICT_LOST].packets += tx_dropped(lcores, s->ports[i].id);
		t->verdicts[VERDICT_OFFERED].bytes += s->ports[i].rx.bytes;
		t->verdicts[VERDICT_DELIVERED].bytes += s->ports[i].tx.bytes;
	}
	t->verdicts[VERDICT_OFFERED].packets = lcores_received(lcores);
	if (s->options->forward_mode == FORWARD_RXONLY)
		t->verdicts[VERDICT_DELIVERED].bytes = t->verdicts[VERDICT_OFFERED].bytes;
}

/* The limits do not change during a run. */
static void
collect_counter(const struct stats *s, uint32_t node)
{
	const struct tenants *from = s->from_tenants;
	struct counter_stats *c = &s->counters[node];
	struct ration_counter_info info;

	c->path = tenants_name(from, node);
	if (ration_counter_get(from->domain, from->counters[node], &info) != 0)
		return;
	c->usage = info.usage;
	c->max = info.max;
	/* A charge raises usage first: a larger usage that was seen is the watermark already. */
	c->watermark = RTE_MAX(info.watermark, info.usage);
	c->failures = info.failures;
	c->forced = info.forced;
	c->rejected = info.rejected;
}

/* Returns the number of packets of a tenant that have left the queue. */
static uint64_t
read_left(const struct lcores *lcores, uint32_t node)
{
	struct totals sum = {0};
	unsigned int i;

	for (i = 0; i < lcores->nb; i++) {
		counts_read(&lcores->lcore[i]->tenants[node].verdicts[VERDICT_LOST], &sum);
		counts_read(&lcores->lcore[i]->tenants[node].verdicts[VERDICT_DELIVERED], &sum);
	}
	return sum.packets;
}

static uint64_t
read_held(const struct lcores *lcores, uint32_t node)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < lcores->nb && lcores->lcore[i]->held != NULL; i++)
		/* Pairs with the release in count_add(), as in counts_read(). */
		sum += ration_load(&lcores->lcore[i]->held[node], acquire);
	return sum;
}

/*
 * Read the counter and the held packets of a tenant, of the same instant if possible. A packet is
 * counted as delivered or lost before it is uncharged: if none was counted while the counter was
 * read, all held packets were charged then.
 */
static void
collect_held(const struct stats *s, struct tenant_stats *t)
{
	const struct lcores *lcores = s->from_lcores;
	const struct tenants *from = s->from_tenants;
	/* In other modes nothing is held. */
	unsigned int tries = s->options->forward_mode == FORWARD_HOLD ? HELD_TRIES : 1;
	uint64_t left;

	while (tries-- > 0) {
		left = read_left(lcores, t->node);
		t->held = read_held(lcores, t->node);
		if (from->counters == NULL)
			return;
		collect_counter(s, t->node);
		if (left == read_left(lcores, t->node))
			return;
	}
	/*
	 * The figures are of different instants. At each instant the held packets were charged,
	 * therefore this is nearer to the truth. Units that are bytes say nothing about packets.
	 */
	if (from->budget->unit == BUDGET_PACKETS)
		t->held = RTE_MIN(t->held, s->counters[t->node].usage);
}

/*
 * A packet is offered, then held, then it leaves. Read in the opposite order: then no packet is
 * seen twice, and the sum never exceeds what was offered.
 */
static void
collect_rows(const struct stats *s, struct tenant_stats *t)
{
	const struct lcores *lcores = s->from_lcores;
	int verdict;
	unsigned int i;

	for (verdict = VERDICT_COUNT - 1; verdict > VERDICT_OFFERED; verdict--)
		for (i = 0; i < lcores->nb; i++)
			counts_read(&lcores->lcore[i]->tenants[t->node].verdicts[verdict],
				    &t->verdicts[verdict]);
	collect_held(s, t);
	for (i = 0; i < lcores->nb; i++)
		counts_read(&lcores->lcore[i]->tenants[t->node].verdicts[VERDICT_OFFERED],
			    &t->verdicts[VERDICT_OFFERED]);
}

static void
collect_tenant(const struct stats *s, uint32_t node, struct tenant_stats *t)
{
	const struct tenant_stats before = *t;

	*t = (struct tenant_stats){.name = tenants_name(s->from_tenants, node), .node = node};
	if (s->from_lcores->plain)
		collect_plain(s, t);
	else
		collect_rows(s, t);
	t->in_flight =
		t->verdicts[VERDICT_OFFERED].packets - t->verdicts[VERDICT_DELIVERED].packets -
		t->verdicts[VERDICT_REFUSED].packets - t->verdicts[VERDICT_LOST].packets - t->held;
	if (s->options->latency)
		collect_latency(s->from_lcores, node, &t->latency);
	t->recent = t->verdicts[VERDICT_OFFERED].packets - before.verdicts[VERDICT_OFFERED].packets;
	t->changed = memcmp(t->verdicts, before.verdicts, sizeof(t->verdicts)) != 0 ||
		     t->held != before.held;
}

/* Tenants with their counters, then the other counters: children before their parents. */
static void
collect_tenants(struct stats *s)
{
	const struct tenants *from = s->from_tenants;
	uint32_t i, tenant = s->nb_tenants;

	for (i = 0; i < s->nb_tenants; i++)
		collect_tenant(s, from->nodes[i], &s->tenants[i]);
	for (i = s->nb_counters; i-- > 0;) {
		if (tenant > 0 && from->nodes[tenant - 1] == i)
			tenant--;
		else
			collect_counter(s, i);
	}
}

static void
compare_counter(struct counter_stats *c, const struct counter_stats *before)
{
	c->recent = c->failures - before->failures;
	c->changed = c->recent != 0 || c->usage != before->usage ||
		     c->watermark != before->watermark || c->forced != before->forced ||
		     c->rejected != before->rejected;
}

static void
collect_kinds(const struct lcores *lcores, uint64_t *kinds)
{
	unsigned int i;
	int kind;

	for (kind = 0; kind < PACKET_KINDS; kind++) {
		kinds[kind] = 0;
		for (i = 0; i < lcores->nb; i++)
			kinds[kind] += ration_load(&lcores->lcore[i]->kinds[kind], acquire);
	}
}

void
stats_collect(struct stats *s, double time)
{
	uint32_t i;

	links_update(&s->links, s->from_ports);
	for (i = 0; i < s->from_ports->nb; i++) {
		collect_port(&s->from_ports->port[i], s->from_lcores, time - s->time, &s->ports[i]);
		s->ports[i].link = s->links.state[i];
	}
	if (s->nb_counters > 0)
		memcpy(s->before, s->counters, s->nb_counters * sizeof(s->before[0]));
	collect_tenants(s);
	for (i = 0; i < s->nb_counters; i++)
		compare_counter(&s->counters[i], &s->before[i]);
	for (i = 0; i < s->from_lcores->nb; i++)
		collect_lcore(s->from_lcores->lcore[i], &s->lcores[i]);
	collect_kinds(s->from_lcores, s->kinds);
	s->time = time;
}

void
stats_average(struct stats *s)
{
	static const struct counter_stats start;
	uint32_t i;

	for (i = 0; i < s->from_ports->nb && s->time > 0; i++) {
		s->ports[i].rx_rate = (double)s->ports[i].rx.packets / s->time;
		s->ports[i].tx_rate = (double)s->ports[i].tx.packets / s->time;
	}
	for (i = 0; i < s->nb_tenants; i++) {
		s->tenants[i].recent = s->tenants[i].verdicts[VERDICT_OFFERED].packets;
		s->tenants[i].changed = s->tenants[i].recent != 0;
	}
	for (i = 0; i < s->nb_counters; i++)
		compare_counter(&s->counters[i], &start);
}

void
stats_free(struct stats *s)
{
	free(s->tenants);
	free(s->counters);
	free(s->before);
	s->tenants = NULL;
	s->counters = s->before = NULL;
}
