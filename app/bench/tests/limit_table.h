/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LIMIT_TABLE_H_
#define BENCH_LIMIT_TABLE_H_

#include "tests/test.h"

/**
 * Measure all cases of limit_cases.h on 1 to all lcores. Ends soon after `end`, see budget.h.
 * @return 0, or -1 after a message
 */
int limit_table(struct bench *b, uint64_t end);

#endif /* BENCH_LIMIT_TABLE_H_ */
