/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_NEIGHBORS_H_
#define BENCH_NEIGHBORS_H_

/**
 * @file
 * Noisy neighbors: two threads that use CPU time and memory bandwidth, and may run on the CPUs of
 * two lcores. Unless they are kept away, the scheduler puts one on each CPU.
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

/** Start the threads. @return 0, or -1 after a message */
int neighbors_start(struct neighbors *n, unsigned int lcore_a, unsigned int lcore_b);

/**
 * Are the threads kept away from the CPU of lcore_b, although they ask for it? Starts and stops
 * them. A figure "isolated" from noisy neighbors requires this.
 */
bool neighbors_kept_away(struct neighbors *n, unsigned int lcore_a, unsigned int lcore_b);

void neighbors_stop(struct neighbors *n);

#endif /* BENCH_NEIGHBORS_H_ */
