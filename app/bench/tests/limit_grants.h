/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LIMIT_GRANTS_H_
#define BENCH_LIMIT_GRANTS_H_

#include "tests/test.h"

/**
 * Measure grants per microsecond, and hidden units, where all lcores want more than the limit. Ends
 * soon after `end`, see budget.h. @return 0, or -1 after a message
 */
int limit_grants(struct bench *b, uint64_t end);

#endif /* BENCH_LIMIT_GRANTS_H_ */
