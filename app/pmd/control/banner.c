/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <inttypes.h>
#include <stdio.h>

#include <rte_ethdev.h>
#include <rte_ether.h>

#include "control/banner.h"
#include "message.h"
#include "ports/capture.h"

#define LINE_SIZE 512

/* Returns the first stream of a port. All streams of a port have the same TX port. */
static const struct stream *
stream_of(const struct lcores *lcores, uint16_t port)
{
	unsigned int i, j;

	for (i = 0; i < lcores->nb; i++)
		for (j = 0; j < lcores->lcore[i]->nb_streams; j++)
			if (lcores->lcore[i]->streams[j].rx_port == port)
				return &lcores->lcore[i]->streams[j];
	return NULL;
}

/* Write where packets of the port go. */
static void
write_target(const struct options *o, const struct stream *s, char *text, size_t size)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE];
	size_t used;

	text[0] = '\0';
	if (s == NULL || o->forward_mode == FORWARD_RXONLY)
		return;
	used = (size_t)snprintf(text, size, ", sends to port %u", s->tx_port);
	if (o->forward_mode != FORWARD_MAC || used >= size)
		return;
	rte_ether_format_addr(mac, sizeof(mac), &s->destination);
	snprintf(text + used, size - used, " with destination %s", mac);
}

/* rte_eth_link_to_str() is not stable yet. */
static void
write_link(uint16_t port, char *text, size_t size)
{
	struct rte_eth_link link;

	if (rte_eth_link_get_nowait(port, &link) < 0)
		snprintf(text, size, "link unknown");
	else if (link.link_status != RTE_ETH_LINK_UP)
		snprintf(text, size, "link down");
	else if (link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		snprintf(text, size, "link up");
	else
		snprintf(text, size, "link up at %u Mbit/s", link.link_speed);
}

static void
print_port(const struct options *o, const struct port *p, const struct lcores *lcores)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE], link[64], target[LINE_SIZE];

	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	write_link(p->id, link, sizeof(link));
	write_target(o, stream_of(lcores, p->id), target, sizeof(target));
	log_error("port %u: %s, driver %s, MAC %s, %s, %" PRIu64 " rx and %" PRIu64 " tx queues%s",
		  p->id, p->name, p->info.driver_name, mac, link, o->rxq, o->txq, target);
}

static void
print_mode(const struct options *o, const struct lcores *lcores)
{
	char list[LINE_SIZE] = "", hold[128] = "";
	unsigned int i;
	size_t used = 0;

	for (i = 0; i < lcores->nb && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%u", i > 0 ? "," : "",
					 lcores->lcore[i]->lcore_id);
	if (o->forward_mode == FORWARD_HOLD)
		snprintf(hold, sizeof(hold),
			 ", queues of %" PRIu64 " packets, %" PRIu64 " packets/s leave them",
			 o->hold_size, o->service_rate);
	log_error("mode %s on lcore%s %s, bursts of %" PRIu64 " packets%s", options_mode_name(o),
		  lcores->nb == 1 ? "" : "s", list, o->burst, hold);
}

static void
print_budgets(const struct options *o, const struct tenants *t)
{
	const struct budget *b = t->budget;
	bool kinds = b != NULL && budget_reads_headers(b);

	if (b == NULL) {
		log_error(
			"no budgets (--budget=FILE charges packets, --classify=FILE counts them)");
		return;
	}
	log_error("%s %s: %u counters, %u rules, unit %s, default '%s'%s%s%s",
		  o->budget != NULL ? "budgets of" : "tenants (not charged) of",
		  o->budget != NULL ? o->budget : o->classify, b->nb_nodes, b->nb_rules,
		  b->unit == BUDGET_BYTES ? "bytes" : "packets", tenants_name(t, b->default_node),
		  kinds ? ", malformed frames '" : "",
		  kinds ? tenants_name(t, b->malformed_node) : "", kinds ? "'" : "");
}

void
banner_print(const struct options *o, const struct ports *ports, const struct tenants *t,
	     const struct lcores *lcores)
{
	uint16_t i;

	for (i = 0; i < ports->nb; i++) {
		print_port(o, &ports->port[i], lcores);
		capture_warn(ports->port[i].id, ports->port[i].info.driver_name,
			     ports->port[i].name);
	}
	print_mode(o, lcores);
	print_budgets(o, t);
}
