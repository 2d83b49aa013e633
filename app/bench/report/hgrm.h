/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_HGRM_H_
#define BENCH_HGRM_H_

/**
 * @file
 * Histograms as files: HdrHistogram's text format of percentiles, which its tools read, and plots
 * on its scale, in which each nine has the same width.
 */

#include <stdbool.h>
#include <stdio.h>

#include "report/histogram.h"

/**
 * Write the percentiles, five per halving of the distance to 100.
 *
 * @param per_unit
 *   Recorded units per written unit, such as ticks per microsecond.
 */
void hgrm_write(const struct histogram *h, double per_unit, FILE *f);

/** One line of a plot. */
struct hgrm_line {
	const char *name; /**< Name of the line, and of its file with '-' instead of blanks. */
	const struct histogram *histogram;
	uint32_t color; /**< Related lines have the same color. */
	bool marked; /**< Draw it in a lighter color and with markers. */
};

/**
 * Write FOLDER/NAME-LINE.hgrm for each line, and draw all lines in NAME.svg and NAME.png. Lines
 * without values are left out. Call gnuplot_probe() before.
 *
 * @param title
 *   What the plot shows.
 * @param per_us
 *   Recorded units per microsecond.
 * @return
 *   0, or -1 after a message
 */
int hgrm_plot(const char *folder, const char *name, const char *title,
	      const struct hgrm_line *lines, uint32_t nb, double per_us);

#endif /* BENCH_HGRM_H_ */
