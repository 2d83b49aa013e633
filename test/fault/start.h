/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef TEST_START_H_
#define TEST_START_H_

/**
 * @file
 * Processes that share a domain: forked ones that count as secondary processes, or true secondary
 * processes of EAL, which run this program again. The latter need RATION_HUGE_DIR to name a mount
 * of hugepages.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "victim.h"

#define START_PROCESSES 4

/** Memory that the processes share in addition to the domain. */
struct start_shared {
	struct victim_orders orders;
	struct victim_book books[START_PROCESSES];
};

/**
 * Start EAL in the first process. The others will be true secondary processes or forked ones.
 * @return 0, or -1 after a message
 */
int start_eal(const char *test, bool true_ones);

/** Start EAL as a process of the type "primary" or "secondary". @return as rte_eal_init() */
int start_as(const char *type, const char *prefix);

/** Remove the files that EAL leaves on the mount of hugepages. */
void start_remove_files(const char *prefix);

/** Clean up. @return exit status */
int start_stop(int status);

/** Whether the others are true secondary processes. */
bool start_is_true(void);

/** Reserve the shared memory, after start_eal(). @return NULL if there is none */
struct start_shared *start_share(void);

/** Start victim i, in the domain "victims". @return its pid, or -1 */
pid_t start_process(uint32_t i, uint64_t seed);

/** Whether this program was started as a victim; if so, run as one. */
bool start_is_victim(int argc, char **argv);

int start_be_victim(char **argv);

#endif /* TEST_START_H_ */
