/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_NEIGHBORS_H_
#define BENCH_NEIGHBORS_H_

/**
 * @file
 * Noisy neighbors: two threads that burn time and memory, and may do so on the CPUs of two lcores.
 * If nobody keeps them away, the scheduler puts one on each.
 */

#include <pthread.h>
#include <stdbool.h>

#include <ration.h>

#define NEIGHBORS 2

struct neighbors {
	RATION_ATOMIC(uint32_t) quit;
	unsigned int lcores[NEIGHBORS];
	unsigned int nb;
	pthread_t threads[NEIGHBORS];
};

/** Start them. @return 0, or -1 after a message */
int neighbors_start(struct neighbors *n, unsigned int lcore_a, unsigned int lcore_b);

/**
 * Would they be kept away from lcore_b's CPU, though they ask for it? Starts and stops them.
 * Whatever is measured on a CPU "isolated" from them needs this.
 */
bool neighbors_kept_away(struct neighbors *n, unsigned int lcore_a, unsigned int lcore_b);

void neighbors_stop(struct neighbors *n);

#endif /* BENCH_NEIGHBORS_H_ */
