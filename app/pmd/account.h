/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef ACCOUNT_H_
#define ACCOUNT_H_

/**
 * @file
 * A burst's way through the books: classified and charged when it comes, uncharged when its mbufs
 * have left. Owner of the lcore only.
 */

#include "forward.h"

/**
 * Classify and charge nb packets in b->pkts that came in on a port. Those over budget are freed and
 * the others move up.
 *
 * @return
 *   How many are left; b's arrays describe them.
 */
uint16_t account_admit(struct fwd_lcore *l, uint16_t port, struct burst *b, uint16_t nb);

/**
 * Packets from `first` up to `sent` have left, those from there up to `end` could not: free them.
 * All are uncharged.
 */
void account_settle(struct fwd_lcore *l, struct burst *b, uint16_t first, uint16_t sent,
		    uint16_t end);

#endif /* ACCOUNT_H_ */
