/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LIST_H_
#define BENCH_LIST_H_

#include "tests/test.h"

/** All tests, in the order of --test=all. The last entry is NULL. */
extern const struct bench_test *const bench_tests[];

#endif /* BENCH_LIST_H_ */
