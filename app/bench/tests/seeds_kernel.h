/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SEEDS_KERNEL_H_
#define BENCH_SEEDS_KERNEL_H_

#include "harness/bench.h"

/**
 * The access pattern of the series on the kernel of this machine: processes in their own memory
 * cgroups fault pages in and release them by madvise(MADV_DONTNEED). The baseline is the root
 * cgroup, which is not charged. It needs root and a memory controller; otherwise it prints the
 * reason and adds no rows.
 *
 * @return
 *   0, or -1 after a message
 */
int seeds_kernel(struct bench *b);

#endif /* BENCH_SEEDS_KERNEL_H_ */
