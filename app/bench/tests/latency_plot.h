/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_LATENCY_PLOT_H_
#define BENCH_LATENCY_PLOT_H_

#include "tests/latency_cases.h"

/** Draw the distributions if there is a directory for plots. @return 0, or -1 after a message */
int latency_plot(const struct bench *b, const struct latency *l);

#endif /* BENCH_LATENCY_PLOT_H_ */
