/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PROGRESS_H_
#define BENCH_PROGRESS_H_

/**
 * @file
 * Progress on stderr, at most one line a second.
 */

#include <stdint.h>

/** `done` of `total` steps of `what` are done. */
void progress(const char *what, uint32_t done, uint32_t total);

#endif /* BENCH_PROGRESS_H_ */
