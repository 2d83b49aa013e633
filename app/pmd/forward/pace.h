/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef FORWARD_PACE_H_
#define FORWARD_PACE_H_

/**
 * @file
 * A server that completes a given number of packets per second, measured in TSC ticks.
 */

#include <stdint.h>

/** The server. One lcore uses it. */
struct pace {
	double per_tick; /**< Packets per TSC tick. */
	double credit; /**< Packets that may leave now. */
	uint64_t last; /**< TSC time of the last update of `credit`. */
};

/**
 * Start the server without credit.
 *
 * @param per_second
 *   Packets per second.
 * @param tsc_hz
 *   TSC ticks per second.
 * @param now
 *   Current TSC time.
 */
static inline void
pace_start(struct pace *p, double per_second, double tsc_hz, uint64_t now)
{
	p->per_tick = per_second / tsc_hz;
	p->credit = 0;
	p->last = now;
}

/**
 * Return how many of the waiting packets the server has completed since the last call.
 *
 * If the lcore was not scheduled for a while, a server with waiting packets catches up, because a
 * device would have continued to work. A server without waiting packets accumulates a credit of one
 * packet at most.
 *
 * @param now
 *   Current TSC time.
 * @param waiting
 *   Number of waiting packets.
 */
static inline uint32_t
pace_take(struct pace *p, uint64_t now, uint32_t waiting)
{
	uint32_t n;

	p->credit += (double)(now - p->last) * p->per_tick;
	p->last = now;
	if (p->credit < 1)
		return 0;
	if (waiting == 0) {
		p->credit = 1;
		return 0;
	}
	n = p->credit < waiting ? (uint32_t)p->credit : waiting;
	p->credit -= n;
	return n;
}

#endif /* FORWARD_PACE_H_ */
