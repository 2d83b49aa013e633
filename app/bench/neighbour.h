/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_NEIGHBOUR_H_
#define BENCH_NEIGHBOUR_H_

/**
 * @file
 * Noisy neighbours: two threads that burn time and memory, and may do so on the CPUs of two lcores.
 * If nobody keeps them away, the scheduler puts one on each.
 */

#include <pthread.h>
#include <stdbool.h>

#include <ration.h>

#define NEIGHBOURS 2

struct neighbours {
	RATION_ATOMIC(uint32_t) quit;
	unsigned int lcores[NEIGHBOURS];
	unsigned int nb;
	pthread_t threads[NEIGHBOURS];
};

/** Start them. @return 0, or -1 after a message */
int neighbours_start(struct neighbours *n, unsigned int lcore_a, unsigned int lcore_b);

/**
 * Would they be kept away from lcore_b's CPU, though they ask for it? Starts and stops them.
 * Whatever is measured on a CPU "isolated" from them needs this.
 */
bool neighbours_kept_away(struct neighbours *n, unsigned int lcore_a, unsigned int lcore_b);

void neighbours_stop(struct neighbours *n);

#endif /* BENCH_NEIGHBOUR_H_ */
