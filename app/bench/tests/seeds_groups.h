/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SEEDS_GROUPS_H_
#define BENCH_SEEDS_GROUPS_H_

/**
 * @file
 * Memory cgroups for the processes of this program, in a directory "ration-bench-..." below the
 * root cgroup. A watcher process removes them when they are released or when this process ends for
 * any reason. If the watcher was killed too, the next run removes them.
 */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SEEDS_GROUPS_MAX 32
/** Stands for the root cgroup, which is not charged. */
#define SEEDS_GROUPS_ROOT UINT32_MAX

struct seeds_groups {
	int version;
	char mount[PATH_MAX / 4]; /**< Mount point of the root cgroup. */
	char own[PATH_MAX / 2]; /**< Directory of the own cgroups. */
	int lock; /**< Lock on that directory: a process is alive that will remove it. */
	int alive; /**< The cgroups stay while this pipe is open. */
	pid_t watcher;
};

/**
 * Find the memory controller and create SEEDS_GROUPS_MAX cgroups. Leftovers of killed runs are
 * removed first.
 *
 * @param mounts
 *   File that lists the mounts: /proc/self/mounts.
 * @return
 *   NULL, or the reason of the failure
 */
const char *seeds_groups_make(struct seeds_groups *g, const char *mounts);

/** Move a process to cgroup `i`, or to SEEDS_GROUPS_ROOT. @return 0, or -1 after a message */
int seeds_groups_move(const struct seeds_groups *g, uint32_t i, pid_t pid);

/** Remove the cgroups. They must have no processes. @return 0, or -1 after a message */
int seeds_groups_remove(struct seeds_groups *g);

#endif /* BENCH_SEEDS_GROUPS_H_ */
