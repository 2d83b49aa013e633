/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The libration authors
 */

#ifndef BENCH_GNUPLOT_H_
#define BENCH_GNUPLOT_H_

/**
 * @file
 * The folder of --plot: files in it, and gnuplot running there.
 */

#include <stdint.h>
#include <stdio.h>

/** What each plot is drawn as. */
struct gnuplot_terminal {
	const char *terminal;
	const char *ending;
};

#define GNUPLOT_TERMINALS 2

extern const struct gnuplot_terminal gnuplot_terminals[GNUPLOT_TERMINALS];

/**
 * See whether plots can be drawn, before time is spent on measuring: make the folder, run gnuplot.
 *
 * @return
 *   0, or -1 after a message
 */
int gnuplot_probe(const char *folder);

/** Write a file in the folder. @return NULL after a message */
FILE *gnuplot_open(const char *folder, const char *name);

/** See that all was written. @return 0, or -1 after a message */
int gnuplot_close(FILE *f, const char *folder);

/** Run a script that lies in the folder. @return 0, or -1 after a message */
int gnuplot_draw(const char *folder, const char *script);

#endif /* BENCH_GNUPLOT_H_ */
