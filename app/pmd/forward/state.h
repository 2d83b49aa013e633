/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_STATE_H_
#define FORWARD_STATE_H_

/**
 * @file
 * The state that the main lcore sets and the forwarding loops poll.
 */

#include <stdint.h>

#include <ration_compat.h>

/** What a forwarding loop has to do. */
enum forward_state {
	FORWARD_RUN, /**< Receive and forward packets. */
	FORWARD_FINISH, /**< Receive no more packets, forward the held ones, then return. */
	FORWARD_STOP, /**< Return at once. */
};

/** An enum forward_state. The main lcore and its signal handlers write it, all loops read it. */
extern RATION_ATOMIC(uint32_t) forward_state;

/** Return 1 while the state is FORWARD_RUN, else 0. */
static inline int
forward_running(void)
{
	/* Relaxed: the state does not publish other data. */
	return ration_load(&forward_state, relaxed) == FORWARD_RUN;
}

#endif /* FORWARD_STATE_H_ */
