/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_ENGINE_H_
#define FORWARD_ENGINE_H_

/**
 * @file
 * Forwarding engines: one for each --forward-mode, as in testpmd.
 */

struct fwd_lcore;

/** A forwarding loop. It returns when forward_state tells it to. */
typedef void forward_loop_t(struct fwd_lcore *l);

/** The loops of a forwarding mode. */
struct engine {
	forward_loop_t *plain; /**< Does not classify or charge packets. */
	forward_loop_t *accounted; /**< Counts packets per tenant; charges them with --budget. */
};

extern const struct engine engine_io;
extern const struct engine engine_mac;
extern const struct engine engine_macswap;
extern const struct engine engine_rxonly;
extern const struct engine engine_hold;

#endif /* FORWARD_ENGINE_H_ */
