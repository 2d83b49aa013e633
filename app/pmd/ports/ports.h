/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PORTS_H_
#define PORTS_H_

/**
 * @file
 * The Ethernet ports: finding, checking, starting and stopping them.
 *
 * All functions: main lcore only. Those that return int return 0, or a negative errno after one
 * line on stderr.
 */

#include <stdint.h>

#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_mempool.h>

#include "options/options.h"

/** A port in use. */
struct port {
	uint16_t id; /**< DPDK port id. */
	char name[RTE_ETH_NAME_MAX_LEN]; /**< Escaped, for messages and reports. */
	struct rte_ether_addr mac;
	struct rte_eth_dev_info info;
};

/** All ports in use. */
struct ports {
	uint16_t nb;
	uint16_t nb_started; /**< The first nb_started ports have been started. */
	struct port port[RTE_MAX_ETHPORTS];
};

/**
 * Find the ports to use (all, or those in --portmask) and check that they support the options.
 *
 * Each --vdev must have a port. EAL only logs an error if it cannot create a device, and continues
 * without the device.
 */
int ports_find(struct ports *ports, const struct options *o);

/** Return the sum of the descriptors of all RX and TX queues. */
uint32_t ports_nb_descriptors(const struct ports *ports, const struct options *o);

/** Configure the queues and start all ports in promiscuous mode. */
int ports_start(struct ports *ports, const struct options *o, struct rte_mempool *pool);

/**
 * Wait until the links of all ports are up, at most 9 seconds. Print the port whose link is down.
 *
 * @param stop
 *   Called every 100 ms. A return value other than 0 ends the wait.
 */
void ports_wait_links(const struct ports *ports, int (*stop)(void));

/**
 * Drop the packets that wait in RX queues, at most 4,096 packets per queue, and print how many they
 * were. Ports that read a capture or make their packets up are left alone: none of their packets is
 * older than this run.
 */
void ports_flush(const struct ports *ports, const struct options *o);

/** Reset the statistics of all ports. */
void ports_reset_stats(const struct ports *ports);

/** Stop and close all ports. */
void ports_stop(struct ports *ports);

#endif /* PORTS_H_ */
