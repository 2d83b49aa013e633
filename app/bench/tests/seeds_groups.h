/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SEEDS_GROUPS_H_
#define BENCH_SEEDS_GROUPS_H_

/**
 * @file
 * Memory cgroups for processes of ours, in a folder "ration-bench-..." below the root cgroup. A
 * process of its own removes them as soon as we give them up or end, in whatever way; if it was
 * killed too, the next run removes them.
 */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SEEDS_GROUPS_MAX 32
/** In place of a group: the root cgroup, which is not charged. */
#define SEEDS_GROUPS_ROOT UINT32_MAX

struct seeds_groups {
	int version;
	char mount[PATH_MAX / 4]; /**< Of the root cgroup. */
	char own[PATH_MAX / 2]; /**< The folder for ours. */
	int lock; /**< On that folder: somebody is alive who will remove it. */
	int alive; /**< While this pipe is open, they stay. */
	pid_t watcher;
};

/**
 * Find the memory controller and make SEEDS_GROUPS_MAX groups, after having removed those that
 * others have left behind.
 *
 * @param mounts
 *   File that lists the mounts: /proc/self/mounts.
 * @return
 *   NULL, or why it cannot be
 */
const char *seeds_groups_make(struct seeds_groups *g, const char *mounts);

/** Move a process into group `i`, or SEEDS_GROUPS_ROOT. @return 0, or -1 after a message */
int seeds_groups_move(const struct seeds_groups *g, uint32_t i, pid_t pid);

/** Remove them; no process may be in them any more. @return 0, or -1 after a message */
int seeds_groups_remove(struct seeds_groups *g);

#endif /* BENCH_SEEDS_GROUPS_H_ */
