/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SEEDS_KERNEL_H_
#define BENCH_SEEDS_KERNEL_H_

#include "harness/bench.h"

/**
 * The seeds' access pattern on the kernel of this machine: processes in memory cgroups of their own
 * fault pages in and release them by madvise(MADV_DONTNEED); and the same in the root cgroup, which
 * is not charged. Needs root and a memory controller; else it says why not and adds nothing.
 *
 * @return
 *   0, or -1 after a message
 */
int seeds_kernel(struct bench *b);

#endif /* BENCH_SEEDS_KERNEL_H_ */
