/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_DRAIN_PLOT_H_
#define BENCH_DRAIN_PLOT_H_

/**
 * @file
 * Histograms of the wait of a drain's caller: for each engine, and for many counters.
 */

#include "harness/bench.h"

/** Draw the rows if plots are wanted. @return 0, or -1 after a message */
int drain_plot(const struct bench *b);

#endif /* BENCH_DRAIN_PLOT_H_ */
