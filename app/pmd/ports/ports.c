/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_devargs.h>
#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_string_fns.h>

#include <ration.h>

#include "message.h"
#include "ports/capture.h"
#include "ports/ports.h"

#define LINK_WAIT_MS 9000
#define LINK_POLL_MS 100
#define FLUSH_MAX 4096
#define FLUSH_BURST 32

static int
check_vdevs(void)
{
	struct rte_devargs *vdev;
	uint16_t id;

	RTE_EAL_DEVARGS_FOREACH("vdev", vdev)
	{
		if (rte_eth_dev_get_port_by_name(vdev->name, &id) != 0) {
			log_error("--vdev %s: no such port (EAL could not create it)", vdev->name);
			return -ENODEV;
		}
	}
	return 0;
}

static int
check_mask(uint64_t mask)
{
	unsigned int id;

	for (id = 0; id < 64; id++) {
		if ((mask >> id & 1) != 0 && !rte_eth_dev_is_valid_port(id)) {
			log_error("--portmask: %#" PRIx64 " selects port %u, which does not exist",
				  mask, id);
			return -ENODEV;
		}
	}
	return 0;
}

static int
check_count(const struct ports *ports, const struct options *o)
{
	if (ports->nb == 0) {
		log_error(
			"no ports: pass --vdev to EAL, or bind a network device to a DPDK driver");
		return -ENODEV;
	}
	if (o->forward_mode != FORWARD_RXONLY && o->port_topology == TOPOLOGY_PAIRED &&
	    ports->nb % 2 != 0) {
		log_error("--port-topology=paired needs an even number of ports, not %u "
			  "(chained and loop allow any number)",
			  ports->nb);
		return -EINVAL;
	}
	return 0;
}

static int
check_queues(const struct port *p, const char *direction, uint64_t requested, uint16_t available)
{
	if (requested <= available)
		return 0;
	log_error("port %u (%s) supports %u %s queues, but --%sq is %" PRIu64, p->id, p->name,
		  available, direction, direction, requested);
	return -EINVAL;
}

static int
check_descriptors(const struct port *p, const char *direction, uint64_t requested,
		  const struct rte_eth_desc_lim *limits)
{
	uint16_t max = limits->nb_max != 0 ? limits->nb_max : UINT16_MAX;
	uint16_t align = RTE_MAX(limits->nb_align, 1);

	if (requested == 0 ||
	    (requested >= limits->nb_min && requested <= max && requested % align == 0))
		return 0;
	log_error("port %u (%s): --%sd: %" PRIu64 " is not supported (%u to %u, a multiple of %u)",
		  p->id, p->name, direction, requested, limits->nb_min, max, align);
	return -EINVAL;
}

static int
check_port(const struct port *p, const struct options *o)
{
	if (check_queues(p, "rx", o->rxq, p->info.max_rx_queues) < 0 ||
	    check_queues(p, "tx", o->txq, p->info.max_tx_queues) < 0 ||
	    check_descriptors(p, "rx", o->rxd, &p->info.rx_desc_lim) < 0 ||
	    check_descriptors(p, "tx", o->txd, &p->info.tx_desc_lim) < 0)
		return -EINVAL;
	return 0;
}

static int
add_port(struct ports *ports, uint16_t id, const struct options *o)
{
	struct port *p = &ports->port[ports->nb];
	char name[RTE_ETH_NAME_MAX_LEN] = "";
	int rc;

	p->id = id;
	rc = rte_eth_dev_get_name_by_port(id, name);
	/* The name of a virtual device comes from the command line. */
	ration_name_escape(p->name, sizeof(p->name), name);
	if (rc == 0)
		rc = rte_eth_dev_info_get(id, &p->info);
	if (rc == 0)
		rc = rte_eth_macaddr_get(id, &p->mac);
	if (rc < 0) {
		log_error("port %u: cannot get device information: %s", id, rte_strerror(-rc));
		return rc;
	}
	ports->nb++;
	return check_port(p, o);
}

int
ports_find(struct ports *ports, const struct options *o)
{
	uint16_t id;

	ports->nb = 0;
	ports->nb_started = 0;
	if (check_vdevs() < 0 || check_mask(o->portmask) < 0)
		return -ENODEV;
	RTE_ETH_FOREACH_DEV(id) {
		if (o->portmask != 0 && (id >= 64 || (o->portmask >> id & 1) == 0))
			continue;
		if (add_port(ports, id, o) < 0)
			return -EINVAL;
	}
	return check_count(ports, o);
}

static uint32_t
descriptors(uint64_t requested, uint16_t preferred, uint16_t fallback)
{
	return requested != 0 ? (uint32_t)requested : preferred != 0 ? preferred : fallback;
}

uint32_t
ports_nb_descriptors(const struct ports *ports, const struct options *o)
{
	uint32_t sum = 0;
	uint16_t i;

	for (i = 0; i < ports->nb; i++) {
		const struct rte_eth_dev_info *info = &ports->port[i].info;

		sum += o->rxq * descriptors(o->rxd, info->default_rxportconf.ring_size,
					    RTE_ETH_DEV_FALLBACK_RX_RINGSIZE);
		sum += o->txq * descriptors(o->txd, info->default_txportconf.ring_size,
					    RTE_ETH_DEV_FALLBACK_TX_RINGSIZE);
	}
	return sum;
}

static void
fill_conf(const struct port *p, const struct options *o, struct rte_eth_conf *conf)
{
	*conf = (struct rte_eth_conf){0};
	if (o->rxq > 1 && p->info.flow_type_rss_offloads != 0) {
		conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf->rx_adv_conf.rss_conf.rss_hf =
			p->info.flow_type_rss_offloads &
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP);
	}
	/* Allowed because all mbufs are from one pool and have a reference count of 1. */
	conf->txmode.offloads = p->info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
}

static int
setup_queues(const struct port *p, const struct options *o, struct rte_mempool *pool)
{
	int socket = rte_eth_dev_socket_id(p->id);
	uint16_t q;
	int rc = 0;

	for (q = 0; q < o->rxq && rc == 0; q++)
		rc = rte_eth_rx_queue_setup(p->id, q, o->rxd, socket, NULL, pool);
	for (q = 0; q < o->txq && rc == 0; q++)
		rc = rte_eth_tx_queue_setup(p->id, q, o->txd, socket, NULL);
	return rc;
}

static int
start_port(const struct port *p, const struct options *o, struct rte_mempool *pool)
{
	struct rte_eth_conf conf;
	int rc;

	fill_conf(p, o, &conf);
	rc = rte_eth_dev_configure(p->id, o->rxq, o->txq, &conf);
	if (rc == 0)
		rc = setup_queues(p, o, pool);
	if (rc == 0)
		rc = rte_eth_dev_start(p->id);
	if (rc < 0) {
		log_error("port %u (%s): cannot start with %" PRIu64 " rx and %" PRIu64
			  " tx queues: %s",
			  p->id, p->name, o->rxq, o->txq, rte_strerror(-rc));
		return rc;
	}
	rc = rte_eth_promiscuous_enable(p->id);
	if (rc < 0 && rc != -ENOTSUP)
		log_error("port %u (%s): cannot enable promiscuous mode: %s", p->id, p->name,
			  rte_strerror(-rc));
	return 0;
}

int
ports_start(struct ports *ports, const struct options *o, struct rte_mempool *pool)
{
	int rc;

	while (ports->nb_started < ports->nb) {
		rc = start_port(&ports->port[ports->nb_started], o, pool);
		if (rc < 0)
			return rc;
		ports->nb_started++;
	}
	return 0;
}

static int
is_up(const struct port *p)
{
	struct rte_eth_link link;

	/* If the driver does not report a link state, assume that the link is up. */
	return rte_eth_link_get_nowait(p->id, &link) < 0 || link.link_status == RTE_ETH_LINK_UP;
}

static const struct port *
first_down(const struct ports *ports)
{
	uint16_t i;

	for (i = 0; i < ports->nb; i++)
		if (!is_up(&ports->port[i]))
			return &ports->port[i];
	return NULL;
}

void
ports_wait_links(const struct ports *ports, int (*stop)(void))
{
	const struct port *down;
	unsigned int ms;

	for (ms = 0; (down = first_down(ports)) != NULL && !stop(); ms += LINK_POLL_MS) {
		if (ms >= LINK_WAIT_MS) {
			log_error("port %u (%s): link is still down", down->id, down->name);
			return;
		}
		if (ms % 1000 == 0)
			log_error("waiting for the link of port %u (%s)", down->id, down->name);
		rte_delay_us_sleep(LINK_POLL_MS * 1000);
	}
}

/* Returns the number of packets. */
static unsigned int
flush_queue(uint16_t id, uint16_t queue)
{
	struct rte_mbuf *pkts[FLUSH_BURST];
	unsigned int flushed = 0;
	uint16_t nb;

	/* Limited, because packets may come in as fast as they are dropped. */
	do {
		nb = rte_eth_rx_burst(id, queue, pkts, FLUSH_BURST);
		rte_pktmbuf_free_bulk(pkts, nb);
		flushed += nb;
	} while (nb > 0 && flushed < FLUSH_MAX);
	return flushed;
}

/*
 * Packets do not wait in the queues of these: net_pcap reads a file, which would be used up, and
 * net_null makes a packet whenever it is asked for one.
 */
static bool
has_old_packets(const struct port *p)
{
	return strcmp(p->info.driver_name, "net_null") != 0 &&
	       !capture_is_read(p->info.driver_name, p->name);
}

void
ports_flush(const struct ports *ports, const struct options *o)
{
	unsigned int flushed;
	uint16_t i, q;

	for (i = 0; i < ports->nb; i++) {
		const struct port *p = &ports->port[i];

		if (!has_old_packets(p))
			continue;
		flushed = 0;
		for (q = 0; q < o->rxq; q++)
			flushed += flush_queue(p->id, q);
		if (flushed > 0)
			log_error("port %u (%s): %u packets that waited in its RX queues were "
				  "dropped (--no-flush-rx keeps them)",
				  p->id, p->name, flushed);
	}
}

void
ports_reset_stats(const struct ports *ports)
{
	uint16_t i;

	for (i = 0; i < ports->nb; i++)
		rte_eth_stats_reset(ports->port[i].id);
}

void
ports_stop(struct ports *ports)
{
	uint16_t i;

	for (i = 0; i < ports->nb_started; i++)
		rte_eth_dev_stop(ports->port[i].id);
	for (i = 0; i < ports->nb; i++)
		rte_eth_dev_close(ports->port[i].id);
	ports->nb_started = 0;
	ports->nb = 0;
}
