/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_LIVENESS_H_
#define RATION_SHM_LIVENESS_H_

/**
 * @file
 * Checks whether processes and threads are alive. Any process, any thread.
 */

#include <stdbool.h>
#include <stdint.h>

/** getpid(), without a system call. */
int32_t ration_this_process(void);

/** gettid(), without a system call. */
int32_t ration_this_thread(void);

/** Result of ration_thread_start() if /proc cannot be read. */
#define RATION_START_UNKNOWN UINT64_MAX

/**
 * Read the start time of a thread from /proc: clock ticks since boot, with bit 63 set.
 *
 * @return the start time, 0 if the thread does not exist or is a zombie, or RATION_START_UNKNOWN
 */
uint64_t ration_thread_start(int32_t pid, int32_t tid);

/** Identifier of this process: {pid, low half of its start time}. Not 0. Reads /proc once. */
uint64_t ration_process_id(void);

/** Whether the process of an identifier is alive. In doubt, it is. Reads /proc. */
bool ration_process_is_alive(uint64_t id);

#endif /* RATION_SHM_LIVENESS_H_ */
