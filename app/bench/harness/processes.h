/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PROCESSES_H_
#define BENCH_PROCESSES_H_

/**
 * @file
 * Processes that do the same work at the same time, once per iteration, and measure their own
 * times. They are forked once, so that fork() and exit() are in no figure. They end with this
 * process.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESSES_MAX 32

/**
 * Work of one process in one iteration. The process is a fork: it may change the data at `arg` for
 * itself, and must not use DPDK memory.
 *
 * @return
 *   true on success; otherwise the process ends
 */
typedef bool (*process_work_t)(void *arg);

struct processes {
	uint32_t nb;
	pid_t pids[PROCESSES_MAX];
	int lines[PROCESSES_MAX]; /**< One socket to each process. */
};

/** Fork the processes. They wait. @return 0, or -1 after a message: then there are no processes */
int processes_start(struct processes *c, uint32_t nb, process_work_t work, void *arg);

/**
 * Run one iteration in all processes.
 *
 * @return
 *   Nanoseconds from the first start to the last end, or -1 if a process has failed. Then the
 *   others were not waited for, and no further iteration is possible.
 */
double processes_run(struct processes *c);

/** End the processes. May be called repeatedly. */
void processes_end(struct processes *c);

#endif /* BENCH_PROCESSES_H_ */
