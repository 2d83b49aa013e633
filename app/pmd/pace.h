/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef PACE_H_
#define PACE_H_

/**
 * @file
 * A server that finishes a given number of packets per second, in TSC time.
 */

#include <stdint.h>

struct pace {
	double per_tick; /**< Packets a TSC tick. */
	double credit; /**< Packets that may go now. */
	uint64_t last; /**< When credit was reckoned last. */
};

/** Start at time `now` without credit. */
static inline void
pace_start(struct pace *p, double per_second, double tsc_hz, uint64_t now)
{
	p->per_tick = per_second / tsc_hz;
	p->credit = 0;
	p->last = now;
}

/**
 * How many of the waiting packets are done by now.
 *
 * A server that was busy all the time catches up when its lcore was away for a while, as a device
 * would have worked on; an idle one does not save up its time.
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

#endif /* PACE_H_ */
