/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PROCESSES_H_
#define BENCH_PROCESSES_H_

/**
 * @file
 * Processes that do the same at once, as often as they are told to, and take their own times. They
 * are forked once, so that neither their birth nor their end is in any figure. They end with us.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESSES_MAX 32

/**
 * What each process does in a turn. It is a fork: it may change what `arg` points to for itself,
 * and must not use DPDK's memory.
 *
 * @return
 *   Has it succeeded? If not, the process ends.
 */
typedef bool (*process_work_t)(void *arg);

struct processes {
	uint32_t nb;
	pid_t pids[PROCESSES_MAX];
	int lines[PROCESSES_MAX]; /**< Sockets, one to each process. */
};

/** Fork them; they wait. @return 0, or -1 after a message: there is none then */
int processes_start(struct processes *c, uint32_t nb, process_work_t work, void *arg);

/**
 * Let all of them do their work once.
 *
 * @return
 *   Nanoseconds from when the first one began until the last one was done, or -1 if one has failed;
 *   the others have not been waited for then, and there can be no more turns
 */
double processes_run(struct processes *c);

/** End them. May be called again, and for none. */
void processes_end(struct processes *c);

#endif /* BENCH_PROCESSES_H_ */
