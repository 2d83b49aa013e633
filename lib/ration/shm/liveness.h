/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef RATION_SHM_LIVENESS_H_
#define RATION_SHM_LIVENESS_H_

#include <stdbool.h>
#include <stdint.h>

/** getpid(), without a system call. */
int32_t ration_this_process(void);

/** gettid(), without a system call. */
int32_t ration_this_thread(void);

/** What ration_thread_start() says if it cannot find out. */
#define RATION_START_UNKNOWN UINT64_MAX

/** When a thread began, in a unit of the kernel's; 0 if there is none, or if it is dead. */
uint64_t ration_thread_start(int32_t pid, int32_t tid);

/** A name for this process that no later one has. Not 0. */
uint64_t ration_process_id(void);

/** Whether the process of a name is alive. */
bool ration_process_is_alive(uint64_t id);

#endif /* RATION_SHM_LIVENESS_H_ */
