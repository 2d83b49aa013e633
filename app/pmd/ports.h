/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PORTS_H_
#define PORTS_H_

/**
 * @file
 * The Ethernet ports: which there are, setting them up, their figures.
 */

#include <stdint.h>

#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_mempool.h>

#include "options.h"

struct port {
	uint16_t id;
	char name[RTE_ETH_NAME_MAX_LEN];
	struct rte_ether_addr mac;
	struct rte_eth_dev_info info;
};

struct ports {
	uint16_t nb;
	uint16_t nb_started;
	struct port port[RTE_MAX_ETHPORTS];
};

/**
 * Find the ports to use: all, or those of --portmask. Each device that a --vdev asked for has to be
 * there, for EAL goes on without those that it could not make.
 *
 * All functions here: main lcore only; on failure one line on stderr and a negative errno.
 */
int ports_find(struct ports *ports, const struct options *o);

/** Descriptors of all RX and TX queues together. */
uint32_t ports_nb_descriptors(const struct ports *ports, const struct options *o);

/** Configure queues and start all ports, promiscuous. */
int ports_start(struct ports *ports, const struct options *o, struct rte_mempool *pool);

/**
 * Wait, nine seconds at most, until all links are up, and name those that are not.
 *
 * @param stop
 *   Asked on every turn; not 0 ends the wait.
 */
void ports_wait_links(const struct ports *ports, int (*stop)(void));

/** Throw away what waits in RX queues, up to 4,096 packets each. */
void ports_flush(const struct ports *ports, const struct options *o);

/** Set all figures to 0. */
void ports_reset_stats(const struct ports *ports);

/** Stop and close all ports. */
void ports_stop(struct ports *ports);

#endif /* PORTS_H_ */
