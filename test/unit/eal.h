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

/**
 * Start EAL with main lcore 0 and workers 1 to nb_workers. Main has the first CPU that this process
 * may use, all workers share the next one (or the same, if there is one only).
 *
 * @return
 *   0, or -1 after a message.
 */
int test_eal_start(const char *test, unsigned int nb_workers);

/** Clean up EAL. @return status: what the tests gave, for main() to return. */
int test_eal_stop(int status);

#endif /* TEST_EAL_H_ */
