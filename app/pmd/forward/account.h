/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_ACCOUNT_H_
#define FORWARD_ACCOUNT_H_

/**
 * @file
 * Accounting for bursts: packets are classified and charged when they are received, and uncharged
 * when their mbufs have been sent or freed.
 *
 * All functions: the lcore that owns the context only.
 */

#include "forward/lcore.h"

/**
 * Classify and charge the `nb` packets in b->pkts, which were received on a port. Packets that are
 * refused are freed, and the remaining ones are moved to the front.
 *
 * @param port
 *   DPDK port id.
 * @return
 *   Number of remaining packets. The arrays of `b` describe them.
 */
uint16_t account_admit(struct fwd_lcore *l, uint16_t port, struct burst *b, uint16_t nb);

/**
 * Uncharge the packets from index `first` to `end - 1`. Those before `sent` are counted as
 * delivered; the others could not be sent, and are counted as lost and freed.
 */
void account_complete(struct fwd_lcore *l, struct burst *b, uint16_t first, uint16_t sent,
		      uint16_t end);

#endif /* FORWARD_ACCOUNT_H_ */
