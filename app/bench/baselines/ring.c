/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#include <err.h>
#include <errno.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_pause.h>

#include "baselines/ring.h"

#define RING_SIZE 16
/** Polls between two readings of the clock: reading it must not slow the wait down. */
#define POLLS_PER_CLOCK_READ 4096

int
ring_baseline_init(struct ring_baseline *b)
{
	*b = (struct ring_baseline){0};
	b->ring = rte_ring_create("bench-ring", RING_SIZE, SOCKET_ID_ANY, RING_F_SC_DEQ);
	if (b->ring != NULL)
		return 0;
	warnx("drain: ring of the baseline: %s", rte_strerror(rte_errno));
	return -1;
}

void
ring_baseline_fini(struct ring_baseline *b)
{
	rte_ring_free(b->ring);
	b->ring = NULL;
}

/* Poll without rte_pause(), to be as fast as possible. */
static int
wait_for_ack(struct ring_baseline *b)
{
	const uint64_t deadline = rte_rdtsc() + rte_get_tsc_hz();
	uint32_t i;

	do {
		for (i = 0; i < POLLS_PER_CLOCK_READ; i++) {
			/* Pairs with the release in ring_baseline_poll(). */
			if (ration_load(&b->ack, acquire) >= b->requested)
				return 0;
		}
	} while (rte_rdtsc() < deadline);
	return -ETIMEDOUT;
}

int
ring_baseline_request(struct ring_baseline *b)
{
	b->requested++;
	if (rte_ring_mp_enqueue(b->ring, (void *)(uintptr_t)b->requested) < 0)
		return -EAGAIN;
	return wait_for_ack(b);
}
