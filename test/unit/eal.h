/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EAL_H_
#define TEST_EAL_H_

/**
 * @file
 * EAL for tests: without hugepages, devices and shared files, so that any number of tests can run
 * at the same time and as any user.
 */

#include <stdint.h>
#include <sys/types.h>

#include <rte_launch.h>

/**
 * Start EAL with main lcore 0 and workers 1 to nb_workers. The main lcore has the first CPU that
 * this process may use. All workers share the next one, or the same one if there is only one.
 *
 * @return
 *   0, or -1 after a message.
 */
int test_eal_start(const char *test, unsigned int nb_workers);

/**
 * rte_eal_remote_launch() and rte_eal_wait_lcore(), annotated for ThreadSanitizer: EAL is not
 * compiled for it, so it would not see that the work of the worker happens before the end of the
 * wait.
 */
int test_launch(lcore_function_t *work, void *arg, unsigned int lcore_id);

int test_wait(unsigned int lcore_id);

/**
 * fork() at a moment when all other threads of this process sleep, so that none of them holds a
 * lock of the allocator: the child could never take it. The threads of EAL allocate while they
 * start. The allocator of AddressSanitizer has no protection against this.
 */
pid_t test_fork(void);

/** Scale a number of iterations by RATION_TEST_EFFORT percent; the result is at least 1. */
uint32_t test_effort(uint32_t n);

/** Clean up EAL. @return status: the result of the tests, for main() to return. */
int test_eal_stop(int status);

#endif /* TEST_EAL_H_ */
