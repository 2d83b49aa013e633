/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_EAL_H_
#define TEST_EAL_H_

/**
 * @file
 * EAL for tests: no hugepages, no devices, no shared files, so that any number of tests run at
 * once and as any user.
 */

#include <stdint.h>

#include <rte_launch.h>

/**
 * Start EAL with main lcore 0 and workers 1 to nb_workers. Main has the first CPU that this process
 * may use, all workers share the next one (or the same, if there is one only).
 *
 * @return
 *   0, or -1 after a message.
 */
int test_eal_start(const char *test, unsigned int nb_workers);

/**
 * rte_eal_remote_launch() and rte_eal_wait_lcore(), so that ThreadSanitizer knows that what the
 * worker has done comes before the end of the wait: EAL is not built for it.
 */
int test_launch(lcore_function_t *work, void *arg, unsigned int lcore_id);

int test_wait(unsigned int lcore_id);

/** `n` pieces of work, or as many per cent of them as RATION_TEST_EFFORT says, but at least one. */
uint32_t test_effort(uint32_t n);

/** Clean up EAL. @return status: what the tests gave, for main() to return. */
int test_eal_stop(int status);

#endif /* TEST_EAL_H_ */
