/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PLOT_H_
#define BENCH_PLOT_H_

/**
 * @file
 * Plots of the results, drawn by gnuplot: an SVG, a PNG, and the data and the script of each.
 */

#include "report/results.h"

/** Draw all plots that have rows. @return 0, or -1 after a message */
int plot_draw(const struct results *r, const char *folder);

#endif /* BENCH_PLOT_H_ */
