/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SEEDS_TABLE_H_
#define BENCH_SEEDS_TABLE_H_

#include <stdio.h>

#include "report/results.h"

/**
 * Write the rows of the test seeds as in the cover letter of the series: before, after and the
 * difference in percent, for each of the two old stocks and for the kernel itself. Without such
 * rows, nothing is written.
 */
void seeds_table(const struct results *r, FILE *f);

#endif /* BENCH_SEEDS_TABLE_H_ */
