/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_PLOT_H_
#define BENCH_PLOT_H_

/**
 * @file
 * Plots of what was measured, drawn by gnuplot: for each an SVG, a PNG, and the data and script
 * they were made of.
 */

#include "report/results.h"

/** Draw those plots that there are rows for. @return 0, or -1 after a message */
int plot_draw(const struct results *r, const char *folder);

#endif /* BENCH_PLOT_H_ */
