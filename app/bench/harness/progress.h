/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PROGRESS_H_
#define BENCH_PROGRESS_H_

/**
 * @file
 * Progress on stderr, at most one line per second.
 */

#include <stdint.h>

/** `done` of `total` repeats of `what` are done. */
void progress(const char *what, uint32_t done, uint32_t total);

/** The same for another unit, such as windows or seconds. */
void progress_of(const char *what, const char *unit, uint32_t done, uint32_t total);

#endif /* BENCH_PROGRESS_H_ */
