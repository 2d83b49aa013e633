/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_SEEDS_TABLE_H_
#define BENCH_SEEDS_TABLE_H_

#include <stdio.h>

#include "report/results.h"

/**
 * Write the rows of the test seeds as the cover letter has them: before, after and the difference
 * in percent; once for each of the two old stocks, and once for the kernel itself. Nothing if there
 * are no such rows.
 */
void seeds_table(const struct results *r, FILE *f);

#endif /* BENCH_SEEDS_TABLE_H_ */
