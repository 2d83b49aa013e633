/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_DRAIN_PLOT_H_
#define BENCH_DRAIN_PLOT_H_

/**
 * @file
 * How long those who ask for a drain wait, as histograms: of each engine, and of many counters.
 */

#include "harness/bench.h"

/** Write and draw them if plots are wanted, from the rows. @return 0, or -1 after a message */
int drain_plot(const struct bench *b);

#endif /* BENCH_DRAIN_PLOT_H_ */
