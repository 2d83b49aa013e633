/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BASELINE_STOCK_V4_H_
#define BENCH_BASELINE_STOCK_V4_H_

#include <stdint.h>

/** Take back all stock of a counter. Any thread may call it. @return units returned to the tree */
uint64_t stock_v4_drain(void *self, uint64_t c);

#endif /* BENCH_BASELINE_STOCK_V4_H_ */
