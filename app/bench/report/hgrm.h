/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_HGRM_H_
#define BENCH_HGRM_H_

/**
 * @file
 * Histograms as files: HdrHistogram's text form of percentiles, which its own tools read, and plots
 * of them on its scale, where each nine has the same width.
 */

#include <stdbool.h>
#include <stdio.h>

#include "report/histogram.h"

/**
 * Write the percentiles, five for each halving of what is left.
 *
 * @param per_unit
 *   Recorded units in one of those that are written, such as ticks per microsecond.
 */
void hgrm_write(const struct histogram *h, double per_unit, FILE *f);

/** One line of a plot. */
struct hgrm_line {
	const char *name; /**< Of the line; and, with '-' for blanks, of its file. */
	const struct histogram *histogram;
	uint32_t color; /**< Lines that belong together have the same. */
	bool dashed;
};

/**
 * Write FOLDER/NAME-LINE.hgrm for each line, and draw them together in NAME.svg and NAME.png.
 * After gnuplot_probe().
 *
 * @param per_us
 *   Recorded units in a microsecond.
 * @return
 *   0, or -1 after a message
 */
int hgrm_plot(const char *folder, const char *name, const struct hgrm_line *lines, uint32_t nb,
	      double per_us);

#endif /* BENCH_HGRM_H_ */
