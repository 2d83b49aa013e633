/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_BASELINE_SLOTS_7_H_
#define BENCH_BASELINE_SLOTS_7_H_

#include <stdint.h>

#define SLOTS 7

/** Units that the tree holds for counter c, including stock. */
uint64_t slots_7_charged(void *self, uint64_t c);

/** Units of c in the stock of an lcore, or -1 if c has no slot there. */
int slots_7_stock(void *ctx, uint64_t c);

#endif /* BENCH_BASELINE_SLOTS_7_H_ */
